"""Ask the chain which consents stand at one named block."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from chain import reading
from chain.domain.calls import ContractCall
from consent.models import Consent
from protocol import ids

MOST_AT_ONCE = 500
"""The contract answers for so many consents in one call."""

_TERMS_MASK = (1 << 128) - 1


def confirmed(*, consents: Sequence[Consent], dataset_id: UUID, block: int) -> list[Consent]:
    """Return those consents that stand on the chain at this block, under the very terms we hold.

    The database is not asked: the chain is the authority. Raises Unavailable.
    """
    dataset = ids.to_bytes32(dataset_id)
    return [
        consent
        for start in range(0, len(consents), MOST_AT_ONCE)
        for consent in _standing(consents[start : start + MOST_AT_ONCE], dataset, block)
    ]


def _standing(consents: Sequence[Consent], dataset: bytes, block: int) -> Iterator[Consent]:
    addresses = [consent.consent_address for consent in consents]
    active = _ask("are_active", ([(address, dataset) for address in addresses],), block)
    words = _ask("words_of", (addresses, dataset), block)
    for consent, is_active, word in zip(consents, active, words, strict=True):
        if is_active and word & _TERMS_MASK == int(consent.terms_digest, 16) >> 128:
            yield consent


def _ask(function: str, args: tuple[Any, ...], block: int) -> list[int]:
    call = ContractCall("ConsentRegistry", function, args)
    return list(reading.view(call, block=block))
