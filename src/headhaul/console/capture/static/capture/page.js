// The capture page. What is typed is sealed and on this device before anything is sent; the network only makes it known.
import "./frame.js";
import { icon } from "./draw.js";
import * as drafts from "./drafts.js";
import { known } from "./lookup.js";
import { add, look, nextTry, sync } from "./outbox.js";
import { drawQueue, say } from "./show.js";
import { expire, kept, owner, takeKeys, tick } from "./vault.js";

const root = document.querySelector("[data-capture]");
const form = root.querySelector("form");
const user = Number(root.dataset.user);
const device = { csrf: form.elements.csrfmiddlewaretoken.value, online: navigator.onLine, signedOut: false };
let mending = null; // the refused entry that is in the form, with its fields as they were filled in
let shown = null; // the event and the words that stood on the page when this lead was begun, where they have to stay
let isBusy = false;
let timer;

const tell = (online, words = online ? "Online" : "Offline: kept on this device") => {
  device.online = online;
  const sign = document.querySelector("[data-network]");
  sign.dataset.tone = online ? "good" : "warn";
  sign.replaceChildren(icon(online ? "check" : "pause"), words);
};
const TROUBLE = "The server has trouble: kept on this device";

const left = () => localStorage.getItem("headhaul-capture-left");
const ask = async () => {
  const before = left();
  try {
    const answer = await fetch("/capture/state", { credentials: "same-origin", signal: AbortSignal.timeout(8000) });
    if (answer.status === 401) {
      await expire(Date.parse(answer.headers.get("Date"))).catch(() => null);
      return (tell(true), (device.signedOut = true), false);
    }
    if (!answer.ok) return (tell(false, TROUBLE), false);
    const said = await answer.json();
    if (said.user.id !== user) return (location.reload(), false);
    device.csrf = said.csrf;
    device.signedOut = false;
    await takeKeys(user, said.keys, Date.parse(said.now), () => left() === before).catch(() => null); // a full device still sends
    tell(true);
    return true;
  } catch {
    tell(false);
    return false;
  }
};
// One after the other: an answer from before the sign-out must not be heard after the one that tells of it.
let asked = Promise.resolve();
const hello = () => (asked = asked.then(ask));

let painted = 0;
const paint = async () => {
  const turn = (painted += 1);
  const { entries, others } = await look(user);
  if (turn === painted) drawQueue(root, entries, others, device.signedOut, { mend: (entry) => inTurn(() => mend(entry)), remove: discard });
  return entries;
};

const exchange = async (force) => {
  if (!(await hello())) return paint();
  if (root.hasAttribute("data-ready") && known.lacks()) known.open(value("eventId"), device);
  const went = await sync(user, device.csrf, { force });
  if (went === "offline") tell(false);
  if (went === "trouble") tell(true, TROUBLE);
  if (went === "signed-out") await hello(); // it says who is, if anybody
  const entries = await paint();
  const mine = entries[0];
  if (mine?.status === "saved" && mine.clientId === root.dataset.last) {
    delete root.dataset.last;
    import("./outcome.js").then(({ showOutcome }) => showOutcome(root, mine, hasWords(written()))).catch(() => null);
  }
  return entries;
};

const run = async (force = false) => {
  clearTimeout(timer);
  const pause = await exchange(force).then(nextTry, () => 15_000);
  clearTimeout(timer);
  if (pause !== null && !device.signedOut) timer = setTimeout(run, Math.max(1500, device.online ? pause : Math.max(pause, 15_000)));
};

const value = (name) => form.elements[name].value.trim();
const written = () => Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
const optionOf = (event) => [...form.elements.eventId.options].find((option) => option.value === event);
const hasWords = (fields) => Object.entries(fields).some(([name, text]) => name !== "eventId" && text.trim());
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
  const agreed = Object.fromEntries([...form.querySelectorAll("[name^=agreed_]:checked")].map((box) => [box.name.slice(7), true]));
  const given = {
    clientId: crypto.randomUUID(), ...known.taken(), contactName: value("contactName"), title: value("title"), phones: [value("phone")].filter(Boolean),
    emails: [value("email")].filter(Boolean), tags: value("tags").split(",").map((each) => each.trim()).filter(Boolean), note: value("note"),
    capturedAt: new Date().toISOString(), wasOffline: !device.online,
  };
  if (value("eventId")) given.eventId = Number(value("eventId"));
  if (Object.keys(agreed).length) given.consent = { ...agreed, wording: wording(), isWritten: form.elements.isWritten.checked };
  if (value("followUp") === "none") given.followUp = false;
  else if (value("followUp")) given.followUpDays = Number(value("followUp"));
  return given;
};

const empty = () => {
  const event = mending?.event ?? value("eventId");
  form.reset();
  for (const option of form.querySelectorAll("option[data-lent]")) option.remove();
  if (optionOf(event)) form.elements.eventId.value = event;
  [mending, shown] = [null, null];
  root.querySelector("[data-mending]").hidden = true;
  known.clear();
};

// What the form holds is kept under the tab's name, or under that of the lead it mends.
const place = () => (mending ? `mend:${mending.entry.clientId}` : drafts.own());
const isWorthKeeping = (fields) => (mending ? JSON.stringify(fields) !== JSON.stringify(mending.before) : hasWords(fields));
let drafting;
const keepNow = () => {
  clearTimeout(drafting);
  drafting = null;
  const fields = written();
  if (!place()) return null;
  return drafts.note(user, place(), isWorthKeeping(fields) ? { fields, shown: mending ? null : stands() } : null);
};
const draft = () => {
  clearTimeout(drafting);
  if (!isBusy) drafting = setTimeout(keepNow, 250);
};

// A half-typed lead comes back with its event, though that is closed meanwhile, and with the words that were agreed to.
const bring = (held) => {
  if (!held) return follow();
  const { fields, shown: was } = held.fields ? held : { fields: held, shown: null };
  const now = optionOf(fields.eventId);
  const hasAgreed = Object.keys(fields).some((name) => name.startsWith("agreed_"));
  if (was && (!now || (hasAgreed && now.dataset.wording !== was.wording))) stay(was);
  fill(fields);
  follow();
  known.read();
};

// What was typed since the lead was taken belongs to the next one.
const reset = async (taken = written()) => {
  const own = await kept(user, drafts.own());
  const since = Object.fromEntries(Object.entries(written()).filter(([name, text]) => text !== (taken[name] ?? "")));
  empty();
  bring(own);
  fill(since);
  follow();
  if (since.company) known.read();
  if (!Object.keys(since).length) form.elements.company.focus();
};

const missing = (given) => {
  const words = form.dataset;
  const [phone, mail] = [given.phones[0] ?? "", given.emails[0] ?? ""];
  if (!given.company && !given.dotNumber && !given.contactName && !phone && !mail)
    return ["company", words.nobody];
  if (mail && !form.elements.email.checkValidity()) return ["email", words.email];
  if (phone && phone.replace(/\D/g, "").length < 7) return ["phone", words.phone];
  return null;
};

const store = async (given) => (mending ? mending.store(given) : (await add(user, given, stands(), place()), given.clientId));

// What the buttons start, one after the other: who asks to mend a lead and then saves, saves that lead.
let turn = Promise.resolve();
let isSaving = false;
const inTurn = (work) => (turn = turn.then(work, work));

const save = async () => {
  const taken = written();
  const given = mending ? mending.made(lead()) : lead();
  const fault = missing(given);
  say(root, fault?.[1] ?? "", fault ? "bad" : "");
  if (fault) return form.elements[fault[0]].focus();
  isBusy = true;
  let isKept = false;
  try {
    clearTimeout(drafting);
    await drafts.written();
    const clientId = await store(given);
    if (!clientId) return say(root, "Not saved. This lead was mended or removed in another tab.", "bad");
    isKept = true;
    root.dataset.last = clientId;
    say(root, device.online ? "Kept on this device. Sending." : "Kept on this device. It will be scored when there is a network.", "good");
    await reset(taken);
  } catch (error) {
    return say(root, (await import("./failing.js")).failing(error), "bad");
  } finally {
    isBusy = false;
    if (!isKept || hasWords(written())) draft();
  }
  await paint();
  run(true);
};
const saveOnce = () => {
  if (isSaving) return;
  isSaving = true;
  inTurn(save).finally(() => (isSaving = false));
};

// A refused lead comes into the form as it was sealed, and what was begun there waits until it is done.
const mend = async (entry) => {
  const { begin: fillIn } = await import("./mending.js");
  if (mending?.entry.clientId === entry.clientId) return form.elements.company.focus();
  await keepNow();
  isBusy = true;
  try {
    empty();
    const event = value("eventId");
    mending = { event, ...(await fillIn(entry, { root, form, user, stay, fill, follow, written, optionOf })) };
  } finally {
    isBusy = false;
  }
  known.read(mending.dot);
  form.elements.company.focus();
};

const leave = async () => {
  await keepNow();
  say(root, "");
  await reset();
};

const discard = async (entry) => (await import("./mending.js")).discard(entry, root, user, () => mending?.entry.clientId === entry.clientId && inTurn(leave));

// The words that people agree to are the event's own, as they stood on the page.
const chosen = () => form.elements.eventId.selectedOptions[0];
const isStaying = () => shown && (shown.isSealed || shown.eventId === value("eventId"));
const wording = () => (isStaying() ? shown.wording : (chosen()?.dataset.wording ?? ""));
const stands = () => ({ eventId: value("eventId"), name: chosen()?.textContent ?? "", days: chosen()?.dataset.days ?? "", wording: wording() });

// Keeps an event and its words for the lead in the form, whatever became of the event since. To one that is mended it is
// only lent: new leads are not taken down for it.
const stay = (was) => {
  shown = was;
  const events = form.elements.eventId;
  if (!was.eventId || optionOf(was.eventId)) return;
  const option = new Option(was.name, was.eventId);
  Object.assign(option.dataset, { wording: was.wording, days: was.days, ...(was.isSealed && { lent: "" }) });
  events.add(option);
};

const follow = () => {
  const event = chosen();
  const words = wording();
  root.querySelector("[data-agreed-words]").textContent = words || "This event has no wording, so no consent can be taken down.";
  for (const box of form.querySelectorAll("[name^=agreed_], [name=isWritten]")) box.disabled = !words;
  root.querySelector("[data-default-days]").textContent = event?.dataset.days ? `In ${event.dataset.days} working ${event.dataset.days === "1" ? "day" : "days"}` : "As the event says";
};

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
root.querySelector("[data-leave-mending]").addEventListener("click", () => inTurn(leave));
root.querySelector("[data-other-event]")?.addEventListener("toggle", async () => (await import("./choosing.js")).attach(root, form.elements.eventId), { once: true });
root.querySelector("[data-scan]").addEventListener("click", async () => (await import("./scanning.js")).open(root, { form, fill, value, known, draft }));
for (const happening of ["online", "visibilitychange"]) (happening === "online" ? window : document).addEventListener(happening, () => document.visibilityState === "visible" && run(true));
window.addEventListener("offline", () => tell(false));
const noteTime = () => tick().catch(() => null);
window.addEventListener("pagehide", () => (noteTime(), drafting && keepNow()));

const begin = async () => {
  tell(navigator.onLine);
  const typed = Object.entries(written()).filter(([name, text]) => text !== (form.elements[name].defaultValue ?? text));
  const [at, ticked] = [document.activeElement, [...form.querySelectorAll("[type=checkbox]:checked")]];
  form.inert = true; // a draft would fall over what is typed
  const begun = await drafts.begun(user).catch(() => null);
  bring(begun);
  // Who came from an event's page meant that event, unless somebody agreed to the words of another one already.
  const meant = new URLSearchParams(location.search).get("event");
  if (optionOf(meant) && !form.querySelector("[name^=agreed_]:checked")) form.elements.eventId.value = meant;
  follow();
  fill(Object.fromEntries(typed));
  if (typed.length) {
    for (const box of form.querySelectorAll("[type=checkbox]")) box.checked = ticked.includes(box); // nobody else's word
    draft();
  }
  form.inert = false;
  (form.contains(at) ? at : form.elements.company).focus();
  const worker = await navigator.serviceWorker?.register("/capture/sw.js", { scope: "/capture/" }).catch(() => null);
  if (worker) navigator.serviceWorker.ready.then(({ active }) => active.postMessage("keep"));
  navigator.storage?.persist?.().catch(() => false); // some browsers ask, and wait
  if ((await owner()) === user) await paint();
  setInterval(noteTime, 60_000);
  await known.open(value("eventId"), { online: false });
  await run(true);
  if (!begun && !hasWords(written())) {
    const opened = await drafts.begun(user).catch(() => null); // the server's word may have opened one
    if (!hasWords(written())) bring(opened);
  }
  await known.open(value("eventId"), device);
  root.dataset.ready = "";
};

// Elsewhere the form is sent as forms are.
if (crypto.subtle && window.indexedDB && navigator.locks) {
  form.addEventListener("submit", (event) => (event.preventDefault(), saveOnce()));
  known.attach(root, user, device);
  begin();
} else {
  follow();
  say(root, form.dataset.open, "warn");
}
