// Somebody else is signed in here now: the keys of whoever was before go, and the page that was kept for them. What they
// left sealed stays, for nobody but them. The capture page takes keys by itself.
import { behaviour } from "./dom.js";
import { held } from "./leaving.js";

const forgetOthers = (database, person) =>
  new Promise((done) => {
    const keys = database.transaction("keys", "readwrite").objectStore("keys");
    keys.getAll().onsuccess = ({ target }) => {
      const isAnothers = target.result.some(({ user }) => user !== person);
      if (isAnothers) keys.clear();
      done(isAnothers);
    };
  });

behaviour("[data-person]", async (page) => {
  const database = await held().catch(() => null);
  if (database && (await forgetOthers(database, Number(page.dataset.person)))) await window.caches?.delete("capture-pages").catch(() => false);
});
