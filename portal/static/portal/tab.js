// "Keep unlocked in this tab": the seed under a key that no script can read, for 15 minutes.
//
// The ciphertext is in sessionStorage and goes with the tab; the key is in IndexedDB and cannot be
// taken out of this browser. Neither is of use without the other.

import { fromBase64, toBase64, utf8 } from "./bytes.js";
import { inStore } from "./pins.js";

export const MINUTES = 15;

const SLOT = "unlocked";
const KEYS = "tab_keys";
const CIPHER = "AES-GCM";
const listeners = new Set();
const channel = new BroadcastChannel("odometer");

export const canKeep = () => Boolean(globalThis.crypto?.subtle);

// handle: whose seed it is.
export async function keep(seed, handle) {
  await drop();
  const key = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ["encrypt", "decrypt"]);
  const [id, iv] = [crypto.randomUUID(), crypto.getRandomValues(new Uint8Array(12))];
  const until = Date.now() + MINUTES * 60_000;
  const sealed = await crypto.subtle.encrypt(cipher(iv, handle, until), key, seed);
  await inStore(KEYS, "readwrite", (store) => store.put({ key, until }, id));
  const slot = { id, iv: toBase64(iv), sealed: toBase64(new Uint8Array(sealed)), handle, until };
  sessionStorage.setItem(SLOT, JSON.stringify(slot));
  tell();
}

// Returns the seed, or null when the vault is locked here.
export async function kept(handle) {
  const slot = read();
  if (!slot || slot.handle !== handle) return null;
  const found = await inStore(KEYS, "readonly", (store) => store.get(slot.id));
  if (!found) return null;
  try {
    const how = cipher(fromBase64(slot.iv), handle, slot.until);
    return new Uint8Array(await crypto.subtle.decrypt(how, found.key, fromBase64(slot.sealed)));
  } catch {
    return null;
  }
}

// Until when the vault is unlocked here, in milliseconds since 1970; 0 when it is locked.
export const unlockedUntil = () => read()?.until ?? 0;

// Locks every tab of this browser.
export async function lock() {
  channel.postMessage("locked");
  await drop();
}

// Forgets what is left of a session that is over; does nothing where nothing was kept.
export const tidy = () => (stored() ? drop() : undefined);

export const announce = (news) => channel.postMessage(news);

// act(news): "locked", "changed" (the vault), "left" (signed out), or "" when this tab's own
// state changed.
export const onNews = (act) => listeners.add(act);

channel.onmessage = async ({ data: news }) => {
  // Whoever signed out wiped the database: opening it here would make a new one.
  if (news === "left") sessionStorage.clear();
  else await drop();
  tell(news);
};

// Forgets this tab's ciphertext with its key, and the keys of tabs whose time is over.
async function drop() {
  const own = stored()?.id;
  sessionStorage.removeItem(SLOT);
  const keys = await inStore(KEYS, "readonly", (store) => store.getAllKeys());
  for (const id of keys) {
    const found = await inStore(KEYS, "readonly", (store) => store.get(id));
    if (id !== own && found?.until > Date.now()) continue;
    await inStore(KEYS, "readwrite", (store) => store.delete(id));
  }
  tell();
}

const stored = () => JSON.parse(sessionStorage.getItem(SLOT) ?? "null");

function read() {
  const slot = stored();
  return slot && slot.until > Date.now() ? slot : null;
}

const tell = (news = "") => listeners.forEach((act) => act(news));

const cipher = (iv, handle, until) => ({ name: CIPHER, iv, additionalData: utf8(`${handle} ${until}`) });
