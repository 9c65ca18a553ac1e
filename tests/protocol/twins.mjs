// Run the browser modules over the vectors. Arguments: the directories of modules and vectors.
// Prints {checks: [{name, problem}], made: {...}}: what failed, and what Python is to open.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const [statics, vectors] = process.argv.slice(2);
const load = (path) => import(join(statics, path));
const read = (name) => JSON.parse(readFileSync(join(vectors, `${name}.json`), "utf8"));
globalThis.twins = { load, read };

const shared = await import("./checks.mjs");
const { check, checks, envelope, fromHex, joined, keys, kept, plaintext } = shared;
const { public_key, same, sealing, seed, sha256 } = shared;

// --- workers ------------------------------------------------------------------------------------

// Runs a worker file in this thread: what it posts is what comes back.
async function work(path, message) {
  const posted = [];
  globalThis.self = { postMessage: (data) => posted.push(data) };
  await load(path);
  await globalThis.self.onmessage({ data: message });
  return posted;
}

const file = new Blob([plaintext(20_000_000)]);
const recipients = { builder: fromHex(public_key), driver: keys.boxPublicKey(seed) };
const sealedByWorker = await work("storage/seal_worker.js", {
  file,
  context: sealing.context,
  recipients,
});
const last = sealedByWorker.at(-1);
await check("worker seals a file and says how far it is", async () => {
  const steps = sealedByWorker.slice(0, -1);
  same(last.kind, "sealed");
  same(last.size_bytes, envelope.sealedSize(file.size));
  same(sha256(new Uint8Array(await last.blob.arrayBuffer())), last.sha256);
  same(steps.map(({ kind }) => kind), ["progress", "progress", "progress"]);
  same(steps.at(-1).done_bytes, last.size_bytes);
  const key = envelope.unwrapKey(
    new Uint8Array(Buffer.from(last.wrapped_keys.driver, "base64")),
    keys.boxKey(seed),
    sealing.context,
  );
  const opened = await joined(envelope.openChunks(last.blob, key, sealing.context));
  same(sha256(opened), sha256(plaintext(file.size)));
});
await check("worker refuses an unknown context", async () => {
  const [answer] = await work("storage/seal_worker.js?again", {
    file,
    context: { kind: "photo" },
    recipients,
  });
  same([answer.kind, answer.code], ["refused", "wrong_context"]);
});
const [createdByWorker] = await work("registry/vault_worker.js", {
  id: 7,
  act: "create",
  values: [kept.passphrase],
});
await check("worker refuses what is no act of the vault", async () => {
  const asked = { id: 8, act: "check", values: [] };
  const [answer] = await work("registry/vault_worker.js?again", asked);
  same([answer.id, answer.error.code], [8, "failed"]);
});

const made = await shared.makes(createdByWorker.result);
process.stdout.write(JSON.stringify({ checks, made }));
