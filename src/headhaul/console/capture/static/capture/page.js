// The capture page. What is typed is sealed and on this device before anything is sent; the network only makes it known.
import "./frame.js";
import { addEvent, attach as attachOthers } from "./choosing.js";
import { icon } from "./draw.js";
import { known } from "./lookup.js";
import { add, look, nextTry, remove, sync } from "./outbox.js";
import { drawQueue, say, showOutcome } from "./show.js";
import { drop, keep, kept, owner, takeKeys } from "./vault.js";

const root = document.querySelector("[data-capture]");
const form = root.querySelector("form");
const user = Number(root.dataset.user);
const device = { csrf: form.elements.csrfmiddlewaretoken.value, online: navigator.onLine, signedOut: false };
let clientId = crypto.randomUUID();
let timer;

// ── What the network says ──────────────────────────────────────────────────────────────────────────────────────────
const tell = (online) => {
  device.online = online;
  const sign = document.querySelector("[data-network]");
  sign.dataset.tone = online ? "good" : "warn";
  sign.replaceChildren(icon(online ? "check" : "pause"), online ? "Online" : "Offline: kept on this device");
};

const hello = async () => {
  try {
    const answer = await fetch("/capture/state", { credentials: "same-origin", signal: AbortSignal.timeout(8000) });
    if (answer.status === 401) return (tell(true), (device.signedOut = true), false);
    if (!answer.ok) throw new Error(String(answer.status));
    const said = await answer.json();
    if (said.user.id !== user) return (location.reload(), false);
    device.csrf = said.csrf;
    device.signedOut = false;
    await takeKeys(user, said.keys);
    tell(true);
    return true;
  } catch {
    tell(false);
    return false;
  }
};

const paint = async () => {
  const { entries, others } = await look(user);
  drawQueue(root, entries, others, device.signedOut, { mend, remove });
  return entries;
};

const run = async (force = false) => {
  clearTimeout(timer);
  if (await hello()) {
    const before = new Set((await look(user)).entries.filter(({ status }) => status === "saved").map((entry) => entry.clientId));
    const went = await sync(user, device.csrf, { force });
    if (went === "offline") tell(false);
    if (went === "signed-out") device.signedOut = true;
    const entries = await paint();
    const mine = entries[0];
    if (mine?.status === "saved" && !before.has(mine.clientId) && mine.clientId === root.dataset.last) showOutcome(root, mine);
  } else await paint();
  const pause = await nextTry(user);
  if (pause !== null && !device.signedOut) timer = setTimeout(run, Math.max(1500, device.online ? pause : Math.max(pause, 15_000)));
};

// ── The form ───────────────────────────────────────────────────────────────────────────────────────────────────────
const value = (name) => form.elements[name].value.trim();
const written = () => Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
const itsEvent = () => {
  const { value: id, text: name = "", dataset = {} } = form.elements.eventId.selectedOptions[0] ?? { value: "" };
  return { id, name, wording: dataset.wording, days: dataset.days };
};
const fill = (fields) => {
  for (const [name, text] of Object.entries(fields)) {
    const field = form.elements[name];
    if (!field || typeof text !== "string") continue;
    if (field.type === "checkbox") field.checked = true;
    else field.value = text;
  }
};

// As captureLead wants it: what is sealed here is what is sent, word for word.
const lead = () => {
  const event = form.elements.eventId.selectedOptions[0];
  const agreed = Object.fromEntries([...form.querySelectorAll("[name^=agreed_]:checked")].map((box) => [box.name.slice(7), true]));
  const given = {
    clientId, ...known.taken(), contactName: value("contactName"), title: value("title"), phones: [value("phone")].filter(Boolean),
    emails: [value("email")].filter(Boolean), tags: value("tags").split(",").map((each) => each.trim()).filter(Boolean), note: value("note"),
    capturedAt: new Date().toISOString(), wasOffline: !device.online,
  };
  if (value("eventId")) given.eventId = Number(value("eventId"));
  if (Object.keys(agreed).length) given.consent = { ...agreed, wording: event?.dataset.wording ?? "", isWritten: form.elements.isWritten.checked };
  if (value("followUp") === "none") given.followUp = false;
  else if (value("followUp")) given.followUpDays = Number(value("followUp"));
  return given;
};

const reset = () => {
  const event = itsEvent();
  form.reset();
  if (event.id) addEvent(form.elements.eventId, event);
  clientId = crypto.randomUUID();
  known.clear();
  follow();
  drop(user, "draft");
  form.elements.company.focus();
};

const missing = (given) => {
  const [phone, mail] = [given.phones[0] ?? "", given.emails[0] ?? ""];
  if (!given.company && !given.dotNumber && !given.contactName && !phone && !mail)
    return ["company", "Say who it is: a company, a DOT number, a name, a phone number or an e-mail."];
  if (mail && !form.elements.email.checkValidity()) return ["email", "This is no e-mail address: it needs a name, @ and a domain."];
  if (phone && phone.replace(/\D/g, "").length < 7) return ["phone", "A phone number has at least seven digits."];
  return null;
};

const save = async () => {
  const given = lead();
  const fault = missing(given);
  say(root, fault?.[1] ?? "", fault ? "bad" : "");
  if (fault) return form.elements[fault[0]].focus();
  try {
    await add(user, given);
  } catch (error) {
    const why = error.message === "no key" ? "This device has no key yet: sign in once with a network." : `This device cannot keep it (${error.name}).`;
    return say(root, `Not saved. ${why}`, "bad");
  }
  root.dataset.last = given.clientId;
  say(root, device.online ? "Kept on this device. Sending." : "Kept on this device. It will be scored when there is a network.", "good");
  reset();
  await paint();
  run(true);
};

const mend = ({ lead: was, clientId: id }) => {
  form.reset();
  const { contactName, title, note, tags, phones, emails, consent = {}, followUp, followUpDays } = was;
  if (was.eventId) addEvent(form.elements.eventId, { id: was.eventId, name: `Event ${was.eventId}`, wording: consent.wording });
  fill({
    company: was.company || String(was.dotNumber ?? ""), contactName, title, note, tags: tags.join(", "),
    phone: phones[0] ?? "", email: emails[0] ?? "", followUp: followUp === false ? "none" : String(followUpDays ?? ""),
  });
  for (const box of form.querySelectorAll("[name^=agreed_]")) box.checked = consent[box.name.slice(7)] === true;
  form.elements.isWritten.checked = consent.isWritten === true;
  clientId = id;
  known.read(was.dotNumber ? String(was.dotNumber) : "");
  follow();
  form.elements.company.focus();
};

// The words that people agree to are the event's own.
const follow = () => {
  const event = form.elements.eventId.selectedOptions[0];
  const wording = event?.dataset.wording ?? "";
  root.querySelector("[data-agreed-words]").textContent = wording || "This event has no wording, so no consent can be taken down.";
  for (const box of form.querySelectorAll("[name^=agreed_], [name=isWritten]")) box.disabled = !wording;
  root.querySelector("[data-default-days]").textContent = event?.dataset.days ? `In ${event.dataset.days} working ${event.dataset.days === "1" ? "day" : "days"}` : "As the event says";
};

let drafting;
const draft = () => {
  clearTimeout(drafting);
  drafting = setTimeout(() => keep(user, "draft", { ...written(), clientId, itsEvent: itsEvent() }).catch(() => null), 250);
};

const scanned = async (text) => {
  const { readCode } = await import("./cards.js");
  const found = readCode(text);
  if (!found) return say(root, "That code holds no card and no DOT number.", "bad");
  fill({ ...found, contactName: found.person, note: [value("note"), found.note].filter(Boolean).join(" ") });
  if (found.dotNumber && !found.company) form.elements.company.value = found.dotNumber;
  known.read(found.dotNumber);
  draft();
  say(root, "Taken from the code. Check it, then save.", "good");
};

form.addEventListener("submit", (event) => (event.preventDefault(), save()));
form.addEventListener("input", draft);
form.addEventListener("change", (event) => {
  if (event.target.name !== "eventId") return;
  history.replaceState(history.state, "", `?event=${Number(event.target.value)}`);
  follow();
  draft();
  known.open(event.target.value, device);
});
document.addEventListener("outbox", () => paint());
root.querySelector("[data-retry]").addEventListener("click", () => run(true));
root.querySelector("[data-scan]").addEventListener("click", async () => (await import("./scanning.js")).open(root, scanned));
for (const happening of ["online", "visibilitychange"]) (happening === "online" ? window : document).addEventListener(happening, () => document.visibilityState === "visible" && run(true));
window.addEventListener("offline", () => tell(false));

// ── Beginning ──────────────────────────────────────────────────────────────────────────────────────────────────────
const begin = async () => {
  const worker = await navigator.serviceWorker?.register("/capture/sw.js", { scope: "/capture/" }).catch(() => null);
  if (worker) navigator.serviceWorker.ready.then(({ active }) => active.postMessage("keep"));
  await navigator.storage?.persist?.().catch(() => false);
  tell(navigator.onLine);
  const begun = await kept(user, "draft");
  if (begun) {
    if (begun.itsEvent?.id) addEvent(form.elements.eventId, begun.itsEvent);
    fill(begun);
    clientId = begun.clientId ?? clientId;
  }
  const asked = new URLSearchParams(location.search).get("event"); // who came from an event's page meant that event
  if ([...form.elements.eventId.options].some(({ value: id }) => id === asked)) form.elements.eventId.value = asked;
  follow();
  attachOthers(root, form.elements.eventId);
  known.attach(root, user, device);
  if (begun) known.read();
  if ((await owner()) === user) await paint();
  await run(true);
  await known.open(value("eventId"), device);
  root.dataset.ready = "";
};

if (crypto.subtle && window.indexedDB && navigator.locks) begin();
else say(root, "This page is not on https, so nothing can be kept offline. What you save is sent at once.", "warn");
