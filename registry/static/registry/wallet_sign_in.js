// Sign-in with a wallet: it opens the account, never the vault.

import { follow } from "../portal/act.js";
import { post } from "../portal/http.js";
import { whenSubmitted } from "../portal/submitting.js";
import { signedMessage } from "./wallet_message.js";

const form = document.getElementById("wallet-sign-in");
const join = form?.querySelector("[data-unknown]");

whenSubmitted(form, async () => {
  join.hidden = true;
  const signed = await signedMessage("sign_in");
  if (!signed) return;
  try {
    await post("/api/v1/wallet-sessions", signed);
  } catch (error) {
    join.hidden = error.code !== "wallet_unknown";
    throw error;
  }
  follow(form.dataset.then, {});
});
