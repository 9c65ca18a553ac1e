// Renew: unlock, make what the page showed into words, check what the server asks for, sign both.

import { post } from "../portal/http.js";
import { consentKey, toBytes32 } from "../portal/keys.js";
import { pinned } from "../portal/pins.js";
import { whenSubmitted } from "../portal/submitting.js";
import { withSeed } from "../registry/unlock.js";
import { areSame, isAsShown, wordsOf } from "./renewal.js";
import { addressOf, sign } from "./typed_data.js";

const form = document.getElementById("renew");
const shown = JSON.parse(document.getElementById("to-be-signed").textContent);
const url = `/api/v1/consents/${shown.consent_id}/renewal`;

whenSubmitted(form, async () => {
  const renewal = await withSeed(reasons(), (seed) => renewed(seed));
  if (renewal) location.assign(`/consents/${shown.consent_id}#until`);
});

function reasons() {
  const facts = form.dataset;
  return {
    why: interpolate(gettext("Unlock to sign: renew this until %(until)s"), { until: facts.until }, true),
    facts: [
      [gettext("You give"), facts.signals],
      [gettext("For"), facts.purposes],
      [gettext("To"), facts.recipient],
      [gettext("Until"), facts.until],
      [gettext("Privacy, at most"), interpolate(gettext("%(n)s right guesses in 100"), { n: facts.guess }, true)],
      [gettext("Also signed"), gettext("a new revocation; the kept one works until this renewal stands on chain")],
    ],
  };
}

async function renewed(seed) {
  const key = consentKey(seed, toBytes32(shown.dataset_id));
  try {
    const address = addressOf(key);
    const seen = await pinned(`terms ${shown.consent_id}`).catch(() => undefined);
    if (address !== shown.consent_address || !areSame(shown, seen)) throw other();
    const expires_at = new Date(shown.expires_at * 1000).toISOString();
    const draft = await post(url, { expires_at });
    const words = wordsOf(shown, address, Number(draft.typed_data.renew.message.nonce));
    if (!isAsShown(draft.typed_data, words)) throw other();
    return await post(`${url}/signature`, {
      renew: sign(key, words.renew),
      revoke: sign(key, words.revoke),
    });
  } finally {
    key.fill(0);
  }
}

const other = () =>
  new Error(gettext("The server asked you to sign something else than this page shows. Nothing was signed."));
