// Puts a campaign's bounty in escrow with the wallet of this browser: two signatures, no gas.

import { get, post } from "../portal/http.js";
import { clear, show } from "../portal/problems.js";
import { checksum } from "../portal/typed_data.js";

const button = document.querySelector("[data-fund]");
const line = document.getElementById("fund-state");

button?.addEventListener("click", async () => {
  button.disabled = true;
  clear();
  try {
    await fund();
  } catch (error) {
    line.textContent = "";
    show(error);
  } finally {
    button.disabled = false;
  }
});

async function fund() {
  const wallet = window.ethereum;
  if (!wallet) throw new Error(gettext("This browser has no wallet. Open this page where your wallet is, or use the program below."));
  const [account] = await wallet.request({ method: "eth_requestAccounts" });
  const funder = checksum(account.toLowerCase());
  const url = `/api/v1/data-requests/${button.dataset.fund}/funding`;
  const asked = await get(`${url}?funder=${funder}`);
  refuseOther(asked, funder);
  line.textContent = gettext("Sign the campaign in your wallet: 1 of 2.");
  const fund_signature = await sign(wallet, funder, asked.fund_typed_data);
  line.textContent = gettext("Sign the payment in your wallet: 2 of 2.");
  const permit_signature = await sign(wallet, funder, asked.permit_typed_data);
  await post(url, { funder, valid_until: asked.valid_until, fund_signature, permit_signature });
  location.reload();
}

const sign = (wallet, account, typed) =>
  wallet.request({ method: "eth_signTypedData_v4", params: [account, JSON.stringify(typed)] });

// What is signed must be what this page says: this bounty, these drivers, this day, for oneself.
function refuseOther({ fund_typed_data: campaign, permit_typed_data: permit }, funder) {
  const { bounty, threshold, deadline } = button.dataset;
  const { message } = campaign;
  const isSame =
    [message.bounty, permit.message.value].every((units) => `${units}` === bounty) &&
    `${message.threshold}` === threshold &&
    `${message.deadline}` === deadline &&
    [message.funder, message.recipient, permit.message.owner].every((one) => one === funder) &&
    permit.message.spender === campaign.domain.verifyingContract;
  if (!isSame) throw new Error(gettext("The campaign changed since this page was loaded. Load it again."));
}
