// Claim: unlock, derive each dataset's key, sign one claim per key; the relayer pays the gas.

import { get } from "../portal/http.js";
import { consentKey, payoutKey, toBytes32 } from "../portal/keys.js";
import { whenSubmitted } from "../portal/submitting.js";
import { addressOf, checksum, sign } from "../portal/typed_data.js";
import { withSeed } from "../registry/unlock.js";
import { send } from "./claims.js";

const form = document.getElementById("claim");
const bundles = JSON.parse(document.getElementById("to-claim")?.textContent ?? "[]");

whenSubmitted(form, async () => {
  const typed = form.elements.to.value.trim();
  const chain = await get("/api/v1/chain");
  const done = await withSeed(reasons(typed), (seed) => claimed(seed, chain, typed));
  if (done) location.reload();
});

const reasons = (typed) => ({
  why: interpolate(gettext("Unlock to sign: claim %(amount)s"), { amount: form.dataset.amount }, true),
  facts: [
    [gettext("Amount"), form.dataset.amount],
    [gettext("Paid to"), typed || gettext("the payout address of your vault")],
    [gettext("Releases"), String(bundles.reduce((sum, bundle) => sum + bundle.release_ids.length, 0))],
    [gettext("Gas"), gettext("paid by the relayer")],
  ],
});

async function claimed(seed, chain, typed) {
  const own = payoutKey(seed);
  const to = typed ? checksum(typed) : addressOf(own);
  own.fill(0);
  const left = [];
  for (const bundle of bundles) if (!(await one(seed, chain, bundle, to))) left.push(bundle.consent_address);
  if (left.length) throw elsewhere(left);
  return true;
}

async function one(seed, chain, bundle, to) {
  const key = consentKey(seed, toBytes32(bundle.dataset_id));
  try {
    if (addressOf(key) !== bundle.consent_address) return false;
    await send(chain, bundle, to, (typed) => sign(key, typed));
    return true;
  } finally {
    key.fill(0);
  }
}

// A consent of a wallet that is not connected any more: no key of the vault can claim for it.
function elsewhere(addresses) {
  const text = gettext("These shares belong to a wallet: %(addresses)s. Connect it again under Settings to claim them.");
  return new Error(interpolate(text, { addresses: addresses.join(", ") }, true));
}
