// Leads on their way: waiting, sending, saved, or in need of a look. Each has an id of its own from the first moment,
// so that sending it twice is the same as sending it once.
import { all, write } from "./store.js";
import { opens, seal, unseal } from "./vault.js";

const BATCH = 50;
const SLOWEST = 300_000;
const KEPT_SAVED = 40;
const PATIENCE = 30_000;
const LOCK = "headhaul-capture-sync";
const SEEN = "headhaul-capture-sync-seen";
const STUCK = 90_000; // no batch takes so long: the tab that sends was put to sleep in the middle of it
const BEGINS = 2000; // a tab that has only begun to send says so within this
const ALONE = 2; // after so many faults of the server: one of them may be what it stumbles over
const PASSES = new Set(["conflict", "unavailable"]); // a moment later it may go well
const TRIED_AGAIN = 3;
const TAKEN = new Set(["created", "joined", "already"]);
const REFUSES = new Set([400, 413, 415, 422]);
const NOT_THEIRS = new Set([401, 403, 409]);

const tabs = new BroadcastChannel("headhaul-capture-outbox");
const repaint = () => document.dispatchEvent(new CustomEvent("outbox"));
export const changed = () => (tabs.postMessage(null), repaint());
tabs.onmessage = repaint;

export const put = async (user, entry) => {
  const { lead, reply = null, reason = "", shown = null, needsId = false, closed, ...open } = entry;
  const sealed = await seal(user, open.clientId, { lead, reply, reason, shown, needsId });
  return { ...open, ...sealed };
};

// `shown` is what stood on the page: the event's name and the words that people agreed to. The draft goes in the same
// moment, so that a lead is never both.
export const add = async (user, lead, shown, draft) => {
  const entry = await put(user, { clientId: lead.clientId, at: Date.now(), status: "waiting", tries: 0, next: 0, rev: 0, lead, shown });
  await write(["queue", "kept"], (queue, kept) => {
    queue.add(entry);
    kept.delete(`${user}:${draft}`);
  });
  changed();
};

// Newest first. What another person sealed here stays closed, and is only counted. One's own that does not open now is
// `locked` until the next sign-in; `lost` is what no key of this person opens.
export const look = async (user) => {
  const rows = (await all("queue")).sort((one, other) => other.at - one.at);
  const mine = rows.filter((row) => row.user === user);
  const isOpen = await opens(user);
  const open = await Promise.all(mine.map(async (row) => {
    const inside = await unseal(row.clientId, row).catch(() => null);
    return { ...row, ...(inside ?? { lead: null, reply: null, reason: "", closed: isOpen ? "lost" : "locked" }) };
  }));
  return { entries: open, others: rows.filter((row) => row.user !== user && row.status !== "saved").length };
};

export const remove = async (clientId) => {
  await write("queue", (queue) => queue.delete(clientId));
  changed();
};

// Writes what is still as it was read: what was removed or mended meanwhile, here or in another tab, stays so.
const mark = async (user, entries) => {
  const sealed = await Promise.all(entries.map((entry) => put(user, { ...entry, rev: (entry.rev ?? 0) + 1 })));
  const done = [];
  await write("queue", (queue) => sealed.forEach((row, at) => {
    queue.get(row.clientId).onsuccess = ({ target: { result: found } }) => {
      if (!found || (found.rev ?? 0) !== (entries[at].rev ?? 0)) return;
      queue.put(row);
      done.push({ ...entries[at], rev: row.rev });
    };
  }));
  changed();
  return done;
};

// Where there is no room to note what came of them, those that the server has can go. The others wait as they are, and are
// answered "already" if they were taken.
const note = (user, entries) =>
  mark(user, entries).catch(() => write("queue", (queue) => entries.filter(({ status }) => status === "saved").forEach(({ clientId }) => queue.delete(clientId))).then(changed, () => null));

const later = (entry, reason, status) => {
  const tries = entry.tries + 1;
  const pause = Math.min(SLOWEST, 2000 * 2 ** Math.min(tries, 8)) * (0.75 + Math.random() / 2);
  return { ...entry, status: "waiting", tries, faults: (entry.faults ?? 0) + (status >= 400 ? 1 : 0), next: Date.now() + pause, reason };
};

// Only what the server says it has is saved. Whatever else it answers is kept, with its reason. What met a conflict has to
// go under a new id once it is mended, or it would meet it again.
const settle = (entry, result) => {
  if (!result) return later(entry, "The answer did not name this lead.");
  if (!result.fault && TAKEN.has(result.lead?.status)) return { ...entry, status: "saved", reply: result.lead, reason: "" };
  const reason = result.reason || result.fault?.message || "The server did not take it, and did not say why.";
  const { code, fields = {} } = result.fault ?? {};
  if (PASSES.has(code) && !Object.keys(fields).length && entry.tries < TRIED_AGAIN) return later(entry, reason, 409);
  return { ...entry, status: "look", reason, needsId: code === "conflict" || "clientId" in fields };
};

const send = async (user, csrf, entries) => {
  const answer = await fetch("/capture/leads", {
    method: "POST", credentials: "same-origin", redirect: "error", signal: AbortSignal.timeout(PATIENCE),
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ userId: user, deviceNow: new Date().toISOString(), items: entries.map(({ lead }) => lead) }),
  });
  if (answer.ok) return new Map((await answer.json()).items.map((each) => [each.clientId, each]));
  const said = answer.status < 500 ? await answer.json().catch(() => null) : null;
  throw Object.assign(new Error(said?.message || `The server answered ${answer.status}.`), { status: answer.status });
};

const failed = (batch, { status, message }) =>
  batch.length === 1 && REFUSES.has(status)
    ? batch.map((entry) => ({ ...entry, status: "look", reason: message }))
    : batch.map((entry) => later(entry, status ? message : "No connection.", status));

const batches = (due) => {
  const [alone, together] = [due.filter(({ faults }) => faults >= ALONE), due.filter(({ faults }) => !(faults >= ALONE))];
  const packs = Array.from({ length: Math.ceil(together.length / BATCH) }, (_, at) => together.slice(at * BATCH, (at + 1) * BATCH));
  return [...packs, ...alone.map((entry) => [entry])];
};

const prune = async (entries) => {
  const old = entries.filter(({ status }) => status === "saved").slice(KEPT_SAVED);
  if (old.length) await write("queue", (queue) => old.forEach(({ clientId }) => queue.delete(clientId)));
};

const awake = () => {
  try {
    localStorage.setItem(SEEN, String(Date.now()));
  } catch {
    // no room for it: then nobody waits for this tab
  }
};

const sendAll = async (user, csrf, force) => {
  const { entries } = await look(user);
  const open = (entry) => entry.lead && (entry.status === "sending" || (entry.status === "waiting" && (force || entry.next <= Date.now())));
  const due = entries.filter(open).reverse();
  let troubles = 0;
  for (const pack of batches(due)) {
    awake();
    const batch = await mark(user, pack.map((entry) => ({ ...entry, status: "sending" }))).catch(() => pack);
    if (!batch.length) continue;
    try {
      const results = await send(user, csrf, batch);
      await note(user, batch.map((entry) => settle(entry, results.get(entry.clientId))));
    } catch (error) {
      await note(user, failed(batch, error));
      if (!error.status) return "offline";
      if (NOT_THEIRS.has(error.status)) return "signed-out";
      if (!REFUSES.has(error.status) && (batch.length > 1 || (troubles += 1) > 2)) return "trouble";
    }
  }
  await prune((await look(user)).entries);
  return troubles ? "trouble" : due.length ? "sent" : "idle";
};

// One tab at a time; one that sleeps is not waited for, and what it writes when it wakes up is not written over what
// became of the leads meanwhile. `force` does not wait for the pause after a failure.
const isStuck = () => Date.now() - Number(localStorage.getItem(SEEN)) > STUCK;
export const sync = async (user, csrf, { force = false } = {}) => {
  const work = (lock) => (lock ? (awake(), sendAll(user, csrf, force)) : "elsewhere");
  const went = await navigator.locks.request(LOCK, { ifAvailable: true }, work);
  if (went !== "elsewhere" || !isStuck()) return went;
  await new Promise((done) => setTimeout(done, BEGINS));
  return isStuck() ? navigator.locks.request(LOCK, { steal: true }, work) : went;
};

// When the next one that failed may be tried again; null when none waits. Those that are locked wait for a sign-in.
export const nextTry = (entries) => {
  const waiting = entries.filter(({ status, closed }) => (status === "waiting" || status === "sending") && closed !== "lost");
  return waiting.length ? Math.max(0, Math.min(...waiting.map((row) => row.next)) - Date.now()) : null;
};
