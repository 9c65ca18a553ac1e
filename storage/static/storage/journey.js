// The way of one file: sealed, sent, pinned, and what the builder then finds in it.
//
// item: {id, name, size, file, state, done, total, ...}; changed(item) is called after every change.

import { fromHex } from "../portal/bytes.js";
import { ask, poll } from "../portal/http.js";
import { gate } from "./gate.js";
import * as own from "./own_files.js";
import { builderKey } from "./recipients.js";
import { announced, send } from "./sending.js";
import * as underWay from "./under_way.js";
import { noRoom, sentenceOf } from "./wording.js";
import { seal } from "./working.js";

const PIN_MS = 30 * 60_000;
const CHECK_MS = 120_000;
const sealing = gate(1);
const sendings = gate(2);
let sendingNow = 0;

// From a chosen file. key: the driver's public key; cut: what is taken out, or null.
export const begin = (item, { driver, vehicle, key, cut }, changed) =>
  walk(item, changed, async () => {
    if (!item.entry?.is_sealed) await sealed(item, { driver, vehicle, key, cut }, changed);
    await delivered(item, changed);
  });

// From what an earlier page left behind.
export const goOn = (item, changed) => walk(item, changed, () => delivered(item, changed));

// The server's part is erased, the ciphertext and the entry go.
export async function throwAway(item) {
  item.isStopped = true;
  item.running?.stop();
  if (item.entry?.is_sealed && !item.cid) {
    await ask("DELETE", `/api/v1/uploads/${item.id}`).catch((error) => {
      if (error.status !== 404 && error.status !== 410) throw error;
    });
  }
  await underWay.drop(item.id);
}

export function pause(item) {
  item.isPaused = true;
  item.running?.stop();
}

async function walk(item, changed, act) {
  item.problem = "";
  item.isPaused = false;
  to(item, "waiting", changed);
  try {
    if (!(await underWay.alone(item.id, act))) to(item, "elsewhere", changed);
  } catch (error) {
    if (item.isStopped) return;
    item.problem = sentenceOf(error);
    to(item, item.entry?.is_sealed ? "halted" : "failed", changed);
  }
}

function to(item, state, changed, facts = {}) {
  Object.assign(item, { state, ...facts });
  if (!item.isStopped) changed(item);
}

const sealed = (item, given, changed) =>
  sealing(async () => {
    if (item.isStopped) return;
    const { driver, vehicle, key, cut } = given;
    const builder = await builderKey();
    const isKept = await own.hasOwnFiles();
    const entry = { id: item.id, driver, vehicle, name: item.name, digest: item.digest, at: Date.now(), is_sealed: false };
    if (isKept) {
      await hasRoom(item);
      await underWay.keep(entry);
    }
    to(item, "sealing", changed, { done: 0, total: item.size });
    const context = { kind: "upload", account: driver, subject: vehicle, object: item.id };
    const recipients = { builder: fromHex(builder.public_key), driver: key };
    const message = { file: item.file, context, recipients, cut, name: isKept ? item.id : undefined };
    item.running = seal(message, (done, total) => to(item, "sealing", changed, { done, total }));
    const made = await item.running.done.catch(async (error) => {
      await underWay.drop(item.id);
      throw error;
    });
    const { size_bytes, sha256, wrapped_keys } = made;
    item.facts = made.facts;
    item.blob = made.blob;
    item.entry = { ...entry, is_sealed: true, size_bytes, sha256, wrapped_keys, builder_key_id: builder.key_id };
    if (isKept && !made.blob) await underWay.keep(item.entry);
  });

// Waits while other files that are being sent may still make room.
async function hasRoom(item) {
  for (;;) {
    const free = await own.freeBytes();
    const needed = Math.ceil(item.size * 1.001) + 4096;
    if (needed <= free) return;
    if (!sendingNow || item.isStopped) throw noRoom(needed, free);
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

async function delivered(item, changed) {
  for (;;) {
    if (item.isStopped) return;
    if (item.isPaused) return to(item, "halted", changed);
    const upload = await announced(item.entry);
    if (upload.state === "erased") return gone(item, changed);
    if (upload.state === "receiving") await sent(item, upload, changed);
    else if (await stored(item, changed)) return;
  }
}

const sent = (item, upload, changed) =>
  sendings(async () => {
    if (item.isStopped || item.isPaused) return;
    const blob = item.blob ?? (await own.sealedFile(item.id));
    if (blob?.size !== item.entry.size_bytes) throw Object.assign(new Error(""), { code: "lost" });
    to(item, "sending", changed, { done: upload.received_bytes, total: blob.size });
    item.running = send(upload.content_url, blob, (done, total) => to(item, "sending", changed, { done, total }));
    sendingNow += 1;
    await item.running.done.finally(() => (sendingNow -= 1));
  });

// Waits for the pin; false when the bytes are asked for again.
async function stored(item, changed) {
  to(item, "pinning", changed);
  const url = `/api/v1/uploads/${item.id}`;
  const upload = await poll(url, ({ state }) => state !== "received" || item.isStopped, undefined, 1000, PIN_MS);
  if (upload.state === "receiving") return false;
  if (upload.state === "received") return (to(item, "stored", changed), true);
  await underWay.drop(item.id);
  if (item.entry.digest) await underWay.remember({ ...item.entry, at: Date.now() });
  item.blob = null;
  item.file = null;
  to(item, upload.state, changed, { cid: upload.cid, quality: upload.quality });
  if (upload.state === "pinned") watch(item, url, changed);
  return true;
}

// The builder looks into a file when it next works; what it finds is shown when it is there.
async function watch(item, url, changed) {
  const isDone = ({ state }) => state !== "pinned" || item.isStopped;
  const upload = await poll(url, isDone, undefined, 4000, CHECK_MS).catch(() => null);
  if (upload && upload.state !== "pinned") to(item, upload.state, changed, { quality: upload.quality });
}

async function gone(item, changed) {
  await underWay.drop(item.id);
  item.problem = gettext("This upload was erased.");
  to(item, "erased", changed);
}
