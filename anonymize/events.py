"""Chain doors: datasets and releases as the chain tells them."""

from uuid import UUID

from anonymize import recording
from chain.domain.calls import EventRecord
from chain.subscriptions import on_event, on_failure
from protocol.ids import from_bytes32


@on_event("ReleaseMarket", "DatasetCreated")
def dataset_created(record: EventRecord) -> None:
    """Chain door: a dataset is open."""
    recording.record_dataset(dataset_id=from_bytes32(record.args["dataset"]))


@on_event("ReleaseMarket", "ReleasePublished")
def release_published(record: EventRecord) -> None:
    """Chain door: a release is published."""
    recording.record_release(
        release_id=from_bytes32(record.args["release"]),
        tx_hash=record.tx_hash,
        at=record.block_at,
    )


@on_failure("anonymize.release:")
def release_refused(reference: str, reason: str) -> None:
    """Chain door: the contract refused a release."""
    recording.record_refused_release(release_id=UUID(reference.split(":")[1]), reason=reason)


@on_failure("anonymize.dataset:")
def dataset_refused(reference: str, _reason: str) -> None:
    """Chain door: the contract refused a dataset."""
    recording.record_refused_dataset(dataset_id=UUID(reference.split(":")[1]))
