// Upload: read here, seal in a worker, send the ciphertext in parts, wait until it is pinned.

import { fromHex, toHex } from "../portal/bytes.js";
import { ask, baseHeaders, get, poll } from "../portal/http.js";
import { pin, pinned } from "../portal/pins.js";
import { clear, show } from "../portal/problems.js";
import { withSeed } from "../registry/unlock.js";
import { Upload } from "../vendor/tus.js";
import { preview } from "./preview.js";

const PART_BYTES = 4 * 1024 * 1024;
const form = document.getElementById("upload");
const drop = form?.querySelector(".drop");
const input = form?.querySelector("input[type=file]");
const panel = (name) => document.querySelector(`[data-panel="${name}"]`);
const size = (bytes) =>
  new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(
    bytes < 1e6 ? bytes / 1e3 : bytes / 1e6,
  ) + (bytes < 1e6 ? " kB" : " MB");
let file = null;

input?.addEventListener("change", () => take(input.files[0]));
for (const kind of ["dragenter", "dragover"]) {
  drop?.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const kind of ["dragleave", "drop"]) drop?.addEventListener(kind, () => drop.classList.remove("over"));
drop?.addEventListener("drop", (event) => {
  event.preventDefault();
  take(event.dataTransfer.files[0]);
});

async function take(chosen) {
  if (!chosen) return;
  clear();
  file = null;
  form.querySelector("button[type=submit]").disabled = true;
  try {
    if (chosen.size > Number(form.dataset.most)) throw new Error(gettext("This file is too large. Split it by year."));
    draw(chosen, await preview(chosen));
    file = chosen;
    form.querySelector("button[type=submit]").disabled = false;
  } catch (error) {
    show(error, { form });
  }
}

function draw(chosen, found) {
  const facts = {
    name: chosen.name,
    size: size(chosen.size),
    rows: found.rows === null ? gettext("not counted: this is no text table") : found.rows.toLocaleString(document.documentElement.lang),
    days: found.days ? `${found.days} (${found.first} – ${found.last})` : gettext("no dates found"),
    columns: found.columns.join(", ") || "–",
  };
  for (const [name, value] of Object.entries(facts)) panel("preview").querySelector(`[data-fact="${name}"]`).textContent = value;
  panel("preview").hidden = false;
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!file) return;
  clear();
  form.querySelector("button[type=submit]").disabled = true;
  try {
    await handIn(form.elements.vehicle.value);
  } catch (error) {
    panel("work").hidden = true;
    form.hidden = false;
    form.querySelector("button[type=submit]").disabled = false;
    if (error.code !== "closed") show(error, { form });
  }
});

async function handIn(vehicle) {
  const { driver } = form.dataset;
  const publicKey = await ownKey(driver);
  const builder = await builderKey();
  form.hidden = true;
  panel("work").hidden = false;
  const id = crypto.randomUUID();
  const context = { kind: "upload", account: driver, subject: vehicle, object: id };
  stage("sealing");
  const sealed = await seal(context, { builder: fromHex(builder.public_key), driver: publicKey });
  stage("sending");
  const { body } = await ask("POST", "/api/v1/uploads", {
    id,
    vehicle_id: vehicle,
    envelope_version: 1,
    size_bytes: sealed.size_bytes,
    sha256: sealed.sha256,
    builder_key_id: builder.key_id,
    wrapped_keys: sealed.wrapped_keys,
  });
  await send(body.content_url ?? `/api/v1/uploads/${id}/content`, sealed.blob);
  stage("pinning");
  const done = await poll(`/api/v1/uploads/${id}`, ({ state }) => !["receiving", "received"].includes(state));
  stage(done.cid ? "done" : "waiting");
  panel("done").querySelector("[data-cid]").textContent = done.cid ?? "–";
  panel("done").hidden = false;
  panel("done").querySelector("h2").focus();
}

// The driver's public key as this browser saw it when the vault was open; else unlock once.
async function ownKey(driver) {
  const shown = (await get("/api/v1/drivers/me")).public_key;
  let known = await pinned(`driver ${driver}`);
  if (!known) {
    await withSeed({ why: gettext("Unlock once, so that this browser knows your key"), act: gettext("Unlock") }, async () => true);
    known = await pinned(`driver ${driver}`);
    if (!known) throw Object.assign(new Error("closed"), { code: "closed" });
  }
  if (known !== shown) throw swapped(gettext("The server shows another public key for you than your vault has. Nothing was sent."));
  return fromHex(known);
}

// The builder's key must be the one the chain names, and the one this browser saw before.
async function builderKey() {
  const [key, chain] = await Promise.all([get("/api/v1/builder-key"), get("/api/v1/chain")]);
  const digest = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", fromHex(key.public_key))));
  const before = await pinned(`builder ${key.key_id}`);
  if (digest !== chain.builder_key_sha256.replace(/^0x/, "") || (before && before !== digest)) {
    throw swapped(gettext("The builder's key is not the one that the chain names. Nothing was sent."));
  }
  await pin(`builder ${key.key_id}`, digest);
  return key;
}

const swapped = (text) => Object.assign(new Error(text), { code: "key_swapped" });

function seal(context, recipients) {
  const worker = new Worker(new URL("./seal_worker.js", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onerror = () => reject(Object.assign(new Error(""), { code: "failed" }));
    worker.onmessage = ({ data }) => {
      if (data.kind === "progress") return progress(data.done_bytes, data.total_bytes);
      worker.terminate();
      return data.kind === "sealed" ? resolve(data) : reject(Object.assign(new Error(data.detail), data));
    };
    worker.postMessage({ file, context, recipients });
  });
}

function send(url, blob) {
  const pause = panel("work").querySelector("[data-pause]");
  return new Promise((resolve, reject) => {
    const upload = new Upload(blob, {
      uploadUrl: url,
      chunkSize: PART_BYTES,
      retryDelays: [0, 1000, 3000, 10000],
      storeFingerprintForResuming: false,
      onBeforeRequest: (request) => {
        for (const [name, value] of Object.entries(baseHeaders())) request.setHeader(name, value);
      },
      onProgress: progress,
      onError: (error) => reject(new Error(error.originalResponse ? refusalIn(error) : gettext("The connection was lost. Try again; nothing was kept of a half-sent file."))),
      onSuccess: resolve,
    });
    pause.hidden = false;
    pause.onclick = () => {
      const isPaused = pause.dataset.paused === "yes";
      pause.dataset.paused = isPaused ? "" : "yes";
      pause.textContent = isPaused ? gettext("Pause") : gettext("Go on");
      if (isPaused) upload.start();
      else upload.abort();
    };
    upload.start();
  }).finally(() => {
    pause.hidden = true;
  });
}

function refusalIn(error) {
  try {
    return JSON.parse(error.originalResponse.getBody()).detail;
  } catch {
    return gettext("Try again in a moment.");
  }
}

let said = 0;

function progress(done, total) {
  const bar = panel("work").querySelector("progress");
  bar.max = total;
  bar.value = done;
  panel("work").querySelector("[data-bytes]").textContent = `${size(done)} / ${size(total)}`;
  if (Date.now() - said < 5000 && done < total) return;
  said = Date.now();
  panel("work").querySelector("[data-said]").textContent = `${Math.round((100 * done) / total)}%`;
}

function stage(name) {
  const steps = [...panel("work").querySelectorAll("[data-stage]")];
  const at = steps.findIndex((step) => step.dataset.stage === name);
  steps.forEach((step, index) => {
    step.classList.toggle("done", name === "done" || (at >= 0 && index < at));
    step.classList.toggle("now", index === at);
  });
  panel("work").querySelector("[data-bar]").hidden = !["sealing", "sending"].includes(name);
}
