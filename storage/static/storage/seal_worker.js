// Worker: cut and seal one file, say how far it is, keep the ciphertext where the browser has room.
//
// in:  {file: Blob, context, recipients: {builder: Uint8Array, driver: Uint8Array},
//       name?: where to write it in this origin's own file system, cut?: {format, plan}}
// out: {kind: "progress", done_bytes, total_bytes} ...
//      {kind: "sealed", blob, size_bytes, sha256, wrapped_keys: {builder, driver}, facts}
//      (blob: null when it was written under `name`; facts: of the cut, or null)
//   or {kind: "refused", code, detail}

const SAY_BYTES = 8 * 1024 * 1024;

// The handler must stand before anything is awaited: earlier messages would be lost.
self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ kind: "sealed", ...(await sealed(data)) });
  } catch (error) {
    const code = typeof error.code === "string" ? error.code : (error.name ?? "failed");
    self.postMessage({ kind: "refused", code, detail: error.message });
  }
};

async function sealed({ file, context, recipients, name, cut }) {
  const envelope = await import("./envelope.js");
  const { default: sodium } = await import("../portal/sodium.js");
  const { toBase64, toHex } = await import("../portal/bytes.js");
  const { blobStore, fileStore } = await import("./stores.js");
  const dataKey = envelope.newDataKey();
  const hash = sodium.crypto_hash_sha256_init();
  const { source, facts } = await sourceOf(file, cut);
  const store = (name && (await fileStore(name))) || blobStore();
  try {
    const said = saying(file.size);
    for await (const piece of envelope.seal(source, dataKey, context)) {
      sodium.crypto_hash_sha256_update(hash, piece);
      store.add(piece);
      said(piece.length);
    }
  } finally {
    store.close();
  }
  const wrapped = (publicKey) => toBase64(envelope.wrapKey(dataKey, publicKey, context));
  const wrapped_keys = Object.fromEntries(
    Object.entries(recipients).map(([recipient, publicKey]) => [recipient, wrapped(publicKey)]),
  );
  sodium.memzero(dataKey);
  const sha256 = toHex(sodium.crypto_hash_sha256_final(hash));
  const size_bytes = store.size();
  self.postMessage({ kind: "progress", done_bytes: size_bytes, total_bytes: size_bytes });
  return { blob: store.blob(), size_bytes, sha256, wrapped_keys, facts };
}

// The file to the byte, unless something is cut from it.
async function sourceOf(file, cut) {
  if (!cut) return { source: file, facts: null };
  const { Cutter } = await import("./cutting.js");
  const { cutText } = await import("./reading.js");
  const cutter = new Cutter(cut.plan);
  return { source: cutText(file, cut.format, cutter), facts: cutter.facts };
}

function saying(total_bytes) {
  let done_bytes = 0;
  let said = 0;
  return (more) => {
    done_bytes += more;
    if (done_bytes - said < SAY_BYTES) return;
    said = done_bytes;
    self.postMessage({ kind: "progress", done_bytes: Math.min(done_bytes, total_bytes), total_bytes });
  };
}
