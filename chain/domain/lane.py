"""What to do with a transaction, given what the chain says of its line of nonces."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from chain.domain import gas
from chain.domain.gas import Prices

SHORTEST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True)
class Sight:
    """What the chain says of one account.

    Nonces below `used` are used in the newest block; those below `sure` so deep that they stay.
    """

    used: int
    sure: int


@dataclass(frozen=True)
class Flight:
    """One transaction on its way: its nonce, and its newest signed bytes.

    taken_at: when a node first took those bytes; handed_at: when it was last given them.
    """

    nonce: int
    prices: Prices
    made_at: datetime
    taken_at: datetime | None
    handed_at: datetime | None
    is_underpriced: bool = False


class Step(Enum):
    """What comes next for a transaction on its way."""

    CLOSE = "its nonce is used for good: a receipt tells by whom"
    WAIT = "nothing to do now"
    SEND = "hand the node the same bytes"
    RAISE = "sign it again with higher fees"
    SEND_AT_CAP = "hand over the same bytes; higher fees would help and are not allowed"
    WAIT_AT_CAP = "as above, but the node had them a moment ago"


@dataclass(frozen=True)
class Rules:
    """How long to wait before paying more, and the highest price ever paid, in wei."""

    patience: timedelta
    cap_wei: int


def step(flight: Flight, sight: Sight, *, base_fee_wei: int, at: datetime, rules: Rules) -> Step:
    """Return what to do with this transaction now."""
    if flight.nonce < sight.used:
        return Step.CLOSE if flight.nonce < sight.sure else Step.WAIT
    if flight.handed_at is None:
        return Step.SEND
    is_due = _is_due(flight.handed_at, flight.made_at, at)
    if not _needs_more(flight, sight, base_fee_wei, at, rules.patience):
        return Step.SEND if is_due else Step.WAIT
    if gas.raised(flight.prices, base_fee_wei, rules.cap_wei) is not None:
        return Step.RAISE
    return Step.SEND_AT_CAP if is_due else Step.WAIT_AT_CAP


def missing(sight: Sight, in_flight: Collection[int]) -> list[int]:
    """Return the nonces without which those in flight can never be mined, lowest first."""
    return sorted(set(range(sight.used, max(in_flight, default=sight.used))) - set(in_flight))


def _needs_more(
    flight: Flight, sight: Sight, base_fee_wei: int, at: datetime, patience: timedelta
) -> bool:
    # Behind another one, only a price that no block takes now is worth raising: the rest may be
    # waiting for the first alone.
    if flight.is_underpriced:
        return True
    if flight.taken_at is None or at - flight.taken_at < patience:
        return False
    return flight.nonce == sight.used or flight.prices.most_wei <= base_fee_wei


def _is_due(handed_at: datetime, made_at: datetime, at: datetime) -> bool:
    # A node may forget: it is told again, less and less often.
    waited = (handed_at - made_at) / 2
    return at - handed_at >= min(max(waited, SHORTEST_PAUSE), LONGEST_PAUSE)
