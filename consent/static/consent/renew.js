// Renew: make what the page showed into words, check what the server asks for, sign both.

import { post } from "../portal/http.js";
import { pinned } from "../portal/pins.js";
import { whenSubmitted } from "../portal/submitting.js";
import { withSeed } from "../registry/unlock.js";
import { areSame, isAsShown, wordsOf } from "./renewal.js";
import { fromSeed, fromWallet } from "./signers.js";

const form = document.getElementById("renew");
const shown = JSON.parse(document.getElementById("to-be-signed").textContent);
const url = `/api/v1/consents/${shown.consent_id}/renewal`;

whenSubmitted(form, async () => {
  const renewal = form.dataset.wallet
    ? await fromWallet({ address: form.dataset.wallet, contract: form.dataset.contract }, renewed)
    : await withSeed(reasons(), (seed) => fromSeed(seed, shown.dataset_id, renewed));
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

async function renewed({ address, sign }) {
  const seen = await pinned(`terms ${shown.consent_id}`).catch(() => undefined);
  if (address !== shown.consent_address || !areSame(shown, seen)) throw other();
  const expires_at = new Date(shown.expires_at * 1000).toISOString();
  const draft = await post(url, { expires_at });
  const words = wordsOf(shown, address, Number(draft.typed_data.renew.message.nonce));
  if (!isAsShown(draft.typed_data, words)) throw other();
  return post(`${url}/signature`, { renew: await sign(words.renew), revoke: await sign(words.revoke) });
}

const other = () =>
  new Error(gettext("The server asked you to sign something else than this page shows. Nothing was signed."));
