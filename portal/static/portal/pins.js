// What this browser has seen before: public keys, so that a swapped one is noticed. No secrets.

const open = () =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open("odometer", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("pins");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

async function inStore(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const asked = act(database.transaction("pins", mode).objectStore("pins"));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  } finally {
    database.close();
  }
}

export const pinned = (name) => inStore("readonly", (store) => store.get(name));
export const pin = (name, value) => inStore("readwrite", (store) => store.put(value, name));
