// What this device keeps: sealed with AES-GCM before it is written, so that the disk alone tells nobody anything.
// The key is made from a secret that the server gives to whoever is signed in. It cannot be read out again; it lies
// beside what it seals until its owner signs out here, so that a reload, a killed tab and an empty battery cost nothing.
const NAME = "headhaul-capture";
const LIFE = 72 * 3600 * 1000; // without a word from the server: longer than any fair, shorter than a lost phone's luck
const text = new TextEncoder();
const words = new TextDecoder();

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
      asked.result.onversionchange = () => asked.result.close();
      asked.result.onclose = () => (opened = undefined);
      done(asked.result);
    };
    asked.onerror = () => failed(asked.error);
  }));

// One transaction; resolves when it is on the disk, not before.
export const write = async (store, work) => {
  const transaction = (await database()).transaction(store, "readwrite", { durability: "strict" });
  const ended = new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onerror = transaction.onabort = () => failed(transaction.error);
  });
  work(transaction.objectStore(store));
  await ended;
};

const answer = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

export const read = async (store, name) => answer((await database()).transaction(store).objectStore(store).get(name));
export const all = async (store) => answer((await database()).transaction(store).objectStore(store).getAll());

// The newest key of a user is the one that seals; older ones, from before the server's own key was changed, still open.
export const takeKeys = async (user, secrets) => {
  const made = await Promise.all(secrets.map(async ({ id, secret }, order) => {
    const raw = Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0));
    const base = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt: text.encode(`${NAME}:${user}`), info: text.encode(id) };
    const key = await crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    return { id: `${user}:${id}`, user, order, key, until: Date.now() + LIFE };
  }));
  await write("keys", (keys) => {
    keys.clear(); // one person at a time: who signed in last
    for (const each of made) keys.put(each);
  });
};

const keys = async (user) => (await all("keys")).filter((each) => each.user === user && each.until > Date.now());
export const owner = async () => (await all("keys")).find((each) => each.until > Date.now())?.user ?? null;
export const forget = () => write("keys", (store) => store.clear());

// The user and the name are bound in, so that one sealed thing cannot be put in the place of another.
export const seal = async (user, name, what) => {
  const [found] = (await keys(user)).sort((one, other) => one.order - other.order);
  if (!found) throw new Error("no key");
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: text.encode(`${user}:${name}`) };
  return { user, key: found.id, iv, data: await crypto.subtle.encrypt(how, found.key, text.encode(JSON.stringify(what))) };
};

export const unseal = async (name, { user, key, iv, data }) => {
  const found = (await keys(user)).find((each) => each.id === key);
  if (!found) throw new Error("no key");
  const how = { name: "AES-GCM", iv, additionalData: text.encode(`${user}:${name}`) };
  return JSON.parse(words.decode(await crypto.subtle.decrypt(how, found.key, data)));
};

// Single things by name: what the server last said, a draft, the extract of an event.
export const keep = async (user, name, what) => {
  const sealed = await seal(user, name, what);
  await write("kept", (kept) => kept.put({ ...sealed, name: `${user}:${name}`, at: Date.now() }));
};

export const kept = async (user, name) => {
  const found = await read("kept", `${user}:${name}`);
  return found ? unseal(name, found).catch(() => null) : null;
};

export const drop = (user, name) => write("kept", (store) => store.delete(`${user}:${name}`));
