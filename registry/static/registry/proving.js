// A session that a wallet opened does not get the locked vault: prove the passphrase first.

import { toHex } from "../portal/bytes.js";
import { get, post } from "../portal/http.js";
import { ProtocolError } from "../portal/protocol_error.js";
import * as vault from "./vault_in_worker.js";

// Turns the session into one that the passphrase opened; throws any other refusal on.
export async function proven(refusal, passphrase) {
  if (refusal.code !== "passphrase_needed") throw refusal;
  const { handle } = document.body.dataset;
  const { kdf } = await get(`/api/v1/vault-parameters?handle=${encodeURIComponent(handle)}`);
  const { signInProof } = await vault.prove(passphrase, kdf);
  try {
    await post("/api/v1/sessions", { handle, sign_in_proof: toHex(signInProof) });
  } catch (error) {
    if (error.code !== "sign_in_refused") throw error;
    throw new ProtocolError("wrong_key", error.message);
  }
}
