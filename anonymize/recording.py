"""Apply what the chain says about datasets and releases."""

from datetime import datetime
from uuid import UUID

from anonymize.models import Dataset, Release


def record_dataset(*, dataset_id: UUID) -> None:
    """The dataset stands on the chain."""
    Dataset.objects.filter(id=dataset_id).update(state=Dataset.State.READY)


def record_release(*, release_id: UUID, tx_hash: str, at: datetime) -> None:
    """The release stands on the chain."""
    Release.objects.filter(id=release_id).update(
        state=Release.State.PUBLISHED, tx_hash=tx_hash, published_at=at
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
