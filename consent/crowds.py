"""Record many grants at once: the plain ones together, so that a crowd costs few queries."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from consent.models import Consent, ConsentKey
from consent.words import Word

AT_ONCE = 500
"""Addresses in one query."""

_ASKED = (
    "consent_address",
    "state",
    "revoke_asked_at",
    "nonce",
    "terms_digest",
    "expires_at",
)
_One = TypeVar("_One")
_Group = TypeVar("_Group", bound=Hashable)
_Found = dict[tuple[str, UUID], list[Consent]]


@dataclass(frozen=True)
class Grant:
    """A grant as the chain recorded it."""

    word: Word
    terms_digest: bytes
    ends_at: datetime

    @property
    def key(self) -> tuple[str, UUID]:
        """Whose grant this is, and of what."""
        return self.word.address, self.word.dataset_id


@transaction.atomic
def record_grants(grants: Sequence[Grant]) -> list[Grant]:
    """Record the plain ones of these grants; return the others, to be recorded one by one.

    Plain is the only grant here of a key that has one consent, which waits for just this grant
    or stands by it already, or that has none. Plain ones may be recorded before the others:
    they have nothing to do with them.
    """
    spoken = Counter(grant.key for grant in grants)
    alone = [grant for grant in grants if spoken[grant.key] == 1]
    found = _consents_of(alone)
    plain = [grant for grant in alone if _is_plain(grant, found.get(grant.key, []))]
    _activate(plain, found)
    _advance(plain)
    done = {grant.key for grant in plain}
    return [grant for grant in grants if grant.key not in done]


def _consents_of(grants: Sequence[Grant]) -> _Found:
    # Locked: a driver may ask to revoke while we write that the grant stands.
    found: _Found = defaultdict(list)
    rows = Consent.objects.select_for_update(of=("self",)).only(*_ASKED)
    for dataset_id, alike in _grouped(grants, lambda grant: grant.word.dataset_id):
        for part in _parts([grant.word.address for grant in alike]):
            for row in rows.filter(consent_address__in=part, offer__dataset_id=dataset_id):
                found[row.consent_address, dataset_id].append(row)
    return found


def _is_plain(grant: Grant, consents: Sequence[Consent]) -> bool:
    if len(consents) != 1:
        return not consents
    (consent,) = consents
    is_said = consent.state == Consent.State.SIGNED or (
        consent.state == Consent.State.ACTIVE and consent.expires_at <= grant.ends_at
    )
    return (
        is_said
        and consent.revoke_asked_at is None
        and consent.nonce == grant.word.nonce
        and consent.terms_digest == "0x" + grant.terms_digest.hex()
    )


def _activate(grants: Sequence[Grant], found: _Found) -> None:
    told = [(grant.word, grant.ends_at, row) for grant in grants for row in found[grant.key]]
    # All of one transaction look alike, but for their ends.
    alike = _grouped(
        told,
        lambda one: (
            one[0].at,
            one[0].block_number,
            one[0].tx_hash,
            min(one[1], one[2].expires_at),
        ),
    )
    for (at, block_number, tx_hash, ends_at), group in alike:
        for part in _parts([row.id for _, _, row in group]):
            Consent.objects.filter(id__in=part).update(
                state=Consent.State.ACTIVE,
                granted_at=at,
                granted_block=block_number,
                tx_hash=tx_hash,
                expires_at=ends_at,
                trouble="",
            )


def _advance(grants: Sequence[Grant]) -> None:
    for (dataset_id, nonce), alike in _grouped(
        grants, lambda grant: (grant.word.dataset_id, grant.word.nonce)
    ):
        keys = ConsentKey.objects.filter(dataset_id=dataset_id, next_nonce__lte=nonce)
        for part in _parts([grant.word.address for grant in alike]):
            keys.filter(address__in=part).update(next_nonce=nonce + 1)


def _grouped(
    ones: Iterable[_One], by: Callable[[_One], _Group]
) -> Iterable[tuple[_Group, list[_One]]]:
    groups: dict[_Group, list[_One]] = defaultdict(list)
    for one in ones:
        groups[by(one)].append(one)
    return groups.items()


def _parts(values: Sequence[_One]) -> Iterator[Sequence[_One]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
