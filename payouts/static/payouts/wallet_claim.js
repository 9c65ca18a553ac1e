// Claim what a wallet's own consents earned: the wallet signs, the relayer pays the gas.

import { get } from "../portal/http.js";
import { whenSubmitted } from "../portal/submitting.js";
import { checksum } from "../portal/typed_data.js";
import { signTyped } from "../portal/wallets.js";
import { chosenWallet } from "../registry/choose_wallet.js";
import { send } from "./claims.js";

const bundles = JSON.parse(document.getElementById("to-claim-by-wallet").textContent);

for (const form of document.querySelectorAll("[data-wallet-claim]")) {
  const bundle = bundles.find((one) => one.consent_address === form.dataset.walletClaim);
  whenSubmitted(form, async () => {
    const typed = form.elements.to.value.trim();
    const to = typed ? checksum(typed) : bundle.consent_address;
    const chain = await get("/api/v1/chain");
    const provider = await chosenWallet();
    if (!provider) return;
    const account = { address: bundle.consent_address, isContract: form.dataset.contract === "true" };
    await send(chain, bundle, to, (claim) => signTyped(provider, account, claim));
    location.reload();
  });
}
