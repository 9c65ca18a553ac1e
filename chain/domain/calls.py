"""What we say to the chain and what we hear from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ContractCall:
    """One call of a contract's function, by names. Addresses are text, bytes32 are bytes."""

    contract: str
    function: str
    args: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Block:
    """One block: its height, its hash (0x...) and its time."""

    number: int
    hash: str
    at: datetime


@dataclass(frozen=True)
class EventRecord:
    """One event of one contract, and where it stands on the chain."""

    contract: str
    name: str
    args: dict[str, Any]
    block_number: int
    block_hash: str
    block_at: datetime
    tx_hash: str
    log_index: int
