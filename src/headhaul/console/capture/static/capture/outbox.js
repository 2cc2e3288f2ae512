// Leads on their way: waiting, sending, saved, or in need of a look. Each has an id of its own from the first moment,
// so that sending it twice is the same as sending it once.
import { all, seal, unseal, write } from "./vault.js";

const BATCH = 50;
const SLOWEST = 300_000;
const KEPT_SAVED = 40;
const PATIENCE = 30_000;
const LOCK = "headhaul-capture-sync";

const changed = () => document.dispatchEvent(new CustomEvent("outbox"));

const put = async (user, entry) => {
  const { lead, reply = null, reason = "", ...open } = entry;
  const sealed = await seal(user, open.clientId, { lead, reply, reason });
  return { ...open, ...sealed };
};

export const add = async (user, lead) => {
  const entry = await put(user, { clientId: lead.clientId, at: Date.now(), status: "waiting", tries: 0, next: 0, lead });
  await write("queue", (queue) => queue.put(entry));
  changed();
};

// Newest first. What another person sealed here stays closed, and is only counted.
export const look = async (user) => {
  const rows = (await all("queue")).sort((one, other) => other.at - one.at);
  const mine = rows.filter((row) => row.user === user);
  const open = await Promise.all(mine.map(async (row) => {
    const inside = await unseal(row.clientId, row).catch(() => null);
    return { ...row, ...(inside ?? { lead: null, reply: null, reason: "" }) };
  }));
  return { entries: open, others: rows.filter((row) => row.user !== user && row.status !== "saved").length };
};

export const remove = async (clientId) => {
  await write("queue", (queue) => queue.delete(clientId));
  changed();
};

const mark = async (user, entries) => {
  const sealed = await Promise.all(entries.map((entry) => put(user, entry)));
  await write("queue", (queue) => sealed.forEach((row) => queue.put(row)));
  changed();
};

const later = (entry, reason) => {
  const tries = entry.tries + 1;
  const pause = Math.min(SLOWEST, 2000 * 2 ** Math.min(tries, 8)) * (0.75 + Math.random() / 2);
  return { ...entry, status: "waiting", tries, next: Date.now() + pause, reason };
};

const settle = (entry, result) => {
  if (!result) return later(entry, "The answer did not name this lead.");
  if (result.lead) return { ...entry, status: "saved", reply: result.lead, reason: "" };
  return { ...entry, status: "look", reason: result.reason };
};

const send = async (csrf, entries) => {
  const answer = await fetch("/capture/leads", {
    method: "POST", credentials: "same-origin", redirect: "error", signal: AbortSignal.timeout(PATIENCE),
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ deviceNow: new Date().toISOString(), items: entries.map(({ lead }) => lead) }),
  });
  if (!answer.ok) throw Object.assign(new Error(`The server answered ${answer.status}.`), { status: answer.status });
  return new Map((await answer.json()).items.map((each) => [each.clientId, each]));
};

const prune = async (entries) => {
  const old = entries.filter(({ status }) => status === "saved").slice(KEPT_SAVED);
  if (old.length) await write("queue", (queue) => old.forEach(({ clientId }) => queue.delete(clientId)));
};

// One tab at a time. `force` does not wait for the pause after a failure.
export const sync = (user, csrf, { force = false } = {}) =>
  navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock) return "elsewhere";
    const { entries } = await look(user);
    const lost = entries.filter(({ status, lead }) => status === "sending" && lead);
    const open = (entry) => entry.lead && (entry.status === "sending" || (entry.status === "waiting" && (force || entry.next <= Date.now())));
    const due = entries.filter(open).reverse();
    for (let from = 0; from < due.length; from += BATCH) {
      const batch = due.slice(from, from + BATCH);
      await mark(user, batch.map((entry) => ({ ...entry, status: "sending" })));
      try {
        const results = await send(csrf, batch);
        await mark(user, batch.map((entry) => settle(entry, results.get(entry.clientId))));
      } catch (error) {
        const said = error.status ? error.message : "No connection.";
        await mark(user, batch.map((entry) => later(entry, said)));
        return error.status === 401 || error.status === 403 ? "signed-out" : "offline";
      }
    }
    await prune((await look(user)).entries);
    return lost.length || due.length ? "sent" : "idle";
  });

// When the next one that failed may be tried again; null when none waits.
export const nextTry = async (user) => {
  const waiting = (await all("queue")).filter((row) => row.user === user && row.status !== "saved" && row.status !== "look");
  return waiting.length ? Math.max(0, Math.min(...waiting.map((row) => row.next)) - Date.now()) : null;
};
