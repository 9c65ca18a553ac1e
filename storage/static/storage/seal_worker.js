// Worker: seal one file, say how far it is, hand back ciphertext and wrapped keys.
//
// in:  {file: Blob, context, recipients: {builder: Uint8Array, driver: Uint8Array}}
// out: {kind: "progress", done_bytes, total_bytes} ...
//      {kind: "sealed", blob, size_bytes, sha256, wrapped_keys: {builder, driver}}
//   or {kind: "refused", code, detail}

const BLOB_BYTES = 8 * 1024 * 1024; // larger parts go to the browser's blob store, not its heap

// The handler must stand before anything is awaited: earlier messages would be lost.
self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ kind: "sealed", ...(await sealed(data)) });
  } catch (error) {
    self.postMessage({ kind: "refused", code: error.code ?? "failed", detail: error.message });
  }
};

async function sealed({ file, context, recipients }) {
  const envelope = await import("./envelope.js");
  const { default: sodium } = await import("../portal/sodium.js");
  const { toBase64, toHex } = await import("../portal/bytes.js");
  const dataKey = envelope.newDataKey();
  const total = envelope.sealedSize(file.size);
  const hash = sodium.crypto_hash_sha256_init();
  const store = blobStore();
  for await (const piece of envelope.seal(file, dataKey, context)) {
    sodium.crypto_hash_sha256_update(hash, piece);
    if (store.add(piece)) progress(store.size(), total);
  }
  const wrapped = (publicKey) => toBase64(envelope.wrapKey(dataKey, publicKey, context));
  const wrapped_keys = Object.fromEntries(
    Object.entries(recipients).map(([name, publicKey]) => [name, wrapped(publicKey)]),
  );
  sodium.memzero(dataKey);
  const sha256 = toHex(sodium.crypto_hash_sha256_final(hash));
  progress(total, total);
  return { blob: store.blob(), size_bytes: store.size(), sha256, wrapped_keys };
}

const progress = (done_bytes, total_bytes) =>
  self.postMessage({ kind: "progress", done_bytes, total_bytes });

function blobStore() {
  const blobs = [];
  let parts = [];
  let partBytes = 0;
  let size = 0;
  return {
    size: () => size,
    blob: () => new Blob([...blobs, ...parts], { type: "application/octet-stream" }),
    // Tells whether a part was just put away.
    add(piece) {
      parts.push(piece);
      partBytes += piece.length;
      size += piece.length;
      if (partBytes < BLOB_BYTES) return false;
      blobs.push(new Blob(parts));
      [parts, partBytes] = [[], 0];
      return true;
    },
  };
}
