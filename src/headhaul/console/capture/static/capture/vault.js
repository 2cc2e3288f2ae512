// What this device keeps: sealed before it is written, so that the disk alone tells nobody anything. The open half of a
// pair seals, and stays; the other one opens, and the server gives it to whoever is signed in. It cannot be read out; it
// lies here, through reloads and empty batteries, until its owner signs out; it opens nothing when the server was not heard
// of for long.
import { heard, now } from "./elapsed.js";
import { NAME, all, read, write } from "./store.js";

const LIFE = 72 * 3600 * 1000; // without a word from the server: longer than any fair, shorter than a lost phone's luck
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const text = new TextEncoder();
const words = new TextDecoder();

const bytes = (secret) => Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0));
const derived = async (raw, salt, info, use) => {
  const base = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt, info }, base, { name: "AES-GCM", length: 256 }, false, [use]);
};

// The newest key of a user is the one that seals; older ones, from before the server's own key was changed, still open.
// `key` opens what was sealed before there were pairs.
export const takeKeys = async (user, secrets, time, isStill) => {
  const made = await Promise.all(secrets.map(async ({ id, secret, pair: { d, ...open } }, order) => ({
    id: `${user}:${id}`, user, order,
    key: await derived(bytes(secret), text.encode(`${NAME}:${user}`), text.encode(id), "decrypt"),
    opens: await crypto.subtle.importKey("jwk", { ...open, d }, CURVE, false, ["deriveBits"]),
    pen: await crypto.subtle.importKey("jwk", open, CURVE, true, []),
  })));
  const noted = { ...heard(time), until: time + LIFE };
  await write("keys", (keys) => {
    if (!isStill()) return; // somebody signed out meanwhile
    keys.clear(); // one person at a time: who signed in last
    for (const each of made) keys.put({ ...each, ...noted });
  });
};

const noted = (row) => ({ word: row.word ?? row.until - LIFE, seen: row.seen ?? row.until - LIFE, wall: row.wall ?? row.until - LIFE });
const isOpen = (row) => Boolean(row.key) && now(noted(row)) < row.until;
const keys = async (user) => (await all("keys")).filter((each) => each.user === user).sort((one, other) => one.order - other.order);

// Changes keys only while they lie there: what another tab forgot stays forgotten.
const each = (change) =>
  write("keys", (store) => {
    store.getAll().onsuccess = ({ target }) => target.result.forEach((row) => {
      const changed = change(row);
      if (changed) store.put(changed);
    });
  });

export const owner = async () => (await all("keys"))[0]?.user ?? null;
export const opens = async (user) => (await keys(user)).some(isOpen);
// What time it is now is noted while it is believed: one jump too far is forgotten when the clock stands right again.
export const tick = () => each((row) => isOpen(row) && { ...row, ...noted(row), seen: now(noted(row)), wall: Date.now() });
// The server says the time, and that nobody is signed in: what opens is let go for good, what seals stays.
export const expire = (time) => each(({ key, opens: half, ...row }) => key && time >= row.until && row);

// The user and the name are bound in, so that one sealed thing cannot be put in the place of another.
const bound = (user, name, iv) => ({ name: "AES-GCM", iv, additionalData: text.encode(`${user}:${name}`) });

export const seal = async (user, name, what) => {
  const found = (await keys(user)).find(({ pen }) => pen);
  if (!found) throw new Error("no key");
  const once = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const from = new Uint8Array(await crypto.subtle.exportKey("raw", once.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: found.pen }, once.privateKey, 256);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await derived(shared, from, text.encode(NAME), "encrypt");
  return { user, key: found.id, from, iv, data: await crypto.subtle.encrypt(bound(user, name, iv), key, text.encode(JSON.stringify(what))) };
};

const opener = async (found, from) => {
  if (!from) return found.key;
  const other = await crypto.subtle.importKey("raw", from, CURVE, false, []);
  return derived(await crypto.subtle.deriveBits({ name: "ECDH", public: other }, found.opens, 256), from, text.encode(NAME), "decrypt");
};

export const unseal = async (name, { user, key, from, iv, data }) => {
  const found = (await keys(user)).find((row) => row.id === key);
  if (!found || !isOpen(found)) throw new Error(found ? "locked" : "no key");
  return JSON.parse(words.decode(await crypto.subtle.decrypt(bound(user, name, iv), await opener(found, from), data)));
};

// Single things by name: a draft, the extract of an event.
const thing = async (user, name, what) => ({ ...(await seal(user, name, what)), name: `${user}:${name}`, at: Date.now() });
export const keep = async (user, name, what) => {
  const sealed = await thing(user, name, what);
  await write("kept", (kept) => kept.put(sealed));
};

export const rename = async (user, name, to, what) => {
  const sealed = await thing(user, to, what);
  await write("kept", (kept) => (kept.put(sealed), kept.delete(`${user}:${name}`)));
};

export const kept = async (user, name) => {
  const found = await read("kept", `${user}:${name}`);
  return found ? unseal(name, found).catch(() => null) : null;
};

// Names that begin so, the newest first.
export const names = async (user, start) => {
  const whole = `${user}:${start}`;
  const found = (await all("kept")).filter(({ name }) => name.startsWith(whole)).sort((one, other) => other.at - one.at);
  return found.map(({ name }) => name.slice(`${user}:`.length));
};

export const drop = (user, name) => write("kept", (store) => store.delete(`${user}:${name}`));
