// A business card out of a QR code: vCard 2.1, 3.0 and 4.0, MECARD, a DOT number, or an address. What a card holds is
// only ever text: it goes into fields, never into the page.
import { dotIn } from "./market.js";

const MOST = 4000;
const LONGEST = 200;

const clean = (value) =>
  value.normalize("NFC").replace(/[\p{Cc}\p{Co}\p{Cs}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu, " ").replace(/\s+/g, " ").trim().slice(0, LONGEST);

// The bytes of quoted-printable, in the charset that the line names.
const quotedPrintable = (value, charset) => {
  const bytes = [];
  for (let at = 0; at < value.length; at += 1) {
    const code = value[at] === "=" ? parseInt(value.slice(at + 1, at + 3), 16) : NaN;
    if (/^=[0-9a-f]{2}/i.test(value.slice(at, at + 3))) (bytes.push(code), (at += 2));
    else bytes.push(...new TextEncoder().encode(value[at]));
  }
  try {
    return new TextDecoder(charset || "utf-8").decode(Uint8Array.from(bytes));
  } catch {
    return new TextDecoder().decode(Uint8Array.from(bytes));
  }
};

// Lines as they were before folding: a blank at the start goes on with the line before; so does one whose
// quoted-printable text ended with "=".
const unfolded = (text) => {
  const lines = [];
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const last = lines.at(-1);
    if (last !== undefined && /^[ \t]/.test(line)) lines[lines.length - 1] = last + line.slice(1);
    else if (last !== undefined && /encoding=quoted-printable|;quoted-printable/i.test(last.split(":")[0]) && last.endsWith("=")) lines[lines.length - 1] = last.slice(0, -1) + line;
    else lines.push(line);
  }
  return lines;
};

const halves = (value, by) => value.match(new RegExp(`(?:\\\\.|[^\\\\${by}])+|(?<=^|${by})(?=${by}|$)`, "g")) ?? [];
const unescaped = (value) => value.replace(/\\n/gi, " ").replace(/\\(.)/g, "$1");

// A colon inside quotes belongs to a parameter.
const split = (line) => {
  const found = /^((?:"[^"]*"|[^":])*):(.*)$/s.exec(line);
  if (!found) return null;
  const [name, ...parameters] = found[1].split(";");
  const said = parameters.map((each) => each.toLowerCase().replaceAll('"', ""));
  const qp = said.some((each) => each === "quoted-printable" || each === "encoding=quoted-printable");
  const charset = said.find((each) => each.startsWith("charset="))?.slice(8);
  const value = qp ? quotedPrintable(found[2], charset) : found[2];
  return { name: name.split(".").at(-1).trim().toUpperCase(), said: said.join(" "), value };
};

const isMobile = ({ said }) => /cell|mobile|iphone/.test(said);
const isPreferred = ({ said }) => /pref|type=work|\bwork\b/.test(said);
const isFax = ({ said }) => /fax|pager/.test(said);

const best = (fields) => fields.find(isPreferred) ?? fields[0];

const vcard = (text) => {
  const fields = unfolded(text).map(split).filter(Boolean);
  const of = (name) => fields.filter((each) => each.name === name && each.value.trim());
  const first = (name) => clean(unescaped(of(name)[0]?.value ?? ""));
  const phones = of("TEL").filter((each) => !isFax(each));
  const phone = phones.find(isMobile) ?? best(phones);
  const structured = halves(of("N")[0]?.value ?? "", ";").map((each) => clean(unescaped(each)));
  const mail = best(of("EMAIL"));
  return {
    company: clean(unescaped(halves(of("ORG")[0]?.value ?? "", ";")[0] ?? "")),
    person: first("FN") || [structured[1], structured[0]].filter(Boolean).join(" "),
    title: first("TITLE") || first("ROLE"),
    phone: clean(unescaped(phone?.value ?? "").replace(/^tel:/i, "").split(";")[0]),
    email: clean(unescaped(mail?.value ?? "").replace(/^mailto:/i, "")),
    note: first("NOTE"),
  };
};

const mecard = (text) => {
  const fields = {};
  for (const part of halves(text.replace(/^mecard:/i, ""), ";")) {
    const found = /^([A-Z-]+):(.*)$/is.exec(part);
    if (found) fields[found[1].toUpperCase()] ??= clean(unescaped(found[2]));
  }
  const [last = "", given = ""] = (fields.N ?? "").split(",").map((each) => each.trim());
  return {
    company: fields.ORG ?? "", person: [given, last].filter(Boolean).join(" "), title: fields.TITLE ?? "",
    phone: fields.TEL ?? "", email: fields.EMAIL ?? "", note: fields.NOTE ?? "",
  };
};

// What a code says, as fields of a lead; null when it says nothing that fits.
export const readCode = (given) => {
  const text = String(given).slice(0, MOST).trim();
  const card = /begin:vcard/i.test(text) ? vcard(text) : /^mecard:/i.test(text) ? mecard(text) : null;
  if (card) {
    const dot = /(?:us)?\s?dot\s*[#:]?\s*(\d{4,8})/i.exec(`${card.note} ${card.company}`)?.[1];
    const found = Object.fromEntries(Object.entries({ ...card, dotNumber: dot ?? "" }).filter(([, value]) => value));
    return Object.keys(found).length ? found : null;
  }
  const dot = dotIn(text) ?? /[?&](?:dot|usdot|dot_?number|query_string)=(\d{1,8})\b/i.exec(text)?.[1];
  if (dot) return { dotNumber: dot };
  const mail = /^mailto:([^?\s]+)/i.exec(text)?.[1] ?? (/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(text) ? text : null);
  if (mail) return { email: clean(mail) };
  const phone = /^tel:([+\d().\s-]+)/i.exec(text)?.[1];
  return phone ? { phone: clean(phone) } : null;
};
