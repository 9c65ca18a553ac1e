// Grant: check what the server asks to sign, then sign both ways, with this dataset's key or a wallet.

import { areEqual, fromHex, toHex } from "../portal/bytes.js";
import { post } from "../portal/http.js";
import { toBytes32 } from "../portal/keys.js";
import { pin } from "../portal/pins.js";
import { whenSubmitted } from "../portal/submitting.js";
import { withSeed } from "../registry/unlock.js";
import { fromSeed, fromWallet } from "./signers.js";
import * as words from "./typed_data.js";

const form = document.getElementById("grant");
const wanted = JSON.parse(document.getElementById("to-be-signed").textContent);

whenSubmitted(form, async () => {
  const wallet = document.querySelector("[name=signer]:checked")?.dataset;
  const consent = wallet?.address
    ? await fromWallet(wallet, granted)
    : await withSeed(reasons(), (seed) => fromSeed(seed, wanted.dataset_id, granted));
  if (consent) location.assign(`/consents/${consent.id}`);
});

const chosen = () =>
  [...document.querySelectorAll("[data-signal]")]
    .filter((part) => part.type !== "checkbox" || part.checked)
    .map((part) => part.dataset.signal);

function reasons() {
  const given = [...document.querySelectorAll("[data-signal]")]
    .filter((part) => part.type !== "checkbox" || part.checked)
    .map((part) => part.dataset.word);
  const facts = form.dataset;
  return {
    why: interpolate(gettext("Unlock to sign: grant this to %(buyer)s"), { buyer: facts.buyer }, true),
    facts: [
      [gettext("You give"), given.join(document.documentElement.lang === "zh-Hans" ? "、" : ", ")],
      [gettext("For"), facts.purposes],
      [gettext("To"), facts.recipient],
      [gettext("Until"), facts.until],
      [gettext("Privacy, at most"), interpolate(gettext("%(n)s right guesses in 100"), { n: facts.guess }, true)],
      [gettext("Also signed"), gettext("the revocation, kept so that you can stop with one click")],
    ],
  };
}

async function granted({ address, sign }) {
  const draft = await post("/api/v1/consents", {
    offer_id: wanted.offer_id,
    signal_groups: chosen(),
    consent_address: address,
  });
  check(draft, address);
  await seen(draft);
  return post(`/api/v1/consents/${draft.id}/signature`, {
    grant: await sign(draft.typed_data.grant),
    revoke: await sign(draft.typed_data.revoke),
  });
}

// A renewal in this browser is held against it; where nothing can be kept, granting goes on.
const seen = ({ id, typed_data }) => pin(`terms ${id}`, typed_data.grant.message.terms).catch(() => {});

// What is signed must be what was shown, whatever the server says.
function check({ terms, typed_data }, address) {
  const { grant, revoke } = typed_data;
  const dataset = toBytes32(wanted.dataset_id);
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const isAsShown =
    same(terms.purposes, wanted.purposes) &&
    same([...terms.signal_groups].sort(), chosen().sort()) &&
    terms.offer_id === wanted.offer_id &&
    terms.dataset_id === wanted.dataset_id &&
    terms.recipient_class === wanted.recipient_class &&
    terms.expires_at === wanted.expires_at &&
    terms.rho_micro_max === wanted.rho_micro_max &&
    terms.payout.contributors_bps === wanted.contributors_bps &&
    terms.builder_key_sha256 === wanted.builder_key_sha256 &&
    grant.primaryType === "Grant" &&
    revoke.primaryType === "Revoke" &&
    grant.message.driver === address &&
    revoke.message.driver === address &&
    Number(grant.message.expiry) === wanted.expires_at &&
    Number(revoke.message.nonce) === Number(grant.message.nonce) + 1 &&
    areEqual(fromHex(grant.message.dataset), dataset) &&
    areEqual(fromHex(revoke.message.dataset), dataset) &&
    areEqual(fromHex(grant.message.terms), words.termsDigest(terms)) &&
    isOurs(grant, words.grant) &&
    isOurs(revoke, words.revoke);
  if (!isAsShown) {
    throw new Error(gettext("The server asked you to sign something else than this page shows. Nothing was signed."));
  }
}

// A wallet holds more than consents: it signs these two kinds of words, for a consent registry alone.
function isOurs({ types, primaryType, domain, message }, make) {
  const own = make(words.consentDomain(domain.chainId, domain.verifyingContract), message);
  return toHex(words.digest({ types, primaryType, domain, message })) === toHex(words.digest(own));
}
