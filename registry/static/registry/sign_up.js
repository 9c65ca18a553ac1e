// Sign-up of a driver: name, passphrase, unlock once, recovery sheet, done.

import { toHex } from "../portal/bytes.js";
import { post } from "../portal/http.js";
import { boxPublicKey } from "../portal/keys.js";
import { pin } from "../portal/pins.js";
import { clear, show } from "../portal/problems.js";
import { Steps } from "../portal/steps.js";
import { madeUp } from "./passphrase.js";
import { showSheet } from "./sheet.js";
import * as vault from "./vault_in_worker.js";

const root = document.getElementById("sign-up");
const steps = new Steps(root);
const part = (name) => root.querySelector(`[data-step="${name}"]`);
const fresh = { handle: "", passphrase: "", made: null };

window.addEventListener("beforeunload", (event) => {
  if (fresh.made && steps.at === 2) event.preventDefault();
});

onSubmit("name", async (form) => {
  fresh.handle = form.elements.handle.value.trim();
  offer();
  steps.next();
});

const ready = part("passphrase").querySelector("[data-ready]");
const own = part("passphrase").querySelector("[data-own]");

function offer() {
  ready.querySelector(".passphrase").textContent = fresh.passphrase = madeUp();
}
ready.querySelector("[data-another]").onclick = offer;
ready.querySelector("[data-take]").onclick = () => sealed(ready.querySelector("[data-take]"));
ready.querySelector("[data-type]").onclick = () => turn(true);
own.querySelector("[data-ready-made]").onclick = () => turn(false);

function turn(isOwn) {
  ready.hidden = isOwn;
  own.hidden = !isOwn;
  if (isOwn) own.querySelector("input").focus();
  else offer();
}

onSubmit("passphrase", async (form) => {
  fresh.passphrase = form.elements.passphrase.value;
  if (fresh.passphrase.length < 12) throw new Error(gettext("Take 12 characters or more. Length is the one rule."));
  await sealed(form.querySelector("button[type=submit]"));
});

async function sealed(button) {
  await busy(button, async () => {
    fresh.made = await vault.create(fresh.passphrase);
    fresh.passphrase = "";
  });
  steps.go(2);
}

onSubmit("unlock", async (form) => {
  const { seed, vault: body, signInProof } = fresh.made;
  const { sealKey } = await vault.prove(form.elements.again.value, body.kdf);
  await vault.openVault(body, sealKey);
  const publicKey = toHex(boxPublicKey(seed));
  const driver = await post("/api/v1/drivers", {
    handle: fresh.handle,
    sign_in_proof: toHex(signInProof),
    vault: body,
    public_key: publicKey,
    language: document.documentElement.lang,
  });
  await pin(`driver ${driver.id}`, publicKey);
  await pin(`sheet ${driver.id}`, "later");
  await showSheet(part("sheet"), seed, fresh.handle, async () => {
    await pin(`sheet ${driver.id}`, "kept");
    finish();
  });
  steps.next();
});

part("sheet").querySelector("[data-later]").onclick = finish;

function finish() {
  fresh.made?.seed.fill(0);
  part("sheet").querySelector("[data-words]").replaceChildren();
  steps.next();
}

for (const button of root.querySelectorAll("[data-reveal]")) {
  button.onclick = () => {
    const input = document.getElementById(button.dataset.reveal);
    input.type = input.type === "password" ? "text" : "password";
    button.textContent = input.type === "password" ? gettext("Show") : gettext("Hide");
  };
}

function onSubmit(name, act) {
  const form = part(name).querySelector("form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clear();
    try {
      await busy(form.querySelector("button[type=submit]"), () => act(form));
    } catch (error) {
      if (["handle_taken", "handle_invalid"].includes(error.code)) steps.go(0);
      show(error, { form });
    }
  });
}

async function busy(button, act) {
  const label = button.textContent;
  button.disabled = true;
  button.textContent = gettext("One moment…");
  try {
    return await act();
  } finally {
    button.disabled = false;
    button.textContent = label;
  }
}
