// Connect a wallet to the account that is signed in: one signed message.

import { follow } from "../portal/act.js";
import { post } from "../portal/http.js";
import { whenSubmitted } from "../portal/submitting.js";
import { signedMessage } from "./wallet_message.js";

const form = document.getElementById("connect-wallet");

whenSubmitted(form, async () => {
  const signed = await signedMessage("connect");
  if (!signed) return;
  const wallet = await post("/api/v1/drivers/me/wallets", signed);
  follow(form.dataset.then, wallet);
});
