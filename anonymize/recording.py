"""Apply what the chain says about datasets and releases."""

from datetime import datetime
from uuid import UUID

from anonymize.models import ChainDataset, ChainRelease, Dataset, Release
from chain.domain.calls import EventRecord
from chain.facts import place_of, word


def write_dataset(record: EventRecord) -> None:
    """Write down a dataset as the chain told it. Hearing it again changes nothing."""
    args = record.args
    fact = ChainDataset(
        dataset=word(args["dataset"]),
        token=args["token"],
        fee_bps=args["fee_bps"],
        rho_cap=args["rho_cap"],
        **place_of(record),
    )
    ChainDataset.objects.bulk_create([fact], ignore_conflicts=True)


def write_release(record: EventRecord) -> None:
    """Write down a release as the chain told it. Hearing it again changes nothing."""
    args = record.args
    words = ("release", "dataset", "manifest", "cid_digest", "contributors")
    numbers = ("total_weight", "rho", "price", "consent_block")
    fact = ChainRelease(
        **{name: word(args[name]) for name in words},
        **{name: args[name] for name in numbers},
        **place_of(record),
    )
    ChainRelease.objects.bulk_create([fact], ignore_conflicts=True)


def forget(block: int) -> None:
    """Drop what was written down of blocks above this one."""
    ChainDataset.objects.filter(block_number__gt=block).delete()
    ChainRelease.objects.filter(block_number__gt=block).delete()


def record_dataset(*, dataset_id: UUID) -> None:
    """The dataset stands on the chain."""
    Dataset.objects.filter(id=dataset_id).update(state=Dataset.State.READY)


def undo_dataset(*, dataset_id: UUID) -> None:
    """The dataset left the chain; the outbox opens it again."""
    Dataset.objects.filter(id=dataset_id, state=Dataset.State.READY).update(
        state=Dataset.State.REGISTERING
    )


def record_release(*, release_id: UUID, tx_hash: str, at: datetime) -> None:
    """The release stands on the chain."""
    Release.objects.filter(id=release_id).update(
        state=Release.State.PUBLISHED, tx_hash=tx_hash, published_at=at
    )


def undo_release(*, release_id: UUID) -> None:
    """The publication left the chain; the outbox publishes it again."""
    Release.objects.filter(id=release_id, state=Release.State.PUBLISHED).update(
        state=Release.State.PUBLISHING, tx_hash="", published_at=None
    )


def record_refused_release(*, release_id: UUID, reason: str) -> None:
    """The contract will never take this release; what was charged stays charged."""
    Release.objects.filter(id=release_id, state=Release.State.PUBLISHING).update(
        state=Release.State.FAILED, failure=reason[:120]
    )


def record_refused_dataset(*, dataset_id: UUID) -> None:
    """The contract will never take this dataset."""
    Dataset.objects.filter(id=dataset_id, state=Dataset.State.REGISTERING).update(
        state=Dataset.State.REFUSED
    )
