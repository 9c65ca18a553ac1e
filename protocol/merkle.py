"""Merkle trees of contributors: who holds which share of a release, in one 32-byte root."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from eth_abi.abi import encode as abi_encode
from eth_utils.address import is_address

from protocol.errors import ProtocolError
from protocol.hashing import keccak256


@dataclass(frozen=True)
class Share:
    """One contributor's place in a pool: [start, start + weight) of its total weight."""

    address: str
    start: int
    weight: int


def shares_of(addresses: Sequence[str], weight: int = 1) -> list[Share]:
    """Return one share of equal weight per address, side by side from zero.

    Raises ProtocolError(bad_share) unless the addresses are valid, distinct and ascending.
    """
    if not all(is_address(address) for address in addresses):
        raise ProtocolError("bad_share", "a contributor is not an address")
    numbers = [int(address, 16) for address in addresses]
    if any(here >= after for here, after in pairwise(numbers)):
        raise ProtocolError("bad_share", "contributors must be distinct and in ascending order")
    return [Share(address, index * weight, weight) for index, address in enumerate(addresses)]


def leaf(share: Share) -> bytes:
    """Return the leaf of a share, hashed twice so that no inner node can pass for one."""
    words = abi_encode(
        ["address", "uint256", "uint256"], [share.address, share.start, share.weight]
    )
    return keccak256(keccak256(words))


class Tree:
    """The tree over some shares, kept whole so that many proofs cost one build."""

    def __init__(self, shares: Sequence[Share]) -> None:
        """Build the tree. Raises ProtocolError(bad_share) when there is no share."""
        if not shares:
            raise ProtocolError("bad_share", "a pool needs at least one contributor")
        self.levels = [[leaf(share) for share in shares]]
        while len(self.levels[-1]) > 1:
            self.levels.append(_parents(self.levels[-1]))

    @property
    def root(self) -> bytes:
        """The 32 bytes that go on the chain."""
        return self.levels[-1][0]

    def proof(self, index: int) -> list[bytes]:
        """Return the siblings from the leaf at `index` up to the root."""
        if not 0 <= index < len(self.levels[0]):
            raise ProtocolError("bad_share", "there is no share at this place")
        siblings = []
        for level in self.levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                siblings.append(level[sibling])
            index //= 2
        return siblings


def root(shares: Sequence[Share]) -> bytes:
    """Return the root over the shares, 32 bytes."""
    return Tree(shares).root


def proof(shares: Sequence[Share], index: int) -> list[bytes]:
    """Return the proof of one share. For many proofs keep a Tree."""
    return Tree(shares).proof(index)


def verify(root: bytes, share: Share, proof: Sequence[bytes]) -> bool:
    """Tell whether the share stands under the root."""
    node = leaf(share)
    for sibling in proof:
        node = _parent(node, sibling)
    return node == root


def _parents(level: Sequence[bytes]) -> list[bytes]:
    pairs = [_parent(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs if len(level) % 2 == 0 else [*pairs, level[-1]]


def _parent(one: bytes, other: bytes) -> bytes:
    return keccak256(min(one, other) + max(one, other))
