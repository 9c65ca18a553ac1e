// Open an own upload: its data key with the driver's key, its bytes chunk by chunk.

import { fromBase64 } from "../portal/bytes.js";
import sodium from "../portal/sodium.js";
import { openChunks, unwrapKey } from "./envelope.js";

const BLOB_BYTES = 8 * 1024 * 1024; // larger parts go to the browser's blob store, not its heap

// Returns {file, report}: the plaintext, whole to its last chunk, and the builder's report or null.
export async function openUpload(sealed, upload, privateKey) {
  const dataKey = unwrapKey(fromBase64(upload.wrapped_key.sealed), privateKey, upload.context);
  try {
    const file = await blobOf(openChunks(sealed, dataKey, upload.context));
    return { file, report: reportOf(upload, privateKey) };
  } finally {
    sodium.memzero(dataKey);
  }
}

function reportOf(upload, privateKey) {
  const text = upload.quality?.report_sealed;
  if (!text) return null;
  const publicKey = sodium.crypto_scalarmult_base(privateKey);
  return new Blob([sodium.crypto_box_seal_open(fromBase64(text), publicKey, privateKey)]);
}

async function blobOf(pieces) {
  const blobs = [];
  let parts = [];
  let size = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    size += piece.length;
    if (size >= BLOB_BYTES) {
      blobs.push(new Blob(parts));
      [parts, size] = [[], 0];
    }
  }
  return new Blob([...blobs, ...parts]);
}
