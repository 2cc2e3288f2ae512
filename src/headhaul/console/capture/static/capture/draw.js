// What the page draws by itself: leads on this device, what is known of a carrier, and what became of a lead. Text is
// only ever set as text.
export const el = (tag, given = {}, ...inside) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...inside.filter((each) => each !== null && each !== undefined && each !== ""));
  return made;
};

const SVG = "http://www.w3.org/2000/svg";
const sprite = () => document.querySelector("[data-sprite]").dataset.sprite;

export const icon = (name) => {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("class", "icon");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite()}#${name}`);
  drawn.append(use);
  return drawn;
};

const whole = new Intl.NumberFormat("en-US");
const hour = new Intl.DateTimeFormat("en-US", { hour: "2-digit", minute: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat("en-US", { day: "numeric", month: "short" });
export const clock = (value) => {
  const at = new Date(value);
  return at.toDateString() === new Date().toDateString() ? hour.format(at) : `${day.format(at)}, ${hour.format(at)}`;
};

const level = (value) => (value >= 75 ? "strong" : value >= 55 ? "fair" : "low");
export const score = (value, size = "") =>
  value === null || value === undefined
    ? null
    : el("span", { class: `score plain ${size}`, "data-level": level(value) }, el("span", {}, el("span", { class: "visually-hidden" }, "Score "), String(Math.round(value))));

export const proper = (name) =>
  name && name === name.toUpperCase() ? name.toLowerCase().replace(/(^|[\s\-/.(&])(\p{L})/gu, (all, before, letter) => before + letter.toUpperCase()).replace(/\b(Llc|Inc|Usa|Ii|Iii|Lp|Llp)\b/g, (word) => (word === "Inc" ? word : word.toUpperCase())) : name ?? "";

// A carrier in two lines: who and where; how large, with what, and what it scored.
export const carrier = (found) => {
  const kinds = (found.equipment ?? []).map((code) => code.replaceAll("_", " ")).join(", ");
  const facts = [
    found.fleet === null || found.fleet === undefined ? "fleet not known" : `${whole.format(found.fleet)} ${found.fleet === 1 ? "truck" : "trucks"}`,
    kinds,
    found.drivers ? `${whole.format(found.drivers)} matched ${found.drivers === 1 ? "driver" : "drivers"}` : "",
  ].filter(Boolean);
  return el("div", { class: "known" },
    score(found.score),
    el("div", { class: "known-words" },
      el("p", {}, el("span", { class: "strong" }, proper(found.name)), " ", el("span", { class: "small soft nowrap" }, `DOT ${found.dotNumber}`)),
      el("p", { class: "small soft" }, [[proper(found.city), found.state].filter(Boolean).join(", "), ...facts].filter(Boolean).join(" · "))));
};

export const option = (found, id, chosen, pick) =>
  el("li", { role: "option", id, "aria-selected": String(chosen), class: "offer", onpointerdown: (event) => event.preventDefault(), onclick: pick }, carrier(found));

export const nameOf = (lead) => String(lead.company ? proper(lead.company) : lead.contactName || (lead.dotNumber ? `DOT ${lead.dotNumber}` : lead.phones[0] || lead.emails[0]));

const STATES = { waiting: ["Waiting", "", "clock"], sending: ["Sending", "info", "upload"], saved: ["Saved", "good", "check"], look: ["Needs a look", "bad", "alert"] };

// What does not open now says only when it was taken down and how it stands.
const closed = (entry, sign, remove) => {
  const isLost = entry.closed === "lost";
  const words = entry.status === "saved" ? "It is with Headhaul." : isLost ? "No sign-in of yours opens it: the server's key was changed." : "It waits until you sign in with a network, sealed and safe.";
  return el("li", { class: "waiting-row", "data-status": entry.status, "data-client": entry.clientId, "data-closed": entry.closed },
    el("div", { class: "waiting-words" }, el("p", { class: "strong" }, icon("lock"), ` Sealed ${clock(entry.at)}`), el("p", { class: "small soft" }, words),
      isLost ? el("div", { class: "row" }, el("button", { class: "button small ghost", type: "button", onclick: remove }, "Remove")) : null),
    el("div", { class: "waiting-end" }, sign));
};

export const row = (entry, { mend, remove }) => {
  const [word, tone, drawing] = STATES[entry.status];
  const { lead, reply } = entry;
  const sign = el("span", { class: "pill", "data-tone": tone }, icon(drawing), word);
  if (!lead) return closed(entry, sign, remove);
  const name = nameOf(lead);
  const with_ = [lead.company ? lead.contactName : "", lead.dotNumber && lead.company ? `DOT ${lead.dotNumber}` : ""].filter(Boolean).join(" · ");
  return el("li", { class: "waiting-row", "data-status": entry.status, "data-client": entry.clientId },
    el("div", { class: "waiting-words" },
      el("p", { class: "strong" }, reply?.leadId ? el("a", { class: "plain-link", href: `/leads/${reply.leadId}/` }, name) : name),
      el("p", { class: "small soft" }, [with_, clock(lead.capturedAt)].filter(Boolean).join(" · ")),
      entry.reason && entry.status !== "saved" ? el("p", { class: "small", "data-reason": true }, entry.reason) : null,
      entry.status === "look" ? el("div", { class: "row" }, el("button", { class: "button small", type: "button", onclick: mend }, "Mend"), el("button", { class: "button small ghost", type: "button", onclick: remove }, "Remove")) : null),
    el("div", { class: "waiting-end" }, reply ? score(reply.score) : null, sign));
};
