"""Apply what the chain says about grants and revocations, and take it back when it unsays it."""

import logging
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Value, When

from consent import relaying, words
from consent.domain import lifecycle
from consent.models import Consent
from consent.words import Word

logger = logging.getLogger(__name__)

_FIRST_STATES = (*lifecycle.SAID, lifecycle.DRAFT)


@transaction.atomic
def record_grant(*, word: Word, terms_digest: bytes, expiry: int) -> None:
    """Record that a grant stands on the chain, whoever sent it. expiry: Unix seconds.

    Hearing it again changes nothing. Terms that we do not know end those that we knew.
    """
    words.advance(word)
    rows = words.rows(word)
    _close(rows.filter(nonce__lt=word.nonce), word)
    consent = _of_terms(rows.filter(nonce=word.nonce), terms_digest)
    if consent is None:
        logger.info("unknown_terms block=%s", word.block_number)
        return
    if consent.state == Consent.State.FAILED:
        words.make_room(consent)
    is_new = consent.granted_block is None
    consent.granted_at, consent.granted_block = word.at, word.block_number
    consent.tx_hash, consent.trouble = word.tx_hash, ""
    if not consent.recorded_renewals():
        consent.expires_at = min(consent.expires_at, datetime.fromtimestamp(expiry, UTC))
    if consent.state not in (Consent.State.REVOKED, Consent.State.EXPIRED):
        consent.state = words.standing(consent)
    consent.save()
    if is_new and consent.state == Consent.State.REVOKING and consent.revoke_signature:
        relaying.send_revocation(consent)


@transaction.atomic
def record_revocation(*, word: Word) -> None:
    """Record that a driver's consent was revoked on the chain; also voids an unsent grant."""
    words.advance(word)
    for consent in words.rows(word).filter(nonce__lte=word.nonce, state__in=lifecycle.SAID):
        _end(consent, word)


@transaction.atomic
def undo_grant(*, word: Word) -> None:
    """Take back a grant whose block left the chain; the outbox sends it again."""
    words.go_back(word)
    for consent in words.rows(word).filter(nonce=word.nonce, granted_block=word.block_number):
        consent.granted_at, consent.granted_block, consent.tx_hash = None, None, ""
        if consent.state in lifecycle.LIVING:
            consent.state = words.standing(consent)
        consent.save()


@transaction.atomic
def undo_revocation(*, word: Word) -> None:
    """Take back a revocation whose block left the chain."""
    words.go_back(word)
    for consent in words.rows(word).filter(
        revoke_tx_hash=word.tx_hash, state=Consent.State.REVOKED
    ):
        if words.others(consent).exists():
            continue  # a newer consent has taken its place
        consent.revoked_at, consent.revoked_block, consent.revoke_tx_hash = None, None, ""
        consent.state = words.standing(consent)
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
def record_revocation_failure(*, consent_id: UUID, reference: str, reason: str) -> None:
    """Record that a revocation did not get through; the consent stays out of use meanwhile.

    One that a newer try or a renewal has overtaken is not spoken of: another is on its way.
    """
    for consent in Consent.objects.select_for_update(of=("self",)).filter(id=consent_id):
        is_waited_for = reference == relaying.revoke_reference(consent)
        if consent.state == Consent.State.REVOKING and is_waited_for:
            consent.trouble = reason[:200] or "failed"
            consent.save(update_fields=["trouble"])


def _of_terms(rows: QuerySet[Consent], terms_digest: bytes) -> Consent | None:
    """Return the consent with these terms; one that lives is preferred to one that failed."""
    lives = Case(
        When(state__in=_FIRST_STATES, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    of_terms = rows.filter(terms_digest="0x" + terms_digest.hex())
    return of_terms.order_by(lives, "-created_at").first()


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
