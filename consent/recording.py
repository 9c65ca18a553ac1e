"""Apply what the chain says about consents, and take it back when it unsays it."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Value, When

from consent import relaying
from consent.domain import lifecycle
from consent.models import Consent, ConsentKey, Renewal

logger = logging.getLogger(__name__)

NO_WAY_OUT = "no kept revocation"
"""Renewed without us while it was being revoked: only a fresh signature can stop it now."""

_NEARNESS = ("draft", "failed", "signed", "recorded")
"""States of a renewal: of several that could be meant, the later one is."""

_FIRST_STATES = (*lifecycle.SAID, lifecycle.DRAFT)


@dataclass(frozen=True)
class Word:
    """A driver's word as the chain recorded it."""

    address: str
    dataset_id: UUID
    nonce: int
    at: datetime
    block_number: int
    tx_hash: str


@transaction.atomic
def record_grant(*, word: Word, terms_digest: bytes, expiry: int) -> None:
    """Record that a grant stands on the chain, whoever sent it. expiry: Unix seconds.

    Hearing it again changes nothing. Terms that we do not know end those that we knew.
    """
    _advance(word)
    rows = _rows(word)
    _close(rows.filter(nonce__lt=word.nonce), word)
    consent = _of_terms(rows.filter(nonce=word.nonce), terms_digest)
    if consent is None:
        logger.info("unknown_terms block=%s", word.block_number)
        return
    if consent.state == Consent.State.FAILED:
        _make_room(consent)
    is_new = consent.granted_block is None
    consent.granted_at, consent.granted_block = word.at, word.block_number
    consent.tx_hash, consent.trouble = word.tx_hash, ""
    if not consent.recorded_renewals():
        consent.expires_at = min(consent.expires_at, datetime.fromtimestamp(expiry, UTC))
    if consent.state not in (Consent.State.REVOKED, Consent.State.EXPIRED):
        consent.state = _standing(consent)
    consent.save()
    if is_new and consent.state == Consent.State.REVOKING and consent.revoke_signature:
        relaying.send_revocation(consent)


@transaction.atomic
def record_renewal(*, word: Word, expiry: int) -> None:
    """Record that a renewal stands on the chain, whoever sent it. expiry: Unix seconds.

    Hearing it again changes nothing. A renewal of something that we do not know is left alone.
    """
    _advance(word)
    consent = _renewed_by(word)
    if consent is None:
        logger.info("unknown_parent block=%s", word.block_number)
        return
    ends_at = datetime.fromtimestamp(expiry, UTC)
    renewal = _renewal_of(consent, word, ends_at)
    is_new = renewal.state != Renewal.State.RECORDED
    renewal.renewed_at, renewal.renewed_block = word.at, word.block_number
    renewal.tx_hash, renewal.trouble = word.tx_hash, ""
    if is_new:
        renewal.state, renewal.expired_before = Renewal.State.RECORDED, consent.expires_at
        _drop_others(consent, renewal)
    renewal.save()
    if is_new:
        _go_on(consent, ends_at)


@transaction.atomic
def record_revocation(*, word: Word) -> None:
    """Record that a driver's consent was revoked on the chain; also voids an unsent grant."""
    _advance(word)
    for consent in _rows(word).filter(nonce__lte=word.nonce, state__in=lifecycle.SAID):
        _end(consent, word)


@transaction.atomic
def undo_grant(*, word: Word) -> None:
    """Take back a grant whose block left the chain; the outbox sends it again."""
    _go_back(word)
    for consent in _rows(word).filter(nonce=word.nonce, granted_block=word.block_number):
        consent.granted_at, consent.granted_block, consent.tx_hash = None, None, ""
        if consent.state in lifecycle.LIVING:
            consent.state = _standing(consent)
        consent.save()


@transaction.atomic
def undo_renewal(*, word: Word) -> None:
    """Take back a renewal whose block left the chain: the end and the way out from before it count.

    The outbox sends one of ours again; another's is forgotten.
    """
    _go_back(word)
    for consent in _rows(word):
        stood = consent.renewals.filter(state=Renewal.State.RECORDED, nonce=word.nonce)
        for renewal in stood.filter(renewed_block=word.block_number):
            consent.expires_at = renewal.expired_before or consent.expires_at
            consent.save(update_fields=["expires_at"])
            if not renewal.renew_signature:
                renewal.delete()
                continue
            renewal.state, renewal.expired_before = Renewal.State.SIGNED, None
            renewal.renewed_at, renewal.renewed_block, renewal.tx_hash = None, None, ""
            renewal.save()


@transaction.atomic
def undo_revocation(*, word: Word) -> None:
    """Take back a revocation whose block left the chain."""
    _go_back(word)
    for consent in _rows(word).filter(revoke_tx_hash=word.tx_hash, state=Consent.State.REVOKED):
        if _others(consent).exists():
            continue  # a newer consent has taken its place
        consent.revoked_at, consent.revoked_block, consent.revoke_tx_hash = None, None, ""
        consent.state = _standing(consent)
        consent.save()


@transaction.atomic
def record_grant_failure(*, consent_id: UUID, reason: str) -> None:
    """Record that our grant will never reach the chain; one that stands there is not touched."""
    Consent.objects.filter(
        id=consent_id,
        granted_block=None,
        state__in=(Consent.State.SIGNED, Consent.State.REVOKING),
    ).update(state=Consent.State.FAILED, trouble=reason[:200])


@transaction.atomic
def record_renewal_failure(*, renewal_id: UUID, reason: str) -> None:
    """Record that a renewal will not reach the chain; end and way out stay what they were."""
    Renewal.objects.filter(id=renewal_id, state=Renewal.State.SIGNED).update(
        state=Renewal.State.FAILED, trouble=reason[:200] or "failed"
    )


@transaction.atomic
def record_revocation_failure(*, consent_id: UUID, reference: str, reason: str) -> None:
    """Record that a revocation did not get through; the consent stays out of use meanwhile.

    One that a newer try or a renewal has overtaken is not spoken of: another is on its way.
    """
    for consent in Consent.objects.select_for_update(of=("self",)).filter(id=consent_id):
        is_waited_for = reference == relaying.revoke_reference(consent)
        if consent.state == Consent.State.REVOKING and is_waited_for:
            consent.trouble = reason[:200] or "failed"
            consent.save(update_fields=["trouble"])


def _rows(word: Word) -> QuerySet[Consent]:
    # Locked: a driver may ask to revoke while we write that the grant stands.
    return Consent.objects.select_for_update(of=("self",)).filter(
        consent_address=word.address, offer__dataset_id=word.dataset_id
    )


def _of_terms(rows: QuerySet[Consent], terms_digest: bytes) -> Consent | None:
    """Return the consent with these terms; one that lives is preferred to one that failed."""
    lives = Case(
        When(state__in=_FIRST_STATES, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    of_terms = rows.filter(terms_digest="0x" + terms_digest.hex())
    return of_terms.order_by(lives, "-created_at").first()


def _others(consent: Consent) -> QuerySet[Consent]:
    same = Consent.objects.filter(offer_id=consent.offer_id, driver_id=consent.driver_id)
    return same.filter(state__in=lifecycle.LIVING).exclude(id=consent.id)


def _make_room(consent: Consent) -> None:
    """Close what the driver drafted or signed instead: its nonce is used up now."""
    _others(consent).filter(granted_block=None).update(
        state=Consent.State.FAILED, trouble="replaced"
    )


def _renewed_by(word: Word) -> Consent | None:
    """Return the consent that this word renews: it was the driver's last word before it."""
    granted = _rows(word).filter(granted_block__isnull=False, nonce__lt=word.nonce)
    consent = granted.order_by("-nonce").first()
    if consent is None:
        return None
    heard = {renewal.nonce for renewal in consent.recorded_renewals()}
    return consent if word.nonce in {*heard, consent.way_out().nonce} else None


def _renewal_of(consent: Consent, word: Word, ends_at: datetime) -> Renewal:
    """Return the renewal that this word records; a new one when it was signed elsewhere.

    A revocation kept for this nonce works with any renewal of this nonce.
    """
    same = list(consent.renewals.filter(nonce=word.nonce))
    if fitting := [one for one in same if one.expires_at == ends_at]:
        return max(fitting, key=lambda one: _NEARNESS.index(one.state))
    kept = next((one.revoke_signature for one in same if one.revoke_signature), "")
    return Renewal(consent=consent, nonce=word.nonce, expires_at=ends_at, revoke_signature=kept)


def _drop_others(consent: Consent, renewal: Renewal) -> None:
    """Close what was drafted or signed for the nonce that is used up now."""
    others = consent.renewals.filter(nonce__lte=renewal.nonce).exclude(id=renewal.id)
    others.filter(state=Renewal.State.DRAFT).delete()
    others.filter(state=Renewal.State.SIGNED).update(state=Renewal.State.FAILED, trouble="replaced")


def _go_on(consent: Consent, ends_at: datetime) -> None:
    """Let the consent last until its new end; one that is being revoked needs the new way out."""
    consent.expires_at = ends_at
    if consent.state == Consent.State.EXPIRED:
        _make_room(consent)
        consent.state = _standing(consent)
    if consent.state == Consent.State.REVOKING:
        consent.trouble = "" if consent.way_out().signature else NO_WAY_OUT
    consent.save()
    if consent.state == Consent.State.REVOKING and not consent.trouble:
        relaying.send_revocation(consent)


def _close(earlier: QuerySet[Consent], word: Word) -> None:
    for consent in earlier.filter(state__in=lifecycle.SAID):
        if word.at >= consent.expires_at:
            consent.state = Consent.State.EXPIRED
            consent.save(update_fields=["state"])
        else:
            _end(consent, word)


def _end(consent: Consent, word: Word) -> None:
    consent.state, consent.trouble = Consent.State.REVOKED, ""
    consent.revoked_at, consent.revoked_block = word.at, word.block_number
    consent.revoke_tx_hash = word.tx_hash
    consent.save()


def _standing(consent: Consent) -> str:
    return lifecycle.standing(
        is_signed=bool(consent.grant_signature),
        is_granted=consent.granted_block is not None,
        is_stopping=consent.revoke_asked_at is not None,
    )


def _advance(word: Word) -> None:
    keys = ConsentKey.objects.filter(address=word.address, dataset_id=word.dataset_id)
    keys.filter(next_nonce__lte=word.nonce).update(next_nonce=word.nonce + 1)


def _go_back(word: Word) -> None:
    keys = ConsentKey.objects.filter(address=word.address, dataset_id=word.dataset_id)
    keys.filter(next_nonce__gt=word.nonce).update(next_nonce=word.nonce)
