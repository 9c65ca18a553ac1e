"""What an erasure proof says: which digests the chain announced, and in which transactions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

VERSION: Final = 1


@dataclass(frozen=True)
class Tombstone:
    """One erased upload as the chain tells it. cid is empty when no bytes were ever kept."""

    digest: str
    cid: str
    tx_hash: str
    block_number: int


def proof_of(tombstones: Iterable[Tombstone], *, chain_id: int, contract: str) -> dict[str, Any]:
    """Return the proof as JSON: the first transaction at the top, all of them in `transactions`."""
    rows = sorted(tombstones, key=lambda row: (row.block_number, row.tx_hash, row.digest))
    transactions = [
        {
            "tx_hash": tx_hash,
            "block_number": next(row.block_number for row in rows if row.tx_hash == tx_hash),
            "digests": [f"0x{row.digest}" for row in rows if row.tx_hash == tx_hash],
        }
        for tx_hash in dict.fromkeys(row.tx_hash for row in rows)
    ]
    first: dict[str, Any] = (
        transactions[0] if transactions else {"tx_hash": None, "block_number": None, "digests": []}
    )
    return {
        "version": VERSION,
        "chain_id": chain_id,
        "contract": contract,
        **first,
        "transactions": transactions,
        "uploads": [{"digest": f"0x{row.digest}", "cid": row.cid} for row in rows],
    }
