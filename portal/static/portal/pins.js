// What this browser has seen before: public keys, so that a swapped one is noticed. No secrets.
// Beside them the keys of tabs that are kept unlocked; no script can read those (see tab.js).

const NAME = "odometer";
const STORES = ["pins", "tab_keys"];

const open = () =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 2);
    asked.onupgradeneeded = () => {
      for (const store of STORES) {
        if (!asked.result.objectStoreNames.contains(store)) asked.result.createObjectStore(store);
      }
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

export async function inStore(store, mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const asked = act(database.transaction(store, mode).objectStore(store));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  } finally {
    database.close();
  }
}

export const pinned = (name) => inStore("pins", "readonly", (store) => store.get(name));
export const pin = (name, value) => inStore("pins", "readwrite", (store) => store.put(value, name));

// Forgets every database of this site. Another tab may hold one open for a moment: it is gone once
// that one lets go.
export async function forgetDatabases() {
  const known = (await indexedDB.databases?.()) ?? [{ name: NAME }];
  await Promise.all(known.map(({ name }) => deleted(name)));
}

const deleted = (name) =>
  new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = asked.onerror = asked.onblocked = () => resolve();
  });
