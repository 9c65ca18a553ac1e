// Files of this origin's own in the browser (OPFS): ciphertext between sealing and pinning.

export const FOLDER = "odometer-sealed";
export const MOST_BLOB_BYTES = 256 * 1024 * 1024; // without such files ciphertext lies in memory
const SPARE_BYTES = 16 * 1024 * 1024;

// Some browsers have none, and some have none in a private window.
export async function hasOwnFiles() {
  try {
    return Boolean(await folder());
  } catch {
    return false;
  }
}

async function folder() {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

// Bytes that this origin may still write here; Infinity where the browser does not say.
export async function freeBytes() {
  const { quota, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota === undefined ? Number.POSITIVE_INFINITY : Math.max(0, quota - usage - SPARE_BYTES);
}

// The sealed file, or null when it is gone.
export async function sealedFile(name) {
  try {
    return await (await (await folder()).getFileHandle(name)).getFile();
  } catch {
    return null;
  }
}

export async function dropFile(name) {
  await (await folder()).removeEntry(name).catch(() => {}); // gone, or another tab writes it
}

export async function fileNames() {
  const names = [];
  for await (const name of (await folder()).keys()) names.push(name);
  return names;
}
