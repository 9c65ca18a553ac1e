// Stop a consent with its receipt: read it here, say what it ends, send its revocation.

import { onFiles } from "../portal/file_drop.js";
import { post } from "../portal/http.js";
import { clear, show } from "../portal/problems.js";
import { whenSubmitted } from "../portal/submitting.js";
import { calldata, read } from "./receipt.js";

const LOOKS = 40;
const LOOK_MS = 2000;
const MOST_BYTES = 1_000_000;
const SENTENCES = {
  no_receipt: () => gettext("This is no consent receipt. It is the file that “Download the receipt” gave you; its name ends in .jsonld."),
  no_stop: () => gettext("This receipt holds no revocation: its consent was granted without us, so only its key can end it."),
};

const root = document.getElementById("revoke");
const panel = (name) => root.querySelector(`[data-panel="${name}"]`);
const fact = (name, text) => root.querySelectorAll(`[data-fact="${name}"]`).forEach((slot) => (slot.textContent = text));
const pasted = root.querySelector("textarea");
let receipt = null;

pasted.addEventListener("input", () => pasted.value.trim() && take(pasted.value));
onFiles(root.querySelector(".drop"), taken);

async function taken([first]) {
  if (first) take(first.size > MOST_BYTES ? "" : await first.text());
}

function take(text) {
  clear();
  panel("read").hidden = panel("done").hidden = true;
  try {
    receipt = read(text);
  } catch (error) {
    receipt = null;
    show(Object.assign(error, { message: (SENTENCES[error.code] ?? SENTENCES.no_receipt)() }));
    return;
  }
  fill(receipt);
  panel("read").hidden = panel("act").hidden = false;
  panel("read").querySelector("h2").focus();
}

whenSubmitted(root.querySelector("form[data-panel=act]"), async () => {
  const asked = receipt;
  const [{ nonce, signature }] = asked.ways;
  const sent = { consent_address: asked.address, dataset_id: asked.datasetId, nonce, revoke: signature };
  const answer = await post("/api/v1/revocations", sent);
  if (receipt !== asked) return;
  told(answer);
  follow(asked, sent, answer);
});

// Asks again until the chain has it: the same words change nothing a second time.
async function follow(asked, sent, answer) {
  for (let look = 0; look < LOOKS && answer.state === "revoking" && !answer.trouble; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (receipt !== asked) return; // another receipt lies here now
    answer = await post("/api/v1/revocations", sent).catch(() => answer);
    if (receipt === asked) told(answer);
  }
}

function told({ state, block_number, tx_hash, trouble }) {
  const isDone = state === "revoked";
  panel("act").hidden = true;
  fact("outcome", isDone ? gettext("Revoked") : gettext("Being revoked"));
  fact("told", isDone ? onChain(block_number) : gettext("From now on nothing new is built with your data. The chain is being told."));
  fact("tx", tx_hash ?? "");
  fact("trouble", trouble ?? "");
  panel("tx").hidden = !tx_hash;
  panel("trouble").hidden = !trouble;
  if (!panel("done").hidden) return;
  panel("done").hidden = false;
  panel("done").querySelector("h2").focus();
}

const onChain = (block) => interpolate(gettext("The chain has it, in block %(block)s. Nothing more is built with your data under this consent."), { block }, true);

function fill({ text, buyer, until, address, datasetId, isProven, chainId, contract, ways }) {
  const lang = document.documentElement.lang;
  fact("text", text[lang] ?? text.en);
  fact("buyer", buyer || "–");
  fact("until", new Date(until * 1000).toLocaleDateString(lang, { dateStyle: "long" }));
  fact("address", address);
  fact("dataset", datasetId);
  fact("chain", chainId);
  fact("contract", contract);
  panel("unproven").hidden = isProven;
  root.querySelector("[data-calls]").replaceChildren(...ways.map((way) => call(way, ways.length > 1)));
}

function call(way, isOneOfSeveral) {
  const part = root.querySelector("template").content.cloneNode(true);
  const data = calldata(receipt, way);
  part.querySelector("code").textContent = data;
  part.querySelector("[data-copy]").dataset.copy = data;
  const nonce = part.querySelector("[data-nonce]");
  nonce.textContent = interpolate(gettext("With nonce %(nonce)s"), { nonce: way.nonce }, true);
  nonce.hidden = !isOneOfSeveral;
  return part;
}
