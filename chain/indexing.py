"""Read the chain block by block: store each event once, tell who listens, rewind on a fork."""

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from django.conf import settings
from django.db import transaction

from chain import contracts, deployed, node, rewinding, selectors, spans, subscriptions
from chain.domain import limits
from chain.domain.calls import Block, EventRecord
from chain.errors import RangeTooWide
from chain.models import IndexerCursor, StoredEvent
from chain.node import Node
from chain.selectors import Progress
from chain.turns import HeldTurn

logger = logging.getLogger(__name__)

PART_EVENTS = 1_000
CHECKPOINTS = 128
"""Blocks whose hashes we keep; a fork below them all is read again from the start."""
NOTHING_YET = -1
"""A block before all blocks."""

Watch = Callable[[Progress, int], None]
"""Is told how far we are, and how many events were heard since it was told last."""


def run(*, turn: HeldTurn, watch: Watch = lambda _progress, _events: None) -> int:
    """Read up to the newest block with enough confirmations. Returns how many events were heard.

    Raises NodeDown, NotDeployed, TurnTaken; a handler's own error stops before its part.
    """
    rpc = node.connect()
    heard = 0
    while True:
        turn.renew()
        cursor = _cursor()
        newest = spans.solid(rpc.block())
        target = newest.number - settings.CHAIN_CONFIRMATIONS + 1
        if not rewinding.stands(rpc, cursor):
            rewinding.rewind(turn, cursor, rewinding.fork(rpc, cursor))
        elif _has_new_contracts(cursor):
            _take_in_new_contracts(turn, cursor)
        elif cursor.block_number < target:
            cursor.head_seen = newest.number
            heard += _read(
                rpc, turn, cursor, min(cursor.block_number + cursor.width, target), watch
            )
        else:
            _see_head(cursor, newest)
            return heard


def forget() -> None:
    """Drop what was heard, here and in every room, so that the next run reads from the start."""
    with transaction.atomic():
        StoredEvent.objects.all().delete()
        subscriptions.dispatch_forget(NOTHING_YET)
        IndexerCursor.objects.all().delete()


def _cursor() -> IndexerCursor:
    before, _ = rewinding.start()
    cursor, _ = IndexerCursor.objects.get_or_create(
        name="events",
        defaults={
            "block_number": before,
            "block_hash": "",
            "first_block": before + 1,
            "contracts": sorted(deployed.names_by_address()),
        },
    )
    return cursor


def _has_new_contracts(cursor: IndexerCursor) -> bool:
    return not set(deployed.names_by_address()) <= set(cursor.contracts)


def _take_in_new_contracts(turn: HeldTurn, cursor: IndexerCursor) -> None:
    """Read from the block of the first contract that we have not read yet."""
    blocks = deployed.blocks_by_address()
    new = sorted(set(blocks) - set(cursor.contracts))
    logger.info("new_contracts count=%s", len(new))
    cursor.contracts = sorted({*cursor.contracts, *new})
    cursor.first_block = rewinding.start()[0] + 1
    rewinding.read_again_from(turn, cursor, min(blocks[address] for address in new))


def _read(rpc: Node, turn: HeldTurn, cursor: IndexerCursor, last: int, watch: Watch) -> int:
    first = cursor.block_number + 1
    try:
        heard = spans.read(rpc, deployed.names_by_address(), first, last)
    except RangeTooWide:
        _ask_for_less(cursor, last - first + 1)
        return 0
    count = len(heard.records)
    cursor.width = limits.wider(cursor.width, asked=last - first + 1, logs=count)
    for part, end in _parts(heard):
        turn.renew()
        _keep(turn, cursor, part, end)
        watch(selectors.progress_of(cursor), len(part))
    logger.info("indexed to=%s of=%s events=%s", last, cursor.head_seen, count)
    return count


def _ask_for_less(cursor: IndexerCursor, asked: int) -> None:
    """Remember that the node does not answer for so many blocks. Raises RangeTooWide for one."""
    if asked <= 1:
        raise RangeTooWide
    width = limits.narrower(asked)
    logger.info("narrower blocks=%s", width)
    IndexerCursor.objects.filter(name=cursor.name).update(width=width)


def _keep(
    turn: HeldTurn, cursor: IndexerCursor, records: Sequence[EventRecord], end: Block
) -> None:
    """Store, tell and move on to the end, all in one transaction."""
    with transaction.atomic():
        turn.check()
        StoredEvent.objects.bulk_create(map(_stored, records), ignore_conflicts=True)
        subscriptions.dispatch_all(records)
        cursor.block_number, cursor.block_hash = end.number, end.hash
        cursor.checkpoints = [*cursor.checkpoints, [end.number, end.hash]][-CHECKPOINTS:]
        cursor.save()


def _parts(heard: spans.Heard) -> Iterator[tuple[Sequence[EventRecord], Block]]:
    """Yield parts of whole blocks, so that no transaction grows long; the last ends the span."""
    records = heard.records
    cuts = [0]
    for place, (one, following) in enumerate(pairwise(records), start=1):
        if place - cuts[-1] >= PART_EVENTS and one.block_number != following.block_number:
            cuts.append(place)
    for start, stop in pairwise(cuts):
        yield records[start:stop], heard.blocks[records[stop - 1].block_number]
    yield records[cuts[-1] :], heard.end


def _stored(record: EventRecord) -> StoredEvent:
    return StoredEvent(
        contract=record.contract,
        name=record.name,
        args=contracts.kept_args(record.args),
        block_number=record.block_number,
        block_hash=record.block_hash,
        block_at=record.block_at,
        tx_hash=record.tx_hash,
        log_index=record.log_index,
    )


def _see_head(cursor: IndexerCursor, newest: Block) -> None:
    if cursor.head_seen != newest.number:
        IndexerCursor.objects.filter(name=cursor.name).update(head_seen=newest.number)
