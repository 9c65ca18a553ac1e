"""What a node tells us, in our own words."""

from dataclasses import dataclass


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
class Receipt:
    """What became of one mined transaction."""

    is_success: bool
    block_number: int
    block_hash: str
    created_address: str
    logs: tuple[Log, ...]


@dataclass(frozen=True)
class Refusal:
    """A dry run failed; `reason` is the contract's text."""

    reason: str


@dataclass(frozen=True)
class Wish:
    """A transaction before it has a nonce: receiver (None makes a contract) and bytes."""

    to: str | None
    data: bytes
