"""Renewing a consent: the same terms, another end, and a new way out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from consent.domain import wording
from protocol import ids, typed_data

LONGEST = timedelta(days=365)
"""A day less than the registry takes, so that a clock that runs ahead spoils nothing."""

SOON = timedelta(days=60)
"""So long before its end a consent is offered for renewal on every page that shows it."""


@dataclass(frozen=True)
class RenewalWords:
    """The two messages a driver signs when renewing; `revoke` is void until `renew` stands."""

    renew: typed_data.TypedData
    revoke: typed_data.TypedData


def latest_end(at: datetime) -> datetime:
    """Return the latest end of a renewal made now: the start of a day (UTC) within 12 months.

    Whole days, so that two tabs of the same day ask for the very same signature.
    """
    return (at + LONGEST).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def is_possible(ends_at: datetime, at: datetime) -> bool:
    """Tell whether a renewal made now would give a consent more time than it has."""
    return at < ends_at < latest_end(at)


def words(
    *, chain_id: int, registry: str, driver: str, dataset_id: UUID | str, expiry: int, nonce: int
) -> RenewalWords:
    """Return what the consent key signs. expiry: Unix seconds; nonce: the registry's present one.

    The new revocation has the next nonce: the kept one, which has this one, ends with the renewal.
    """
    domain = typed_data.consent_domain(chain_id, registry)
    dataset = ids.to_bytes32(dataset_id)
    return RenewalWords(
        renew=typed_data.renew(domain, driver=driver, dataset=dataset, expiry=expiry, nonce=nonce),
        revoke=typed_data.revoke(domain, driver=driver, dataset=dataset, nonce=nonce + 1),
    )


def sentence(agreed: Mapping[str, Any], ends_at: datetime) -> dict[str, str]:
    """Return the sentence of these terms with another end, in both languages."""
    return wording.sentence(
        purposes=agreed["purposes"],
        signal_groups=agreed["signal_groups"],
        recipient_class=agreed["recipient_class"],
        expires_at=ends_at,
    )
