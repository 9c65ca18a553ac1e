"""What is offered, what is chosen from it, and the words that are signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from consent.domain import wording
from consent.errors import AddressMalformed, SignalGroupsWrong, TermsUnfair
from protocol import ids, typed_data
from protocol.errors import ProtocolError
from protocol.terms import Terms

LONGEST = timedelta(days=366)
"""The registry contract takes no consent that lasts longer."""

LEAST_CONTRIBUTORS_BPS = 8_500
MOST_BPS = 10_000


@dataclass(frozen=True)
class Signable:
    """The two messages a driver signs when granting: the grant, and the way out of it."""

    grant: typed_data.TypedData
    revoke: typed_data.TypedData


def check_fair(
    *, needed: Sequence[str], purposes: Sequence[str], lasts: timedelta, contributors_bps: int
) -> None:
    """Refuse an offer that breaks a rule of the house. Raises TermsUnfair, which names the rule."""
    rules = {
        "a purpose must be named": bool(purposes),
        "a signal group must be needed": bool(needed),
        "a consent lasts at most 366 days and ends in the future": timedelta(0) < lasts <= LONGEST,
        "contributors get at least 8500 basis points": (
            LEAST_CONTRIBUTORS_BPS <= contributors_bps <= MOST_BPS
        ),
    }
    for rule, is_kept in rules.items():
        if not is_kept:
            raise TermsUnfair(rule=rule)


def chosen(*, needed: Sequence[str], optional: Sequence[str], asked: Sequence[str]) -> list[str]:
    """Return the chosen signal groups, sorted, each once.

    Raises SignalGroupsWrong when a needed one is left out or one was not offered.
    """
    groups = set(asked)
    if not set(needed) <= groups <= {*needed, *optional}:
        raise SignalGroupsWrong(
            needed=", ".join(needed),
            optional=", ".join(optional) or "-",
            suggestion={"signal_groups": sorted(needed)},
        )
    return sorted(groups)


def terms_of(
    *,
    offer_id: UUID,
    dataset_id: UUID,
    purposes: Sequence[str],
    signal_groups: Sequence[str],
    recipient_class: str,
    expires_at: datetime,
    rho_micro_max: int,
    contributors_bps: int,
    builder_key_sha256: str,
) -> Terms:
    """Return the terms whose digest is signed. rho_micro_max: millionths of rho."""
    return {
        "version": 1,
        "offer_id": str(offer_id),
        "dataset_id": str(dataset_id),
        "purposes": list(purposes),
        "signal_groups": sorted(signal_groups),
        "recipient_class": recipient_class,
        "expires_at": int(expires_at.timestamp()),
        "rho_micro_max": rho_micro_max,
        "payout": {"rule": "equal_per_release", "contributors_bps": contributors_bps},
        "builder_key_sha256": builder_key_sha256,
        "text": wording.sentence(
            purposes=purposes,
            signal_groups=sorted(signal_groups),
            recipient_class=recipient_class,
            expires_at=expires_at,
        ),
    }


def signable(
    *,
    chain_id: int,
    registry: str,
    driver: str,
    dataset_id: UUID | str,
    digest: bytes,
    expiry: int,
    nonce: int,
) -> Signable:
    """Return what the consent key signs. expiry: Unix seconds; the revocation has the next nonce.

    Raises AddressMalformed when `driver` is no address with a checksum.
    """
    domain = typed_data.consent_domain(chain_id, registry)
    dataset = ids.to_bytes32(dataset_id)
    try:
        grant = typed_data.grant(
            domain, driver=driver, dataset=dataset, terms=digest, expiry=expiry, nonce=nonce
        )
    except ProtocolError as error:
        raise AddressMalformed from error
    if grant["message"]["driver"] != driver:
        raise AddressMalformed
    revoke = typed_data.revoke(domain, driver=driver, dataset=dataset, nonce=nonce + 1)
    return Signable(grant=grant, revoke=revoke)


def is_signed_by(address: str, message: typed_data.TypedData, signature: str) -> bool:
    """Tell whether the address made this signature over exactly this message."""
    try:
        return typed_data.recover(message, signature) == address
    except ProtocolError:
        return False
