// Worker: read one file, say what is in it.
//
// in:  {file: File}
// out: {kind: "progress", done_bytes, total_bytes} ... {kind: "surveyed", digest, format, ...found}
//   or {kind: "refused", code}

const SAY_BYTES = 32 * 1024 * 1024;

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ kind: "surveyed", ...(await surveyed(data.file)) });
  } catch (error) {
    const code = typeof error.code === "string" ? error.code : (error.name ?? "failed");
    self.postMessage({ kind: "refused", code, detail: error.message });
  }
};

// digest: of the file as it is; it stays on this device.
async function surveyed(file) {
  const { default: sodium } = await import("../portal/sodium.js");
  const { toHex } = await import("../portal/bytes.js");
  const reading = await import("./reading.js");
  const { Survey } = await import("./survey.js");
  const hash = sodium.crypto_hash_sha256_init();
  const seen = counter(file.size, (piece) => sodium.crypto_hash_sha256_update(hash, piece));
  const format = await reading.kindOf(file);
  const survey = new Survey();
  let found = survey.found();
  if (format.kind === "table") {
    try {
      await drain(reading.textOf(file, format, seen), (piece) => survey.push(piece));
      found = survey.finish();
    } catch (error) {
      if (error.name === "NotReadableError" || error.name === "NotFoundError") throw error;
      format.kind = "broken"; // no table that we can follow to its end
      return { ...found, format, digest: "" };
    }
  } else {
    await drain(file.stream(), seen);
  }
  return { ...found, format, digest: toHex(sodium.crypto_hash_sha256_final(hash)) };
}

async function drain(stream, use) {
  const reader = stream.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) use(step.value);
}

function counter(total_bytes, use) {
  let done_bytes = 0;
  let said = 0;
  return (piece) => {
    use(piece);
    done_bytes += piece.length;
    if (done_bytes - said < SAY_BYTES) return;
    said = done_bytes;
    self.postMessage({ kind: "progress", done_bytes, total_bytes });
  };
}
