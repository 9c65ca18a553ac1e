"""Draft the renewal of a consent and take its signatures: same terms, another end."""

from datetime import UTC, datetime

from django.db import transaction

from consent import relaying, selectors, signatures
from consent.domain import instants
from consent.domain import renewal as rules
from consent.errors import (
    ConsentEnded,
    NotDraft,
    NotRenewable,
    RenewalEndWrong,
    RenewalTooEarly,
    RenewalUnderWay,
)
from consent.models import Consent, Offer, Renewal

SENT = (Renewal.State.SIGNED, Renewal.State.RECORDED)


@transaction.atomic
def draft(*, consent: Consent, at: datetime, expires_at: datetime | None = None) -> Renewal:
    """Return what is to be signed to renew this consent; drafting again changes the draft.

    expires_at: the new end; as late as possible when not given. Nothing of the consent changes
    before the chain has the renewal.

    Raises NotRenewable, ConsentEnded, RenewalUnderWay, RenewalTooEarly (Conflict) and
    RenewalEndWrong (InvalidInput).
    """
    selectors.lock(consent)
    _check_may_renew(consent, at)
    if under_way := consent.signed_renewal():
        raise RenewalUnderWay(expires_at=instants.text(under_way.expires_at))
    return Renewal.objects.update_or_create(
        consent=consent,
        nonce=selectors.next_nonce(consent.consent_address, consent.offer.dataset_id),
        state=Renewal.State.DRAFT,
        defaults={"expires_at": _chosen_end(consent, expires_at, at)},
    )[0]


def accept_signature(*, consent: Consent, renew: str, revoke: str, at: datetime) -> Renewal:
    """Record that the driver signed the renewal and its revocation, and send the renewal.

    Until the chain has it, the consent ends as before and is stopped by the revocation from
    before. The same signatures again change nothing and return the same renewal.

    Raises WrongSignature (NotAllowed) unless the consent address made both; NotDraft when there
    is no such draft or its nonce is used up, NotRenewable and ConsentEnded (Conflict); NodeDown
    when only the chain can tell whose signature it is, and it is silent.
    """
    if known := _known(consent, renew, revoke):
        return known
    drafted = _draft_to_sign(consent, at)
    words = drafted.words()
    signatures.require("renew", consent.consent_address, words.renew, renew)
    signatures.require("revoke", consent.consent_address, words.revoke, revoke)
    with transaction.atomic():
        selectors.lock(consent)
        if known := _known(consent, renew, revoke):
            return known
        renewal = _draft_to_sign(consent, at)
        if renewal.words() != words:
            raise NotDraft
        renewal.state, renewal.signed_at = Renewal.State.SIGNED, at
        renewal.renew_signature, renewal.revoke_signature = renew, revoke
        renewal.save()
        relaying.send_renewal(renewal)
    return renewal


def _draft_to_sign(consent: Consent, at: datetime) -> Renewal:
    """Return the draft that the next word can be. Raises NotDraft, NotRenewable, ConsentEnded."""
    _check_may_renew(consent, at)
    nonce = selectors.next_nonce(consent.consent_address, consent.offer.dataset_id)
    renewal = consent.renewals.filter(state=Renewal.State.DRAFT, nonce=nonce).first()
    if renewal is None or renewal.expires_at <= consent.expires_at:
        raise NotDraft
    return renewal


def _known(consent: Consent, renew: str, revoke: str) -> Renewal | None:
    """Return the renewal that these signatures sent off before; one that failed is sent anew."""
    sent = consent.renewals.filter(state__in=SENT)
    return sent.filter(renew_signature=renew, revoke_signature=revoke).first()


def _check_may_renew(consent: Consent, at: datetime) -> None:
    state = consent.state_at(at)
    if state == Consent.State.EXPIRED:
        raise ConsentEnded(
            ended_at=instants.text(consent.expires_at), suggestion=_anew(consent, at)
        )
    if state != Consent.State.ACTIVE or consent.granted_block is None:
        raise NotRenewable(state=state)


def _anew(consent: Consent, at: datetime) -> dict[str, object] | None:
    """Return what would grant this anew, if its offer still takes answers."""
    offer = consent.offer
    is_over = at >= min(offer.answer_before, offer.consent_expires_at)
    if offer.state != Offer.State.OPEN or is_over:
        return None
    return {"offer_id": str(offer.id), "signal_groups": consent.terms["signal_groups"]}


def _chosen_end(consent: Consent, asked: datetime | None, at: datetime) -> datetime:
    latest = rules.latest_end(at)
    if not rules.is_possible(consent.expires_at, at):
        raise RenewalTooEarly(
            expires_at=instants.text(consent.expires_at), latest=instants.text(latest)
        )
    chosen = (asked or latest).astimezone(UTC).replace(microsecond=0)
    if not consent.expires_at < chosen <= at + rules.LONGEST:
        raise RenewalEndWrong(
            earliest=instants.text(consent.expires_at),
            latest=instants.text(latest),
            suggestion={"expires_at": instants.text(latest)},
        )
    return chosen
