"""The contributors of one release as shares with proofs, under one root."""

from collections.abc import Sequence
from dataclasses import dataclass

from payouts.errors import AddressMalformed
from protocol import allotment, merkle
from protocol.errors import ProtocolError

WEIGHT = 1
"""Every contributor of a release weighs the same: pay by amount of data would tell the amount."""


@dataclass(frozen=True)
class Leaf:
    """One contributor's place, pay and proof. per_sale_units: token units of each sale."""

    address: str
    start: int
    weight: int
    per_sale_units: int
    proof: list[str]


@dataclass(frozen=True)
class Leaves:
    """All contributors of a release. root: 0x and 64 hex digits."""

    root: str
    total_weight: int
    leaves: list[Leaf]


def leaves_of(addresses: Sequence[str], *, pool_per_sale_units: int) -> Leaves:
    """Return one leaf per address, in ascending order; their pay sums to the pool exactly.

    pool_per_sale_units: token units that all contributors get of one sale.

    Raises AddressMalformed when there is no address, one is malformed, or one comes twice.
    """
    try:
        shares = merkle.shares_of(sorted(addresses, key=_number), WEIGHT)
        tree = merkle.Tree(shares)
    except (ProtocolError, ValueError) as error:
        raise AddressMalformed from error
    total = len(shares) * WEIGHT
    return Leaves(
        root="0x" + tree.root.hex(),
        total_weight=total,
        leaves=[
            Leaf(
                address=share.address,
                start=share.start,
                weight=share.weight,
                per_sale_units=allotment.share_units(
                    pool_per_sale_units, total, share.start, share.weight
                ),
                proof=["0x" + sibling.hex() for sibling in tree.proof(index)],
            )
            for index, share in enumerate(shares)
        ],
    )


def _number(address: str) -> int:
    return int(address, 16)
