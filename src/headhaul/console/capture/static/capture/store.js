// The database of this device. A write is done when it is on the disk, or it throws with the reason.
export const NAME = "headhaul-capture";

let opened;
const database = () =>
  (opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("keys", { keyPath: "id" });
      asked.result.createObjectStore("kept", { keyPath: "name" });
      asked.result.createObjectStore("queue", { keyPath: "clientId" }).createIndex("at", "at");
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => (asked.result.close(), (opened = undefined));
      asked.result.onclose = () => (opened = undefined);
      done(asked.result);
    };
    asked.onerror = () => ((opened = undefined), failed(asked.error));
  }));

// All of it or nothing. `work` is given the stores in their order; what it asks of them within its own handlers still
// belongs to the transaction. The reason is known when it is called off, not when a single request fails.
export const write = async (names, work) => {
  const stores = [names].flat();
  const transaction = (await database()).transaction(stores, "readwrite", { durability: "strict" });
  const ended = new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = () => failed(transaction.error ?? new DOMException("It was called off.", "AbortError"));
  });
  try {
    work(...stores.map((name) => transaction.objectStore(name)));
  } catch (error) {
    ended.catch(() => null);
    transaction.abort();
    throw error;
  }
  await ended;
};

const answer = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

export const read = async (store, name) => answer((await database()).transaction(store).objectStore(store).get(name));
export const all = async (store) => answer((await database()).transaction(store).objectStore(store).getAll());
