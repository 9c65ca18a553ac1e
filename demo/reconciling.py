"""Follow every unit of money, from the chain's own books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import odometer as od
from odometer import chain as onchain
from odometer.earning import Payout
from odometer.rpc import Event
from protocol.ids import to_bytes32


class DoesNotAddUp(Exception):
    """A unit of money is missing, or there is one too many."""


@dataclass(frozen=True)
class Books:
    """One release's money, token units, all of it read from the chain."""

    release_id: str
    sales: int
    price_units: int
    fee_units: int
    pool_units: int
    claimed_units: int
    claimable_units: int
    claims: int
    contributors: int


def books_of(chain: od.Chain, release_id: str, shares: Mapping[str, Payout]) -> Books:
    """Return the books of a release, after adding them up.

    shares: consent address to payout, for every contributor.
    Raises DoesNotAddUp.
    """
    word = to_bytes32(release_id)
    bought = _of(chain, onchain.BOUGHT, word)
    claimed = _of(chain, onchain.CLAIMED, word)
    price = sum(int(event["price"]) for event in bought)
    fee = sum(int(event["fee"]) for event in bought)
    record = chain.release(release_id)
    owed = [_owed(chain, payout) for payout in shares.values()]
    books = Books(
        release_id=release_id,
        sales=record.sales,
        price_units=price,
        fee_units=fee,
        pool_units=(record.price_units - record.fee_units) * record.sales,
        claimed_units=sum(int(event["amount"]) for event in claimed),
        claimable_units=sum(owed),
        claims=len(claimed),
        contributors=record.total_weight,
    )
    _check(books, len(shares))
    return books


def _owed(chain: od.Chain, payout: Payout) -> int:
    share = payout.share
    return chain.claimable_units(payout.release_id, share.start, share.weight)


def _of(chain: od.Chain, event: Event, release: bytes) -> Sequence[Mapping[str, Any]]:
    logged = chain.rpc.events(chain.market, event)
    return [one.values for one in logged if one.values["release"] == release]


def _check(books: Books, shares: int) -> None:
    if shares != books.contributors:
        raise DoesNotAddUp(f"{books.contributors} contributors, but {shares} shares")
    if books.price_units != books.fee_units + books.pool_units:
        raise DoesNotAddUp(f"price is not fee and pool: {books}")
    if books.pool_units != books.claimed_units + books.claimable_units:
        raise DoesNotAddUp(f"pool is not claimed and claimable: {books}")
