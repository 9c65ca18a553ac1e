// Where a worker puts ciphertext: a file of this origin's own (OPFS), or parts that the browser
// keeps outside its heap.

import { FOLDER } from "./own_files.js";

const BLOB_BYTES = 8 * 1024 * 1024; // larger parts go to the browser's blob store, not its heap
const WRITE_BYTES = 1024 * 1024;

// A synchronous handle is for workers alone, and holds the file alone. Returns null where there is none.
export async function fileStore(name) {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  const file = await folder.getFileHandle(name, { create: true });
  if (!file.createSyncAccessHandle) return null;
  const handle = await file.createSyncAccessHandle();
  handle.truncate(0);
  const held = new Uint8Array(WRITE_BYTES);
  let [size, used] = [0, 0];
  const flush = () => {
    if (handle.write(held.subarray(0, used), { at: size - used }) !== used) throw new DOMException("", "QuotaExceededError");
    used = 0;
  };
  return {
    size: () => size,
    blob: () => null,
    add(piece) {
      if (used + piece.length > WRITE_BYTES) flush();
      held.set(piece, used);
      used += piece.length;
      size += piece.length;
    },
    close() {
      try {
        flush();
        handle.flush();
      } finally {
        handle.close();
      }
    },
  };
}

export function blobStore() {
  const blobs = [];
  let parts = [];
  let partBytes = 0;
  let size = 0;
  return {
    size: () => size,
    blob: () => new Blob([...blobs, ...parts], { type: "application/octet-stream" }),
    add(piece) {
      parts.push(piece);
      partBytes += piece.length;
      size += piece.length;
      if (partBytes < BLOB_BYTES) return;
      blobs.push(new Blob(parts));
      [parts, partBytes] = [[], 0];
    },
    close() {},
  };
}
