"""Read the chain block by block: store each event once, tell who listens, rewind on a fork."""

import logging
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.db import transaction

from chain import contracts, deployed, node, subscriptions
from chain.domain.calls import Block, EventRecord
from chain.domain.wire import Log
from chain.errors import NodeDown
from chain.models import IndexerCursor, OutboundCall, OutboundItem, StoredEvent
from chain.node import Node
from chain.turns import HeldTurn

logger = logging.getLogger(__name__)

STEP_BLOCKS = 500
PART_EVENTS = 50
CHECKPOINTS = 128
"""Blocks whose hashes we keep; a fork below them all is read again from the start."""


def run(*, turn: HeldTurn) -> int:
    """Read up to the newest block with enough confirmations. Returns how many events were new.

    Raises NodeDown, NotDeployed, TurnTaken; a handler's own error stops before its block.
    """
    rpc = node.connect()
    heard = 0
    while True:
        turn.renew()
        cursor = _cursor()
        newest = rpc.block()
        if newest is None:
            raise NodeDown
        target = newest.number - settings.CHAIN_CONFIRMATIONS + 1
        if not _stands(rpc, cursor):
            _rewind(turn, cursor, _fork(rpc, cursor))
            continue
        if cursor.block_number >= target:
            _see_head(cursor, newest)
            return heard
        heard += _read(rpc, turn, cursor, min(cursor.block_number + STEP_BLOCKS, target), newest)


def forget() -> None:
    """Drop the cursor and all stored events, so that the next run reads from the start."""
    StoredEvent.objects.all().delete()
    IndexerCursor.objects.all().delete()


def _cursor() -> IndexerCursor:
    start = deployed.first_block() - 1
    cursor, _ = IndexerCursor.objects.get_or_create(
        name="events", defaults={"block_number": start, "block_hash": ""}
    )
    return cursor


def _stands(rpc: Node, cursor: IndexerCursor) -> bool:
    """Return True while the last block we read is still on the chain."""
    if not cursor.block_hash:
        return True
    block = rpc.block(cursor.block_number)
    return block is not None and block.hash == cursor.block_hash


def _fork(rpc: Node, cursor: IndexerCursor) -> tuple[int, str]:
    """Return the newest block we read that is still on the chain, or the start."""
    passed = [(int(number), str(hash_)) for number, hash_ in cursor.checkpoints]
    blocks = rpc.blocks([number for number, _ in passed])
    for (number, hash_), block in reversed(list(zip(passed, blocks, strict=True))):
        if block is not None and block.hash == hash_:
            return number, hash_
    return deployed.first_block() - 1, ""


def _rewind(turn: HeldTurn, cursor: IndexerCursor, fork: tuple[int, str]) -> None:
    """Take back all that was heard after the fork, in one transaction."""
    number, hash_ = fork
    logger.warning("rewind from=%s to=%s", cursor.block_number, number)
    with transaction.atomic():
        turn.check()
        gone = StoredEvent.objects.filter(block_number__gt=number)
        for event in gone.order_by("-block_number", "-log_index"):
            subscriptions.dispatch_undone(_record_of(event))
        gone.delete()
        if hash_:
            _send_again_after(number)
        cursor.block_number, cursor.block_hash = number, hash_
        cursor.checkpoints = [point for point in cursor.checkpoints if point[0] <= number]
        cursor.save()


def _send_again_after(number: int) -> None:
    # Their blocks are gone: the same bytes are sent again until they are mined again.
    calls = OutboundCall.objects.filter(state=OutboundCall.State.CONFIRMED, block_number__gt=number)
    OutboundItem.objects.filter(call__in=calls, state=OutboundItem.State.SETTLED).update(
        state=OutboundItem.State.BATCHED
    )
    calls.update(state=OutboundCall.State.SENT, sent_at=None, block_number=None)


def _read(rpc: Node, turn: HeldTurn, cursor: IndexerCursor, last: int, newest: Block) -> int:
    end = _solid(rpc.block(last))
    names = deployed.names_by_address()
    logs = rpc.logs(list(names), cursor.block_number + 1, last)
    blocks = _blocks_of(rpc, logs)
    records = _records(names, logs, blocks)
    if _solid(rpc.block(last)).hash != end.hash:
        raise NodeDown  # the chain moved while we read; nothing was kept
    cursor.head_seen = newest.number
    for part in _parts(records):
        _keep(turn, cursor, part, blocks[part[-1].block_number])
    if cursor.block_number < end.number:
        _keep(turn, cursor, [], end)
    logger.info("indexed to=%s of=%s events=%s", end.number, newest.number, len(records))
    return len(records)


def _keep(turn: HeldTurn, cursor: IndexerCursor, records: list[EventRecord], end: Block) -> None:
    """Store, tell and move on to the end, all in one transaction."""
    with transaction.atomic():
        turn.check()
        for record in records:
            _hear(record)
        cursor.block_number, cursor.block_hash = end.number, end.hash
        cursor.checkpoints = [*cursor.checkpoints, [end.number, end.hash]][-CHECKPOINTS:]
        cursor.save()


def _parts(records: Sequence[EventRecord]) -> Iterator[list[EventRecord]]:
    """Yield the records in parts of whole blocks, so that no transaction grows long."""
    part: list[EventRecord] = []
    for record in records:
        if len(part) >= PART_EVENTS and record.block_number != part[-1].block_number:
            yield part
            part = []
        part.append(record)
    if part:
        yield part


def _blocks_of(rpc: Node, logs: Sequence[Log]) -> dict[int, Block]:
    numbers = sorted({log.block_number for log in logs})
    found = [_solid(block) for block in rpc.blocks(numbers)]
    return {block.number: block for block in found}


def _records(
    names: dict[str, str], logs: Sequence[Log], blocks: dict[int, Block]
) -> list[EventRecord]:
    records = []
    for log in logs:
        contract, block = names[log.address], blocks[log.block_number]
        if log.block_hash != block.hash:
            raise NodeDown  # as above
        known = contracts.event(contract, log.topics, log.data)
        if known is not None:
            name, args = known
            records.append(
                EventRecord(
                    contract=contract,
                    name=name,
                    args=args,
                    block_number=block.number,
                    block_hash=block.hash,
                    block_at=block.at,
                    tx_hash=log.tx_hash,
                    log_index=log.log_index,
                )
            )
    return records


def _hear(record: EventRecord) -> None:
    StoredEvent.objects.create(
        contract=record.contract,
        name=record.name,
        args=contracts.kept_args(record.args),
        block_number=record.block_number,
        block_hash=record.block_hash,
        block_at=record.block_at,
        tx_hash=record.tx_hash,
        log_index=record.log_index,
    )
    subscriptions.dispatch(record)


def _record_of(event: StoredEvent) -> EventRecord:
    return EventRecord(
        contract=event.contract,
        name=event.name,
        args=contracts.heard_args(event.contract, event.name, event.args),
        block_number=event.block_number,
        block_hash=event.block_hash,
        block_at=event.block_at,
        tx_hash=event.tx_hash,
        log_index=event.log_index,
    )


def _see_head(cursor: IndexerCursor, newest: Block) -> None:
    if cursor.head_seen != newest.number:
        IndexerCursor.objects.filter(name=cursor.name).update(head_seen=newest.number)


def _solid(block: Block | None) -> Block:
    if block is None:
        raise NodeDown
    return block
