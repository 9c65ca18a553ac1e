"""A driver's word as the chain recorded it, the consents it speaks of, and what it uses up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from consent.domain import lifecycle
from consent.models import Consent, ConsentKey


@dataclass(frozen=True)
class Word:
    """A driver's word as the chain recorded it."""

    address: str
    dataset_id: UUID
    nonce: int
    at: datetime
    block_number: int
    tx_hash: str


def rows(word: Word) -> QuerySet[Consent]:
    """Return the consents of this address and dataset."""
    # Locked: a driver may ask to revoke while we write that the grant stands.
    return Consent.objects.select_for_update(of=("self",)).filter(
        consent_address=word.address, offer__dataset_id=word.dataset_id
    )


def others(consent: Consent) -> QuerySet[Consent]:
    """Return what else lives of the driver's answers to the same offer."""
    same = Consent.objects.filter(offer_id=consent.offer_id, driver_id=consent.driver_id)
    return same.filter(state__in=lifecycle.LIVING).exclude(id=consent.id)


def make_room(consent: Consent) -> None:
    """Close what the driver drafted or signed instead: its nonce is used up now."""
    others(consent).filter(granted_block=None).update(
        state=Consent.State.FAILED, trouble="replaced"
    )


def standing(consent: Consent) -> str:
    """Return the state of a consent that nothing has ended."""
    return lifecycle.standing(
        is_signed=bool(consent.grant_signature),
        is_granted=consent.granted_block is not None,
        is_stopping=consent.revoke_asked_at is not None,
    )


def advance(word: Word) -> None:
    """Use up the word's nonce."""
    keys = ConsentKey.objects.filter(address=word.address, dataset_id=word.dataset_id)
    keys.filter(next_nonce__lte=word.nonce).update(next_nonce=word.nonce + 1)


def go_back(word: Word) -> None:
    """Give the word's nonce back: its block left the chain."""
    keys = ConsentKey.objects.filter(address=word.address, dataset_id=word.dataset_id)
    keys.filter(next_nonce__gt=word.nonce).update(next_nonce=word.nonce)
