"""Stop a consent for whoever holds its receipt, without anybody being signed in."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from consent import granting
from consent.domain import lifecycle, terms
from consent.errors import ReceiptUnknown, WrongSignature
from consent.models import Consent, Renewal
from protocol import ids, typed_data
from registry import limiting

_MARK: Final = "receipt:"
"""The name under which failures are counted; no driver can have it."""


@dataclass(frozen=True)
class Stop:
    """The revocation that a receipt holds. nonce: the one that was signed."""

    address: str
    dataset_id: UUID
    nonce: int
    signature: str


def stop(said: Stop, *, asked_from: str, at: datetime) -> Consent:
    """Revoke the consent that this revocation was signed for; again, it changes nothing.

    A revocation that a renewal has overtaken still shows that its holder may stop the consent:
    the one that we keep since goes out instead. One of an earlier consent stops no later one,
    since it may have stood on the chain, where anybody can read it.

    Contract accounts are not asked on the chain for strangers: theirs must be one that we keep.

    Raises ReceiptUnknown, WrongSignature, TooManyTries, and what `granting.revoke` raises.
    """
    limiting.check(handle=_MARK, address=asked_from, at=at)
    try:
        consent = _consent_of(said)
        signed = _signed(consent, said)
    except (ReceiptUnknown, WrongSignature):
        limiting.note_failure(handle=_MARK, address=asked_from, at=at)
        raise
    if consent.trouble:  # asking again sends again, which costs gas
        limiting.note_failure(handle=_MARK, address=asked_from, at=at)
    return granting.revoke(consent=consent, at=at, signature=signed)


def _consent_of(said: Stop) -> Consent:
    """Return the consent of these words, one that lives before one that is over."""
    rows = Consent.objects.filter(
        consent_address=said.address, offer__dataset_id=said.dataset_id
    ).exclude(grant_signature="")
    found = [row for row in rows.order_by("-created_at") if said.nonce in _kept(row)]
    lives = [row for row in found if row.state in lifecycle.SAID]
    for row in [*lives, *found]:
        return row
    raise ReceiptUnknown


def _signed(consent: Consent, said: Stop) -> str:
    """Return the signature to go out with, "" for the kept one. Raises WrongSignature."""
    words = typed_data.revoke(
        typed_data.consent_domain(consent.chain_id, consent.registry_address),
        driver=said.address,
        dataset=ids.to_bytes32(said.dataset_id),
        nonce=said.nonce,
    )
    is_kept = hmac.compare_digest(_kept(consent)[said.nonce].lower(), said.signature.lower())
    if not is_kept and not terms.is_signed_by(said.address, words, said.signature):
        raise WrongSignature(name="revoke", address=said.address)
    way_out = consent.way_out()
    return said.signature if not way_out.signature and way_out.nonce == said.nonce else ""


def _kept(consent: Consent) -> dict[int, str]:
    """Return the revocations of a consent by nonce: its grant's and those of its renewals."""
    said = consent.renewals.exclude(state=Renewal.State.DRAFT)
    renewed = {row.nonce + 1: row.revoke_signature for row in said.order_by("created_at")}
    return {consent.nonce + 1: consent.revoke_signature, **renewed}
