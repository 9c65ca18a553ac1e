"""Read what a node sends, or say that it is no answer."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from eth_utils.address import to_checksum_address

from chain.domain.calls import Block
from chain.domain.wire import Log, Receipt
from chain.errors import NodeDown

_MISFITS = (AttributeError, KeyError, TypeError, ValueError)


def block(raw: dict[str, Any] | None) -> Block | None:
    """Return the block; None when the node has none. Raises NodeDown."""
    if raw is None:
        return None
    try:
        at = datetime.fromtimestamp(int(raw["timestamp"], 16), tz=UTC)
        return Block(number=int(raw["number"], 16), hash=raw["hash"], at=at)
    except _MISFITS as error:
        raise NodeDown from error


def logs(raws: Iterable[dict[str, Any]]) -> list[Log]:
    """Return the logs in the chain's order, without those whose block left the chain.

    Raises NodeDown.
    """
    try:
        found = [_log(raw) for raw in raws if not raw.get("removed")]
    except _MISFITS as error:
        raise NodeDown from error
    return sorted(found, key=lambda log: (log.block_number, log.log_index))


def receipt(raw: dict[str, Any] | None) -> Receipt | None:
    """Return the receipt; None when the transaction is not mined. Raises NodeDown."""
    if raw is None:
        return None
    created = raw.get("contractAddress")
    try:
        return Receipt(
            is_success=int(raw["status"], 16) == 1,
            block_number=int(raw["blockNumber"], 16),
            block_hash=raw["blockHash"],
            created_address=to_checksum_address(created) if created else "",
            logs=tuple(_log(log) for log in raw["logs"]),
        )
    except _MISFITS as error:
        raise NodeDown from error


def _log(raw: dict[str, Any]) -> Log:
    return Log(
        address=raw["address"].lower(),
        topics=tuple(bytes.fromhex(topic[2:]) for topic in raw["topics"]),
        data=bytes.fromhex(raw["data"][2:]),
        block_number=int(raw["blockNumber"], 16),
        block_hash=raw["blockHash"],
        tx_hash=raw["transactionHash"],
        log_index=int(raw["logIndex"], 16),
    )
