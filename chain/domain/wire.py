"""What a node tells us, in our own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from chain.domain.calls import Block


@dataclass(frozen=True)
class Log:
    """One log of one transaction."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    block_hash: str
    tx_hash: str
    log_index: int


@dataclass(frozen=True)
class Span:
    """What a node knows of some blocks: the logs, and the last block (None: not there yet)."""

    logs: Sequence[Log]
    end: Block | None


@dataclass(frozen=True)
class Receipt:
    """What became of one mined transaction."""

    is_success: bool
    block_number: int
    block_hash: str
    created_address: str
    logs: tuple[Log, ...]


class Why(Enum):
    """Who refuses a dry run."""

    REVERTED = "the contract"
    TOO_LARGE = "the block: it has not so much gas"
    UNCLEAR = "the node, in words that say nothing of the call"


@dataclass(frozen=True)
class Refusal:
    """A dry run failed; `reason` is the contract's text, or the node's."""

    reason: str
    why: Why = Why.REVERTED


@dataclass(frozen=True)
class Wish:
    """A transaction before it has a nonce: receiver (None makes a contract) and bytes."""

    to: str | None
    data: bytes
