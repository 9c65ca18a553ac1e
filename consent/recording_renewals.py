"""Apply what the chain says about renewals, and take it back when it unsays it."""

import logging
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from consent import relaying, words
from consent.models import Consent, Renewal
from consent.words import Word

logger = logging.getLogger(__name__)

NO_WAY_OUT = "no kept revocation"
"""Renewed without us while it was being revoked: only a fresh signature can stop it now."""

_NEARNESS = ("draft", "failed", "signed", "recorded")
"""States of a renewal: of several that could be meant, the later one is."""


@transaction.atomic
def record_renewal(*, word: Word, expiry: int) -> None:
    """Record that a renewal stands on the chain, whoever sent it. expiry: Unix seconds.

    Hearing it again changes nothing. A renewal of something that we do not know is left alone.
    """
    words.advance(word)
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
def undo_renewal(*, word: Word) -> None:
    """Take back a renewal whose block left the chain: the end and the way out from before it count.

    The outbox sends one of ours again; another's is forgotten.
    """
    words.go_back(word)
    for consent in words.rows(word):
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
def record_renewal_failure(*, renewal_id: UUID, reason: str) -> None:
    """Record that a renewal will not reach the chain; end and way out stay what they were."""
    Renewal.objects.filter(id=renewal_id, state=Renewal.State.SIGNED).update(
        state=Renewal.State.FAILED, trouble=reason[:200] or "failed"
    )


def _renewed_by(word: Word) -> Consent | None:
    """Return the consent that this word renews: it was the driver's last word before it."""
    granted = words.rows(word).filter(granted_block__isnull=False, nonce__lt=word.nonce)
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
        words.make_room(consent)
        consent.state = words.standing(consent)
    if consent.state == Consent.State.REVOKING:
        consent.trouble = "" if consent.way_out().signature else NO_WAY_OUT
    consent.save()
    if consent.state == Consent.State.REVOKING and not consent.trouble:
        relaying.send_revocation(consent)
