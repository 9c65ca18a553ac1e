// What is being handed in from this browser, so that it goes on after a reload, and what was, so
// that the same file is noticed. All of it stays here, and goes when its driver signs out.
//
// An upload under way: {id, driver, vehicle, name, digest, at, is_sealed, size_bytes, sha256,
// builder_key_id, wrapped_keys}; its ciphertext lies in this origin's own files under its id.

import { dropFile, fileNames, hasOwnFiles } from "./own_files.js";

const NAME = "odometer-uploads";
const [UPLOADS, HANDED_IN] = ["uploads", "handed_in"];

const open = () =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(UPLOADS, { keyPath: "id" });
      asked.result.createObjectStore(HANDED_IN, { keyPath: "digest" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

async function inStore(name, mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const asked = act(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const keep = (upload) => inStore(UPLOADS, "readwrite", (store) => store.put(upload));
export const kept = (id) => inStore(UPLOADS, "readonly", (store) => store.get(id));
const all = () => inStore(UPLOADS, "readonly", (store) => store.getAll());

// Its ciphertext goes first: an entry without bytes can be dropped again, bytes alone are litter.
export async function drop(id) {
  if (await hasOwnFiles()) await dropFile(id);
  await inStore(UPLOADS, "readwrite", (store) => store.delete(id));
}

// The driver's own; what others left in this browser is dropped, and bytes that belong to nothing.
export async function underWay(driver) {
  const uploads = await all();
  const held = await heldIds();
  for (const { id } of uploads.filter((one) => one.driver !== driver && !held.has(one.id))) await drop(id);
  if (await hasOwnFiles()) {
    const known = new Set(uploads.map(({ id }) => id));
    for (const name of await fileNames()) if (!known.has(name) && !held.has(name)) await dropFile(name);
  }
  return uploads.filter((one) => one.driver === driver);
}

// digest: SHA-256 of the file as it was chosen; it is never sent.
export const remember = ({ digest, driver, at }) =>
  inStore(HANDED_IN, "readwrite", (store) => store.put({ digest, driver, at }));

// Returns {at, isUnderWay} when this browser knows the content, else null.
export async function knownContent(digest, driver) {
  if (!digest) return null;
  const now = (await all()).find((one) => one.digest === digest && one.driver === driver);
  if (now) return { at: now.at, isUnderWay: true };
  const before = await inStore(HANDED_IN, "readonly", (store) => store.get(digest));
  return before?.driver === driver ? { at: before.at, isUnderWay: false } : null;
}

// --- one tab works on one upload ----------------------------------------------------------------

const lockOf = (id) => `odometer upload ${id}`;

// Acts while no other tab works on the upload; returns false when one does.
export async function alone(id, act) {
  if (!navigator.locks) return (await act(), true);
  return navigator.locks.request(lockOf(id), { ifAvailable: true }, async (lock) => {
    if (!lock) return false;
    await act();
    return true;
  });
}

// Resolves when no tab works on it any more.
export const whenFree = (id) => navigator.locks?.request(lockOf(id), () => {});

export async function isHeld(id) {
  return (await heldIds()).has(id);
}

async function heldIds() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const prefix = lockOf("");
  return new Set(held.flatMap(({ name }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
}
