"""Draft a consent, take its signatures, take a decline, and revoke."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from chain import reading
from chain.facts import word
from consent import facts, relaying, selectors, signatures
from consent.domain import lifecycle, terms
from consent.errors import (
    AddressInUse,
    AlreadyGranted,
    ChangedMeanwhile,
    NotDraft,
    NotGranted,
    OfferClosed,
    RevocationMissing,
)
from consent.models import Consent, ConsentKey, Decline, Offer, Renewal
from protocol import ids
from protocol.terms import terms_digest
from registry import wallets
from registry.models import Driver


def draft(
    *,
    driver: Driver,
    offer_id: UUID,
    signal_groups: Sequence[str],
    consent_address: str,
    at: datetime,
) -> Consent:
    """Return a draft with everything that is to be signed; drafting again changes the draft.

    consent_address: checksum address of the key made for this dataset alone, or of a wallet that
    the driver has connected.

    Raises NotFound, OfferClosed, AlreadyGranted, AddressInUse (Conflict), SignalGroupsWrong and
    AddressMalformed (InvalidInput).
    """
    registry = reading.address_of(relaying.CONTRACT)
    with transaction.atomic():
        offer = selectors.offer(offer_id)
        _check_open(offer, at)
        _hold_key(driver, offer, consent_address)
        said = _facts(offer, signal_groups, consent_address, registry)
        Decline.objects.filter(offer=offer, driver=driver).delete()
        return _write(offer, driver, said, at)


def accept_signature(*, consent: Consent, grant: str, revoke: str, at: datetime) -> Consent:
    """Record that the driver signed the grant and its revocation, and send the grant on its way.

    The same signatures again change nothing and return the same consent.

    Raises WrongSignature (NotAllowed) unless the consent address made both; NotDraft when
    something else was signed or the nonce is used up, OfferClosed when the answer is late
    (Conflict); NodeDown when only the chain can tell whose signature it is, and it is silent.
    """
    if consent.state != Consent.State.DRAFT:
        if (consent.grant_signature, consent.revoke_signature) == (grant, revoke):
            return consent
        raise NotDraft
    _check_open(consent.offer, at)
    if consent.nonce != selectors.next_nonce(consent.consent_address, consent.offer.dataset_id):
        raise NotDraft
    words = consent.signable()
    signatures.require("grant", consent.consent_address, words.grant, grant)
    signatures.require("revoke", consent.consent_address, words.revoke, revoke)
    # From here on the row must still be as it was read: `_change` sees to that.
    with transaction.atomic():
        _change(
            consent,
            state=Consent.State.SIGNED,
            grant_signature=grant,
            revoke_signature=revoke,
            signed_at=at,
        )
        relaying.send_grant(consent)
    return consent


def revoke(*, consent: Consent, at: datetime, signature: str = "") -> Consent:
    """Stop a consent with the revocation that was kept, or with a fresh one.

    While the grant is still on its way, the revocation waits and follows it. While a renewal is on
    its way, the revocation from before it goes out; should the renewal stand first, the one that
    was signed with it follows. Once a consent is being revoked, asking again changes nothing, but
    sends a revocation that failed, or that was missing, once more.

    Raises NotGranted and RevocationMissing (Conflict), WrongSignature (NotAllowed).
    """
    words = consent.revocation()
    if signature:
        signatures.require("revoke", consent.consent_address, words, signature)
    with transaction.atomic():
        selectors.lock(consent)
        if signature and consent.revocation() != words:
            raise ChangedMeanwhile
        return _stop(consent, at, signature)


def _stop(consent: Consent, at: datetime, signature: str) -> Consent:
    state = consent.state_at(at)
    if state == Consent.State.REVOKED:
        return consent
    if state == Consent.State.REVOKING:
        return _try_again(consent, signature)
    if not _may_stop(consent, state):
        raise NotGranted(state=state)
    _keep(consent, signature)
    if not consent.way_out().signature:
        raise RevocationMissing
    _change(consent, state=Consent.State.REVOKING, revoke_asked_at=at)
    if consent.granted_block is not None:
        relaying.send_revocation(consent)
    return consent


@transaction.atomic
def decline(*, driver: Driver, offer_id: UUID, at: datetime) -> Decline:
    """Return the driver's no to this offer; a draft is forgotten.

    Raises NotFound, OfferClosed, and AlreadyGranted when a consent was signed.
    """
    offer = selectors.offer(offer_id)
    _check_open(offer, at)
    given = Consent.objects.filter(offer=offer, driver=driver)
    if given.filter(state__in=lifecycle.SAID, expires_at__gt=at).exists():
        raise AlreadyGranted
    given.filter(state=Consent.State.DRAFT).delete()
    return Decline.objects.get_or_create(offer=offer, driver=driver)[0]


def _check_open(offer: Offer, at: datetime) -> None:
    is_over = at >= min(offer.answer_before, offer.consent_expires_at)
    if offer.state != Offer.State.OPEN or is_over:
        raise OfferClosed


def _facts(
    offer: Offer, signal_groups: Sequence[str], address: str, registry: str
) -> dict[str, Any]:
    agreed = terms.terms_of(
        offer_id=offer.id,
        dataset_id=offer.dataset_id,
        purposes=offer.purposes,
        signal_groups=terms.chosen(
            needed=offer.signal_groups["needed"],
            optional=offer.signal_groups["optional"],
            asked=signal_groups,
        ),
        recipient_class=offer.recipient_class,
        expires_at=offer.consent_expires_at,
        rho_micro_max=offer.rho_micro,
        contributors_bps=offer.contributors_bps,
        builder_key_sha256=offer.builder_key_sha256,
    )
    said = {
        "consent_address": address,
        "chain_id": settings.CHAIN_ID,
        "registry_address": registry,
        "terms": agreed,
        "terms_digest": "0x" + terms_digest(agreed).hex(),
        "nonce": selectors.next_nonce(address, offer.dataset_id),
        "expires_at": offer.consent_expires_at,
    }
    Consent(**said).signable()  # refuses an address that cannot sign
    return said


def _hold_key(driver: Driver, offer: Offer, address: str) -> None:
    """Keep the address for this driver and dataset. Raises AddressInUse."""
    held = ConsentKey.objects.filter(address=address)
    if held.exclude(driver=driver).exists():
        raise AddressInUse
    if held.filter(dataset_id=offer.dataset_id).exists():
        return
    is_wallet = wallets.has(driver, address)
    said = facts.standing(address, word(ids.to_bytes32(offer.dataset_id)))
    try:
        with transaction.atomic():
            ConsentKey.objects.create(
                address=address,
                driver=driver,
                dataset_id=offer.dataset_id,
                is_wallet=is_wallet,
                # A wallet may have spoken to the registry without us.
                next_nonce=said.nonce + 1 if said else 0,
            )
    except IntegrityError as error:
        raise AddressInUse from error


def _write(offer: Offer, driver: Driver, said: dict[str, Any], at: datetime) -> Consent:
    living = Consent.objects.filter(offer=offer, driver=driver, state__in=lifecycle.LIVING).first()
    if living is not None and living.state == Consent.State.DRAFT:
        _change(living, **said)
        return living
    if living is not None:
        if living.state_at(at) != Consent.State.EXPIRED:
            raise AlreadyGranted
        _change(living, state=Consent.State.EXPIRED)
    try:
        with transaction.atomic():
            return Consent.objects.create(offer=offer, driver=driver, **said)
    except IntegrityError as error:
        raise AlreadyGranted from error  # a twin of this request was faster


def _may_stop(consent: Consent, state: str) -> bool:
    """Tell whether there is something to stop: also what a renewal on its way would bring back."""
    if state == Consent.State.EXPIRED:
        return consent.state == Consent.State.ACTIVE and consent.signed_renewal() is not None
    return state in (Consent.State.SIGNED, Consent.State.ACTIVE)


def _keep(consent: Consent, signature: str) -> None:
    """Keep a fresh signature of the revocation that the chain takes now; it was checked before."""
    if not signature:
        return
    renewed = consent.recorded_renewals()
    if renewed:
        Renewal.objects.filter(id=renewed[-1].id).update(revoke_signature=signature)
    else:
        _change(consent, revoke_signature=signature)


def _try_again(consent: Consent, signature: str) -> Consent:
    is_missing = not consent.way_out().signature
    _keep(consent, signature)
    if (consent.trouble or is_missing) and consent.way_out().signature:
        _change(consent, trouble="", revoke_tries=consent.revoke_tries + 1)
        if consent.granted_block is not None:
            relaying.send_revocation(consent)
    return consent


def _change(consent: Consent, **values: Any) -> None:
    """Write values if the row is still as it was read; somebody else may have been faster."""
    as_read = Consent.objects.filter(
        id=consent.id,
        state=consent.state,
        terms_digest=consent.terms_digest,
        consent_address=consent.consent_address,
        nonce=consent.nonce,
    )
    if as_read.update(**values) != 1:
        raise ChangedMeanwhile
    for name, value in values.items():
        setattr(consent, name, value)
