// Take everything along: the facts from the server, the files opened here, one ZIP made here.

import { baseHeaders, get, Problem } from "../portal/http.js";
import { boxKey } from "../portal/keys.js";
import { clear, show } from "../portal/problems.js";
import { withSeed } from "../registry/unlock.js";
import { downloadZip } from "../vendor/zip.js";
import { entries, isHere } from "./archive.js";

const root = document.getElementById("take-along");
const start = root?.querySelector("button");
const said = root?.querySelector("[data-said]");

start?.addEventListener("click", async () => {
  start.disabled = true;
  clear();
  try {
    const reasons = { why: gettext("Unlock to open your own files"), act: gettext("Unlock") };
    const made = await withSeed(reasons, archiveWith);
    if (made) save(made);
  } catch (error) {
    said.textContent = "";
    show(error);
  } finally {
    start.disabled = false;
  }
});

// Nothing is saved while anything fails to open.
async function archiveWith(seed) {
  said.textContent = gettext("Reading what we know about you…");
  const facts = await get("/api/v1/drivers/me/export");
  if (!facts.is_complete) throw new Error(gettext("The export broke off. Try again in a moment."));
  const privateKey = boxKey(seed);
  const all = facts.uploads.filter(isHere).length;
  let done = 0;
  const open = async (upload) => {
    done += 1;
    said.textContent = interpolate(gettext("Opening file %(done)s of %(all)s…"), { done, all }, true);
    return opened(await fetched(upload.id), upload, privateKey);
  };
  try {
    return await downloadZip(entries(facts, open, root.querySelector("template").content.textContent.trim())).blob();
  } finally {
    privateKey.fill(0);
  }
}

async function fetched(id) {
  const answer = await fetch(`/api/v1/uploads/${id}/content`, { headers: { ...baseHeaders(), Accept: "*/*" } });
  if (!answer.ok) throw new Problem(await answer.json().catch(() => ({})), answer.status);
  return answer.blob();
}

function opened(sealed, upload, privateKey) {
  const worker = new Worker(new URL("./open_worker.js", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.kind === "opened" ? resolve(data) : reject(refused(data, upload)));
    worker.onerror = () => reject(refused({ code: "failed" }, upload));
    worker.postMessage({ sealed, upload, privateKey });
  }).finally(() => worker.terminate());
}

function refused({ code }, { id }) {
  const text = gettext("File %(id)s does not open, so nothing was saved. The code is %(code)s.");
  return new Error(interpolate(text, { id, code }, true));
}

function save(blob) {
  const url = URL.createObjectURL(blob);
  const name = `odometer-${new Date().toISOString().slice(0, 10)}.zip`;
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  said.textContent = gettext("Done. The archive is among your downloads.");
}
