"""Chain doors: a release was sold, a contributor was paid, a claim failed."""

import logging
from collections.abc import Callable
from uuid import UUID

from chain.domain.calls import EventRecord
from chain.subscriptions import on_event, on_failure, on_forget, on_undone
from payouts import recording
from protocol import ids
from protocol.errors import ProtocolError

logger = logging.getLogger(__name__)

CONTRACT = "ReleaseMarket"

on_forget(recording.forget)


@on_event(CONTRACT, "Bought")
def bought(record: EventRecord) -> None:
    """Chain door: a release was sold."""
    _tell(record, recording.record_sale)


@on_undone(CONTRACT, "Bought")
def sale_undone(record: EventRecord) -> None:
    """Chain door: the block of a sale left the chain."""
    _tell(record, recording.undo_sale)


@on_event(CONTRACT, "Claimed")
def claimed(record: EventRecord) -> None:
    """Chain door: a contributor was paid."""
    _tell(record, recording.record_claim)


@on_undone(CONTRACT, "Claimed")
def claim_undone(record: EventRecord) -> None:
    """Chain door: the block of a payment left the chain."""
    _tell(record, recording.undo_claim)


@on_failure("payouts.claim:")
def claim_failed(reference: str, reason: str) -> None:
    """Chain door: the contract refused a claim for good."""
    recording.record_claim_failure(claim_id=UUID(reference.partition(":")[2]), reason=reason)


def _tell(record: EventRecord, act: Callable[..., None]) -> None:
    try:
        release_id = ids.from_bytes32(record.args["release"])
    except ProtocolError:
        logger.info("foreign_release block=%s", record.block_number)
        return
    act(release_id=release_id, record=record)
