"""Answer offers and renew: check what is signed, sign it with the key of that dataset alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from odometer.chain import Chain
from odometer.errors import Untrusted
from odometer.http import Session
from protocol import typed_data, vault
from protocol.ids import to_bytes32
from protocol.terms import terms_digest

LEAST_CONTRIBUTORS_BPS: Final = 8_500
"""Contributors' part of every price, at least; basis points."""


@dataclass(frozen=True)
class Offer:
    """An approved question as a driver sees it. body: everything the server said."""

    id: str
    dataset_id: str
    title: str
    needed: tuple[str, ...]
    optional: tuple[str, ...]
    body: Mapping[str, Any]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Offer":
        """Return the offer of an API body."""
        groups = body["signal_groups"]
        return cls(
            id=body["id"],
            dataset_id=body["dataset_id"],
            title=body["title"],
            needed=tuple(groups["needed"]),
            optional=tuple(groups["optional"]),
            body=body,
        )


@dataclass(frozen=True)
class Consent:
    """A permission and where it stands. terms_digest: 0x hex, what was signed."""

    id: str
    state: str
    terms_digest: str
    body: Mapping[str, Any]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Consent":
        """Return the consent of an API body."""
        return cls(body["id"], body["state"], body.get("terms_digest", ""), body)


@dataclass(frozen=True)
class ConsentKey:
    """The key that signs for one dataset."""

    dataset: bytes
    private_key: bytes

    @classmethod
    def of(cls, seed: bytes, dataset_id: str) -> "ConsentKey":
        """Derive the key of a dataset."""
        dataset = to_bytes32(dataset_id)
        return cls(dataset, vault.consent_key(seed, dataset))

    @property
    def address(self) -> str:
        """The address that the chain sees."""
        return typed_data.address_of(self.private_key)


def grant(
    session: Session, chain: Chain, offer: Offer, groups: Sequence[str], key: ConsentKey
) -> Consent:
    """Draft, check, sign and hand in one consent.

    Raises Untrusted(terms_mismatch) when the draft is not what was agreed to.
    """
    wish = {"offer_id": offer.id, "signal_groups": list(groups), "consent_address": key.address}
    draft = session.post("/consents", wish)
    terms = draft["terms"]
    _check_terms(terms, offer, groups, chain)
    digest = terms_digest(terms)
    if "0x" + digest.hex() != draft["terms_digest"]:
        raise Untrusted("terms_mismatch", "the digest to sign is not the digest of the terms")
    body = session.post(f"/consents/{draft['id']}/signature", _sign(chain, key, terms, digest))
    return Consent.of({**draft, **body})


def revocation(chain: Chain, key: ConsentKey) -> dict[str, str]:
    """Sign the revocation that the chain takes now."""
    nonce = chain.consent_nonce(key.address, key.dataset)
    message = typed_data.revoke(
        chain.consent_domain, driver=key.address, dataset=key.dataset, nonce=nonce
    )
    return {"revoke": typed_data.sign(key.private_key, message)}


def _check_terms(
    terms: Mapping[str, Any], offer: Offer, groups: Sequence[str], chain: Chain
) -> None:
    expected = {
        "offer_id": offer.id,
        "dataset_id": offer.dataset_id,
        "signal_groups": list(groups),
        "builder_key_sha256": chain.builder_key_sha256().hex(),
    }
    wrong = sorted(name for name, value in expected.items() if terms[name] != value)
    if terms["payout"]["contributors_bps"] < LEAST_CONTRIBUTORS_BPS:
        wrong.append("payout")
    if wrong:
        raise Untrusted("terms_mismatch", "the terms are not those of the offer", fields=wrong)


def _sign(chain: Chain, key: ConsentKey, terms: Mapping[str, Any], digest: bytes) -> dict[str, str]:
    """Sign the grant at the chain's own nonce, never at one ahead that could be kept for later."""
    nonce = chain.consent_nonce(key.address, key.dataset)
    grant_message = typed_data.grant(
        chain.consent_domain,
        driver=key.address,
        dataset=key.dataset,
        terms=digest,
        expiry=terms["expires_at"],
        nonce=nonce,
    )
    revoke_message = typed_data.revoke(
        chain.consent_domain, driver=key.address, dataset=key.dataset, nonce=nonce + 1
    )
    return {
        "grant": typed_data.sign(key.private_key, grant_message),
        "revoke": typed_data.sign(key.private_key, revoke_message),
    }


def renew(
    session: Session, chain: Chain, consent: Consent, key: ConsentKey, until: datetime | None
) -> Consent:
    """Draft, check, sign and hand in the renewal of one consent: same terms, another end.

    Raises Untrusted(terms_mismatch) when the chain holds other terms than those of the consent,
    Untrusted(end_mismatch) when the end to sign is not later, or not the one that was asked for.
    """
    wish = {} if until is None else {"expires_at": until.isoformat()}
    draft = session.post(f"/consents/{consent.id}/renewal", wish)
    expiry = int(draft["typed_data"]["renew"]["message"]["expiry"])
    stands = chain.consent(key.address, key.dataset)
    if terms_digest(consent.body["terms"])[: len(stands.terms)] != stands.terms:
        raise Untrusted("terms_mismatch", "the chain holds other terms than this consent has")
    if expiry <= stands.expiry or (until is not None and expiry != int(until.timestamp())):
        raise Untrusted("end_mismatch", "the end to sign is not the one that was asked for")
    signed = _sign_renewal(chain, key, expiry, stands.nonce)
    session.post(f"/consents/{consent.id}/renewal/signature", signed)
    return Consent.of({**consent.body, **session.get(f"/consents/{consent.id}")})


def _sign_renewal(chain: Chain, key: ConsentKey, expiry: int, nonce: int) -> dict[str, str]:
    """Sign at the chain's own nonce: the renewal, and the way out that works once it stands."""
    renew_message = typed_data.renew(
        chain.consent_domain, driver=key.address, dataset=key.dataset, expiry=expiry, nonce=nonce
    )
    revoke_message = typed_data.revoke(
        chain.consent_domain, driver=key.address, dataset=key.dataset, nonce=nonce + 1
    )
    return {
        "renew": typed_data.sign(key.private_key, renew_message),
        "revoke": typed_data.sign(key.private_key, revoke_message),
    }
