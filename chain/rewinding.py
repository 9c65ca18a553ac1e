"""Find out that the chain took another way, and take back what is not on it any more."""

import logging

from django.db import transaction

from chain import contracts, deployed, settling, subscriptions
from chain.domain.calls import EventRecord
from chain.models import IndexerCursor, OutboundCall, StoredEvent
from chain.node import Node
from chain.turns import HeldTurn

logger = logging.getLogger(__name__)

Point = tuple[int, str]
"""A block we passed: its height and hash; the hash is empty before our first contract."""


def stands(rpc: Node, cursor: IndexerCursor) -> bool:
    """Return True while the last block we read is still on the chain."""
    if not cursor.block_hash:
        return True
    block = rpc.block(cursor.block_number)
    return block is not None and block.hash == cursor.block_hash


def fork(rpc: Node, cursor: IndexerCursor) -> Point:
    """Return the newest block we read that is still on the chain, or the start."""
    passed = _passed(cursor)
    blocks = rpc.blocks([number for number, _ in passed])
    for (number, hash_), block in reversed(list(zip(passed, blocks, strict=True))):
        if block is not None and block.hash == hash_:
            return number, hash_
    return start()


def start() -> Point:
    """Return the block before which no contract of ours stood. Raises NotDeployed."""
    return deployed.first_block() - 1, ""


def rewind(turn: HeldTurn, cursor: IndexerCursor, to: Point) -> None:
    """Take back all that was heard after a block, in one transaction."""
    number, hash_ = to
    logger.warning("rewind from=%s to=%s", cursor.block_number, number)
    with transaction.atomic():
        turn.check()
        gone = StoredEvent.objects.filter(block_number__gt=number)
        for event in gone.order_by("-block_number", "-log_index").iterator(chunk_size=1_000):
            record = _record_of(event)
            if record is not None:
                subscriptions.dispatch_undone(record)
        gone.delete()
        subscriptions.dispatch_forget(number)
        if hash_:
            confirmed = OutboundCall.objects.filter(state=OutboundCall.State.CONFIRMED)
            settling.reopen(confirmed.filter(block_number__gt=number))
        _set_back(cursor, to)


def read_again_from(turn: HeldTurn, cursor: IndexerCursor, block: int) -> None:
    """Set the cursor back before a block, so that what is told already is told once more.

    Handlers bear that; nothing is taken back.
    """
    earlier = [point for point in _passed(cursor) if point[0] < block]
    with transaction.atomic():
        turn.check()
        _set_back(cursor, earlier[-1] if earlier else start())


def _passed(cursor: IndexerCursor) -> list[Point]:
    return [(int(number), str(hash_)) for number, hash_ in cursor.checkpoints]


def _set_back(cursor: IndexerCursor, to: Point) -> None:
    cursor.block_number, cursor.block_hash = to
    cursor.checkpoints = [point for point in cursor.checkpoints if point[0] <= to[0]]
    cursor.save()


def _record_of(event: StoredEvent) -> EventRecord | None:
    args = contracts.heard_args(event.contract, event.name, event.args)
    if args is None:
        return None  # an event of an earlier build: nobody listens to it now
    return EventRecord(
        contract=event.contract,
        name=event.name,
        args=args,
        block_number=event.block_number,
        block_hash=event.block_hash,
        block_at=event.block_at,
        tx_hash=event.tx_hash,
        log_index=event.log_index,
    )
