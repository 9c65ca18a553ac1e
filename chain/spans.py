"""Ask a node for a span of blocks, and believe only what fits together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chain import contracts
from chain.domain.calls import Block, EventRecord
from chain.domain.wire import Log
from chain.errors import NodeDown
from chain.node import Node


@dataclass(frozen=True)
class Heard:
    """What was said in a span: our contracts' events in their order, their blocks, its end."""

    records: Sequence[EventRecord]
    blocks: Mapping[int, Block]
    end: Block


def read(rpc: Node, names: Mapping[str, str], first: int, last: int) -> Heard:
    """Return what the contracts said from the first to the last block, both included.

    names: contract by lower-case address. Raises RangeTooWide; NodeDown when the node has not
    all of these blocks, or the chain moved while we asked. Nothing is kept then.
    """
    span = rpc.span(list(names), first, last)
    end = solid(span.end)
    if end.number != last:
        raise NodeDown
    _check(span.logs, names, first, last)
    blocks = _blocks_of(rpc, span.logs, last)
    if blocks[last].hash != end.hash:
        raise NodeDown
    return Heard(_records(names, span.logs, blocks), blocks, end)


def solid(block: Block | None) -> Block:
    """Return the block. Raises NodeDown when the node has none."""
    if block is None:
        raise NodeDown
    return block


def _check(logs: Sequence[Log], names: Mapping[str, str], first: int, last: int) -> None:
    """Refuse an answer to another question: other blocks or contracts, twice, or in disorder."""
    before = (first, -1)
    for log in logs:
        here = (log.block_number, log.log_index)
        if here <= before or log.block_number > last or log.address not in names:
            raise NodeDown
        before = here


def _blocks_of(rpc: Node, logs: Sequence[Log], last: int) -> dict[int, Block]:
    numbers = sorted({last, *(log.block_number for log in logs)})
    found = [solid(block) for block in rpc.blocks(numbers)]
    if [block.number for block in found] != numbers:
        raise NodeDown
    return {block.number: block for block in found}


def _records(
    names: Mapping[str, str], logs: Sequence[Log], blocks: Mapping[int, Block]
) -> list[EventRecord]:
    records = []
    for log in logs:
        contract, block = names[log.address], blocks[log.block_number]
        if log.block_hash != block.hash:
            raise NodeDown
        known = contracts.event(contract, log.topics, log.data)
        if known is not None:
            records.append(_record(contract, *known, log, block))
    return records


def _record(
    contract: str, name: str, args: dict[str, object], log: Log, block: Block
) -> EventRecord:
    return EventRecord(
        contract=contract,
        name=name,
        args=args,
        block_number=block.number,
        block_hash=block.hash,
        block_at=block.at,
        tx_hash=log.tx_hash,
        log_index=log.log_index,
    )
