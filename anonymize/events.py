"""Chain doors: datasets and releases as the chain tells them."""

import logging
from collections.abc import Callable
from uuid import UUID

from anonymize import recording
from chain.domain.calls import EventRecord
from chain.subscriptions import on_event, on_failure, on_forget, on_undone
from protocol.errors import ProtocolError
from protocol.ids import from_bytes32

logger = logging.getLogger(__name__)

on_forget(recording.forget)


@on_event("ReleaseMarket", "DatasetCreated")
def dataset_created(record: EventRecord) -> None:
    """Chain door: a dataset is open."""
    recording.write_dataset(record)
    _tell(record, "dataset", lambda id_: recording.record_dataset(dataset_id=id_))


@on_undone("ReleaseMarket", "DatasetCreated")
def dataset_undone(record: EventRecord) -> None:
    """Chain door: the block that opened a dataset left the chain."""
    _tell(record, "dataset", lambda id_: recording.undo_dataset(dataset_id=id_))


@on_event("ReleaseMarket", "ReleasePublished")
def release_published(record: EventRecord) -> None:
    """Chain door: a release is published."""
    recording.write_release(record)
    _tell(
        record,
        "release",
        lambda id_: recording.record_release(
            release_id=id_, tx_hash=record.tx_hash, at=record.block_at
        ),
    )


@on_undone("ReleaseMarket", "ReleasePublished")
def release_undone(record: EventRecord) -> None:
    """Chain door: the block of a publication left the chain."""
    _tell(record, "release", lambda id_: recording.undo_release(release_id=id_))


@on_failure("anonymize.release:")
def release_refused(reference: str, reason: str) -> None:
    """Chain door: the contract refused a release."""
    recording.record_refused_release(release_id=UUID(reference.split(":")[1]), reason=reason)


@on_failure("anonymize.dataset:")
def dataset_refused(reference: str, _reason: str) -> None:
    """Chain door: the contract refused a dataset."""
    recording.record_refused_dataset(dataset_id=UUID(reference.split(":")[1]))


def _tell(record: EventRecord, name: str, act: Callable[[UUID], None]) -> None:
    try:
        id_ = from_bytes32(record.args[name])
    except ProtocolError:
        logger.info("foreign_%s block=%s", name, record.block_number)
        return
    act(id_)
