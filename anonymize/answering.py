"""Keep the one answer of a build: the fence before the draw, the seal after it."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone

from anonymize import parting
from anonymize.describing import manifest_of
from anonymize.domain.drawing import Drawn
from anonymize.models import Release
from payouts import opening
from protocol import allotment, manifest
from storage import sealing
from work import asking
from work.claiming import Lease
from work.errors import LeaseLost


def pass_the_fence(release: Release) -> None:
    """Move the build from charged to drawing, once for ever.

    Raises LeaseLost when another builder did: two draws for one charge would break the promise.
    """
    waiting = Release.objects.filter(id=release.id, state=Release.State.CHARGED)
    if waiting.update(state=Release.State.DRAWING) != 1:
        raise LeaseLost


def keep(*, release: Release, lease: Lease, draw: Callable[[], Drawn]) -> None:
    """Draw, seal the table, write its manifest, and ask for publication: one fact, or none."""
    answer = draw()
    sealed = sealing.seal_release(
        content=parquet_of(answer),
        dataset_id=release.dataset_id,
        release_id=release.id,
    )
    with transaction.atomic():
        release.refresh_from_db()
        pool = _open_pool(release)
        facts = manifest_of(
            release=release,
            answer=answer,
            sealed=sealed,
            contributors={"root": pool.root, "total_weight": pool.total_weight},
            at=timezone.now(),
        )
        _record(release, sealed_id=sealed.id, facts=facts)
        parting.drop(release)
        asking.ask(task="anonymize.tasks.publish_release", reference=str(release.id))
        lease.finish()


def parquet_of(answer: Drawn) -> bytes:
    """Return the released table as Parquet bytes."""
    buffer = BytesIO()
    answer.estimated.frame.write_parquet(buffer)
    return buffer.getvalue()


def _open_pool(release: Release) -> Any:
    contributors = release.contributions.select_related("driver")
    return opening.open_pool(
        release_id=release.id,
        dataset_id=release.dataset_id,
        title=release.dataset.title,
        addresses=[(row.consent_address, row.driver) for row in contributors],
        pool_per_sale_units=allotment.pool_units(release.price_units, release.dataset.fee_bps),
    )


def _record(release: Release, *, sealed_id: Any, facts: manifest.Manifest) -> None:
    drawing = Release.objects.filter(id=release.id, state=Release.State.DRAWING)
    changed = drawing.update(
        state=Release.State.DRAWN,
        sealed_id=sealed_id,
        cohort_noised=facts["cohort_noised"],
        manifest=facts,
        manifest_digest="0x" + manifest.digest(facts).hex(),
    )
    if changed != 1:
        raise LeaseLost
