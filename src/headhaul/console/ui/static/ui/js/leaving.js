// Signing out takes the key along that opens what this device keeps sealed, and the pages kept for the hours without a
// network. What waits to be sent stays, sealed, and its owner is told before.
import { behaviour } from "./dom.js";

const NAME = "headhaul-capture";
const PATIENCE = 8000;
const opened = () =>
  new Promise((done, failed) => {
    const asked = indexedDB.open(NAME);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });

const rows = (database, store) =>
  new Promise((done) => {
    const asked = database.transaction(store).objectStore(store).getAll();
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => done([]);
  });

export const held = async () => {
  const isThere = (await indexedDB.databases?.())?.some(({ name }) => name === NAME);
  const database = isThere ? await opened() : null;
  return database?.objectStoreNames.contains("keys") ? database : null;
};

const waiting = async (database) => {
  const owners = new Set((await rows(database, "keys")).map(({ user }) => user));
  return (await rows(database, "queue")).filter(({ user, status }) => owners.has(user) && status !== "saved").length;
};

const forget = (database) =>
  new Promise((done) => {
    const work = database.transaction(["keys", "kept"], "readwrite");
    work.objectStore("keys").clear();
    work.objectStore("kept").clear();
    work.oncomplete = work.onerror = work.onabort = done;
  });

const dropPages = async () => window.caches?.delete("capture-pages").catch(() => false);

const agreed = (count) =>
  new Promise((done) => {
    const make = (tag, words, given = {}) => Object.assign(document.createElement(tag), { textContent: words }, given);
    const dialog = make("dialog", "", { className: "overlay leaving" });
    const buttons = make("div", "", { className: "row" });
    const title = make("h2", `${count} ${count === 1 ? "lead waits" : "leads wait"} on this device`);
    buttons.append(make("button", "Sign out", { className: "button primary", value: "go", onclick: () => dialog.close("go") }), make("button", "Stay", { className: "button", onclick: () => dialog.close() }));
    dialog.append(title, make("p", "They stay here, sealed, and nobody can read them without you. They go out when you sign in again on this device."), buttons);
    dialog.addEventListener("close", () => (dialog.remove(), done(dialog.returnValue === "go")));
    document.body.append(dialog);
    dialog.showModal();
  });

// What is here is forgotten at once, and again when the server knows: what it had still answered to a question of before
// would bring a key back. Whoever asked before sees by the mark that its answer is not to be heard any more.
const drop = async (database) => {
  try {
    localStorage.setItem("headhaul-capture-left", String(Math.random()));
  } catch {
    // no room for it
  }
  await forget(database);
  await dropPages();
};

const leave = async (form, database) => {
  await drop(database);
  const sent = { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" };
  const isTold = await fetch(form.action, { ...sent, signal: AbortSignal.timeout(PATIENCE) }).then(({ type }) => type === "opaqueredirect", () => false);
  await drop(database);
  if (isTold) location.assign("/");
  else form.submit();
};

const asked = async (form) => {
  const database = await held().catch(() => null);
  if (!database) return dropPages().then(() => form.submit());
  const count = await waiting(database);
  if (!count || (await agreed(count))) await leave(form, database);
};

behaviour('form[action$="/auth/logout/"]', (form) => {
  let isLeaving = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isLeaving) return;
    isLeaving = true;
    asked(form).finally(() => (isLeaving = false));
  });
});
