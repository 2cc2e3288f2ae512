// A half-typed lead belongs to one tab. The tab holds a lock for as long as it lives; what a dead one left is taken over
// by the next tab that opens, and by only one of them.
import { drop, keep, kept, names, rename } from "./vault.js";

const HELD = "headhaul-capture-tab:";
const TAKING = "headhaul-capture-drafts";
const ID = "headhaul-capture-tab";
const RELOADING = 1000; // the page before a reload lets go a moment after the new one begins

let tab;
let letGo = () => null;

const hold = (id) =>
  new Promise((done) => {
    navigator.locks
      .request(HELD + id, { signal: AbortSignal.timeout(RELOADING) }, () => new Promise((end) => ((letGo = end), done(true))))
      .catch(() => done(false));
  });

// A copied tab begins with the name of the one it was copied from, which lives: it takes a name of its own.
const name = async () => {
  const before = sessionStorage.getItem(ID);
  if (before && (await hold(before))) tab = before;
  else await another();
};

const another = async () => {
  letGo();
  const made = crypto.randomUUID();
  sessionStorage.setItem(ID, made);
  await hold(made);
  tab = made;
};

// null until this tab has a name: what is typed in its first moment is kept with what is typed next.
export const own = () => (tab ? `draft:${tab}` : null);

const left = async (user) => {
  for (const found of (await names(user, "draft")).filter((each) => each !== own())) {
    const taken = await navigator.locks.request(HELD + found.slice("draft:".length), { ifAvailable: true }, async (lock) => {
      const what = lock ? await kept(user, found) : null;
      if (what) await rename(user, found, own(), what);
      return what;
    });
    if (taken) return taken;
  }
  return null;
};

// The draft of this tab as it was before the reload, or one that a dead tab left; null when there is none that opens.
// One that does not open now is left as it is: this tab writes elsewhere.
export const begun = async (user) => {
  if (!tab) await name();
  const mine = await kept(user, own());
  if (mine) return mine;
  if ((await names(user, own())).length) await another();
  return navigator.locks.request(TAKING, { signal: AbortSignal.timeout(RELOADING) }, () => left(user));
};

let last = Promise.resolve();
const inOrder = (work) => (last = last.then(work).catch(() => null));

// One after the other, so that what was written late does not bring back what was saved and dropped meanwhile.
export const note = (user, where, what) => inOrder(() => (what ? keep(user, where, what) : drop(user, where)));
export const written = () => last;

window.addEventListener("pagehide", () => letGo());
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
