// Sign-in of a driver: the passphrase stays here, a proof derived from it goes to the server.

import { toHex } from "../portal/bytes.js";
import { follow } from "../portal/act.js";
import { get, post } from "../portal/http.js";
import { clear, show } from "../portal/problems.js";
import { ready } from "../portal/ready.js";
import { busy } from "./busy.js";
import * as vault from "./vault_in_worker.js";

const form = document.getElementById("driver-sign-in");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear();
  try {
    await busy(form.querySelector("button[type=submit]"), async () => {
      const handle = form.elements.handle.value.trim();
      const parameters = await get(`/api/v1/vault-parameters?handle=${encodeURIComponent(handle)}`);
      const { signInProof } = await vault.prove(form.elements.passphrase.value, parameters.kdf);
      await post("/api/v1/sessions", { handle, sign_in_proof: toHex(signInProof) });
      follow(form.dataset.then, {});
    });
  } catch (error) {
    show(error, { form });
  }
});

ready(document);
