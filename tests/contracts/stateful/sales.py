"""The market in Python: what each call should do, worked out without reading the contract."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from protocol import allotment, merkle

CENT_BPS = 10_000


@dataclass
class Release:
    """A published release and what was sold and paid of it."""

    dataset: bytes
    coin: str
    price: int
    fee_bps: int
    shares: tuple[merkle.Share, ...]
    total: int
    is_fair: bool
    rho: int = 0
    facts: tuple[object, ...] = ()
    sales: int = 0
    paid: int = 0
    claimed: Counter[int] = field(default_factory=Counter)
    licensed: set[str] = field(default_factory=set)

    @property
    def pool(self) -> int:
        return allotment.pool_units(self.price, self.fee_bps)

    @property
    def fee(self) -> int:
        return allotment.fee_units(self.price, self.fee_bps)

    def per_sale(self, share: merkle.Share) -> int:
        """Return what one sale owes to a share; nothing to one that lies outside."""
        if not share.weight or share.start + share.weight > self.total:
            return 0
        return allotment.share_units(self.pool, self.total, share.start, share.weight)

    def due(self, share: merkle.Share) -> int:
        return (self.sales - self.claimed[share.start]) * self.per_sale(share)

    def has_room(self, share: merkle.Share) -> bool:
        return self.paid + self.due(share) <= self.sales * self.pool

    def pay(self, share: merkle.Share) -> int:
        due = self.due(share)
        if due:
            self.paid += due
            self.claimed[share.start] = self.sales
        return due


class Shape(NamedTuple):
    """The shares of a tree, the total that is published with it, and whether no two overlap."""

    shares: tuple[merkle.Share, ...]
    total: int
    is_fair: bool


def shape(kind: str, owners: list[str], weights: list[int]) -> Shape:
    """Return shares side by side, or malformed in one of the ways a publisher could try."""
    if kind == "equal":
        weights = [weights[0]] * len(owners)
    ends = [sum(weights[: place + 1]) for place in range(len(owners))]
    starts = [end - weight for end, weight in zip(ends, weights, strict=False)]
    total = ends[-1]
    if kind == "one start":
        starts = [0] * len(owners)
    elif kind == "overlap":
        weights = [total - start for start in starts]
    elif kind == "beyond":
        weights = [*weights[: len(owners) - 1], weights[len(owners) - 1] + 1]
    elif kind == "gap":
        total += 5
    shares = tuple(
        merkle.Share(owner, start, weight)
        for owner, start, weight in zip(owners, starts, weights, strict=False)
    )
    return Shape(shares, total, kind not in {"one start", "overlap"})


@dataclass
class Dataset:
    """An open dataset and the privacy loss charged to it."""

    coin: str
    fee_bps: int
    rho_cap: int
    rho: int = 0
