// Sign-up of a driver: name, passphrase, unlock once, recovery sheet, done.

import { toHex } from "../portal/bytes.js";
import { post } from "../portal/http.js";
import { boxPublicKey } from "../portal/keys.js";
import { pin } from "../portal/pins.js";
import { clear, show } from "../portal/problems.js";
import { ready } from "../portal/ready.js";
import { Steps } from "../portal/steps.js";
import { busy } from "./busy.js";
import { choosing, openedAgain, revealing } from "./new_passphrase.js";
import { showSheet } from "./sheet.js";
import * as vault from "./vault_in_worker.js";

const root = document.getElementById("sign-up");
const steps = new Steps(root);
const part = (name) => root.querySelector(`[data-step="${name}"]`);
const fresh = { handle: "", made: null };

window.addEventListener("beforeunload", (event) => {
  if (fresh.made && steps.at === 2) event.preventDefault();
});

const passphrase = choosing(part("passphrase"), async (chosen) => {
  fresh.made = await vault.create(chosen);
  steps.go(2);
});
revealing(part("unlock"));

onSubmit("name", async (form) => {
  fresh.handle = form.elements.handle.value.trim();
  passphrase.offer();
  steps.next();
});

onSubmit("unlock", async (form) => {
  const { seed, vault: body, signInProof } = fresh.made;
  await openedAgain(fresh.made, form.elements.again.value);
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

ready(document);
