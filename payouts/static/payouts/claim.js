// Claim: unlock, derive each dataset's key, sign one claim per key; the relayer pays the gas.

import { get, post } from "../portal/http.js";
import { consentKey, payoutKey, toBytes32 } from "../portal/keys.js";
import { whenSubmitted } from "../portal/submitting.js";
import { addressOf, checksum, claim, marketDomain, sign } from "../portal/typed_data.js";
import { withSeed } from "../registry/unlock.js";

const LASTS_S = 60 * 60;
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
  for (const bundle of bundles) await one(seed, chain, bundle, to);
  return true;
}

async function one(seed, chain, { consent_address, dataset_id, release_ids }, to) {
  const key = consentKey(seed, toBytes32(dataset_id));
  try {
    const deadline = Math.floor(Date.now() / 1000) + LASTS_S;
    const message = { driver: consent_address, to, releases: release_ids.map(toBytes32), deadline };
    const signature = sign(key, claim(marketDomain(chain.chain_id, chain.contracts.ReleaseMarket), message));
    await post("/api/v1/claims", { consent_address, release_ids, to, deadline, signature });
  } finally {
    key.fill(0);
  }
}
