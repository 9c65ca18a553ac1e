"""Offers and consents as their driver reads them."""

from typing import Any

from django.utils import timezone

from chain import paying
from chain import selectors as chain
from consent import relaying
from consent.domain import instants, odds, renewal
from consent.models import Consent, Decline, Offer, Renewal

QUEUED = "queued"
CONFIRMED = "confirmed"


def shown(consent: Consent) -> dict[str, Any]:
    """Return the consent as its driver reads it."""
    words = consent.signable()
    return {
        "object": "consent",
        "id": str(consent.id),
        "offer_id": str(consent.offer_id),
        "dataset_id": consent.terms["dataset_id"],
        "title": consent.offer.title,
        "buyer": _buyer(consent.offer),
        "state": consent.state_at(timezone.now()),
        "signal_groups": consent.terms["signal_groups"],
        "consent_address": consent.consent_address,
        "terms": consent.terms,
        "terms_digest": consent.terms_digest,
        "typed_data": {"grant": words.grant, "revoke": consent.revocation()},
        "expires_at": instants.text(consent.expires_at),
        "signed_at": instants.text(consent.signed_at),
        "granted_at": instants.text(consent.granted_at),
        "revoked_at": instants.text(consent.revoked_at),
        "chain": _chain(consent),
        "renewal": _latest_renewal(consent),
        "trouble": consent.trouble or None,
        "receipt_url": f"/api/v1/consents/{consent.id}/receipt",
    }


def shown_stop(consent: Consent) -> dict[str, Any]:
    """Return how far the end of a consent is, for whoever holds its receipt."""
    return {
        "object": "revocation",
        "consent_id": str(consent.id),
        "state": consent.state_at(timezone.now()),
        "revoked_at": instants.text(consent.revoked_at),
        "tx_hash": consent.revoke_tx_hash or None,
        "block_number": consent.revoked_block,
        "trouble": consent.trouble or None,
    }


def shown_renewal(row: Renewal) -> dict[str, Any]:
    """Return a renewal as its driver reads and signs it."""
    words = row.words()
    return {
        "object": "renewal",
        "id": str(row.id),
        "consent_id": str(row.consent_id),
        "state": row.state,
        "expires_at": instants.text(row.expires_at),
        "ends_before": instants.text(row.expired_before or row.consent.expires_at),
        "text": renewal.sentence(row.consent.terms, row.expires_at),
        "terms": row.consent.terms,
        "terms_digest": row.consent.terms_digest,
        "typed_data": {"renew": words.renew, "revoke": words.revoke},
        "signed_at": instants.text(row.signed_at),
        **_renewal_in_short(row),
    }


def shown_offer(offer: Offer, answer: Consent | Decline | None) -> dict[str, Any]:
    """Return the offer as one driver reads it, with the driver's own answer."""
    return {
        "object": "offer",
        "id": str(offer.id),
        "dataset_id": str(offer.dataset_id),
        "title": offer.title,
        "ask": offer.ask,
        "state": offer.state,
        "buyer": _buyer(offer),
        "purposes": offer.purposes,
        "signal_groups": offer.signal_groups,
        "recipient_class": offer.recipient_class,
        "expires_at": instants.text(offer.consent_expires_at),
        "expires_on": f"{offer.consent_expires_at:%Y-%m-%d}",
        "pay": {
            "low_units": str(offer.pay_low_units),
            "high_units": str(offer.pay_high_units),
            "per": "release",
            "contributors_bps": offer.contributors_bps,
            "token": paying.payment_token().to_dict(),
        },
        "privacy": {
            "rho_micro": offer.rho_micro,
            "guess_in_100": odds.guess_in_100(offer.rho_micro),
        },
        "drivers_needed": offer.drivers_needed,
        "answer_before": instants.text(offer.answer_before),
        "builder_key_sha256": offer.builder_key_sha256,
        "answer": shown_answer(answer) if answer else None,
    }


def shown_answer(answer: Consent | Decline) -> dict[str, Any]:
    """Return a driver's answer to an offer in short."""
    is_decline = isinstance(answer, Decline)
    state = "declined" if isinstance(answer, Decline) else answer.state_at(timezone.now())
    return {
        "object": "decline" if is_decline else "consent",
        "id": str(answer.id),
        "offer_id": str(answer.offer_id),
        "state": state,
    }


def _buyer(offer: Offer) -> dict[str, Any]:
    return {"name": offer.buyer_name, "is_accredited": offer.is_accredited}


def _chain(consent: Consent) -> dict[str, Any]:
    state, tx_hash = _on_its_way(consent)
    return {
        "state": state,
        "tx_hash": tx_hash or None,
        "block_number": consent.granted_block,
        "revoke_tx_hash": consent.revoke_tx_hash or None,
        "revoked_block": consent.revoked_block,
    }


def _latest_renewal(consent: Consent) -> dict[str, Any] | None:
    """Return in short how far the latest renewal is; a draft is nothing yet."""
    row = consent.latest_renewal()
    return _renewal_in_short(row) if row else None


def _renewal_in_short(row: Renewal) -> dict[str, Any]:
    state, tx_hash = _renewal_on_its_way(row)
    return {
        "state": row.state,
        "expires_at": instants.text(row.expires_at),
        "renewed_at": instants.text(row.renewed_at),
        "chain": {
            "state": state,
            "tx_hash": tx_hash or None,
            "block_number": row.renewed_block,
        },
        "trouble": row.trouble or None,
    }


def _renewal_on_its_way(row: Renewal) -> tuple[str | None, str]:
    if row.state == Renewal.State.RECORDED:
        return CONFIRMED, row.tx_hash
    if not row.renew_signature:
        return None, ""
    call = chain.call_for(relaying.renew_reference(row))
    return (call.state, call.tx_hash) if call else (QUEUED, "")


def _on_its_way(consent: Consent) -> tuple[str | None, str]:
    """Return how far the grant is, and in which transaction."""
    if consent.granted_block is not None:
        return CONFIRMED, consent.tx_hash
    if not consent.grant_signature:
        return None, ""
    call = chain.call_for(relaying.grant_reference(consent))
    return (call.state, call.tx_hash) if call else (QUEUED, "")
