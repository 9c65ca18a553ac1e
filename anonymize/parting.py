"""Stage one in parts: rows that say which uploads belong together, and keep their sums sealed."""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import polars as pl
from django.db import transaction

from anonymize.models import BuildPart, Release
from storage import interim
from storage.interim import Interim
from work import asking
from work.claiming import Lease

MOST_UPLOADS = 64
"""A part holds so many uploads at most, or one vehicle: its rows are held one vehicle at a time."""

PART_TASK = "anonymize.tasks.build_part"
MERGE_TASK = "anonymize.tasks.merge_release"

Placed = tuple[UUID, UUID, UUID]
"""Driver, vehicle and id of an upload."""


def split(uploads: Iterable[Placed], most: int = MOST_UPLOADS) -> Iterator[list[UUID]]:
    """Yield the uploads in groups of `most` at most; a driver is split only when larger than that.

    A vehicle is never split, however many uploads it has: what its files tell twice shows only
    where all of them lie together.

    uploads: sorted by driver, then by vehicle.
    """
    group: list[UUID] = []
    for whole in _wholes(uploads, most):
        if group and len(group) + len(whole) > most:
            yield group
            group = []
        group = group + whole
    if group:
        yield group


def _wholes(uploads: Iterable[Placed], most: int) -> Iterator[list[UUID]]:
    """Yield what stays together: a driver's uploads, or a vehicle's when the driver has more."""
    for _driver, rows in groupby(uploads, key=itemgetter(0)):
        held = list(rows)
        for way in [held] if len(held) <= most else _by_vehicle(held):
            yield [upload for _, _, upload in way]


def _by_vehicle(held: Sequence[Placed]) -> list[list[Placed]]:
    return [list(rows) for _vehicle, rows in groupby(held, key=itemgetter(1))]


def open_parts(
    release: Release, lease: Lease, *, groups: Sequence[list[UUID]], is_simulated: bool
) -> None:
    """Write the parts of a charged release down, once, and ask for each; finish the build's row."""
    with transaction.atomic():
        charged = Release.objects.select_for_update().filter(
            id=release.id, state=Release.State.CHARGED
        )
        if charged.exists() and not release.parts.exists():
            charged.update(is_simulated=is_simulated, steps_done=0, steps_of=len(groups))
            parts = BuildPart.objects.bulk_create(
                BuildPart(release=release, number=number, uploads=[str(one) for one in group])
                for number, group in enumerate(groups)
            )
            for part in parts:
                asking.ask(task=PART_TASK, reference=str(part.id), queue="builder")
            if not parts:
                ask_for_merge(release)
        lease.finish()


def keep(part: BuildPart, lease: Lease, table: pl.DataFrame) -> None:
    """Keep a part's sums, sealed; who keeps the last one makes the merge due.

    Builders of other parts wait here for the release's row, so exactly one of them is the last.
    """
    sealed = interim.seal(_bytes_of(table), release_id=part.release_id, part_id=part.id)
    with transaction.atomic():
        release = Release.objects.select_for_update().get(id=part.release_id)
        BuildPart.objects.filter(id=part.id).update(
            key_id=sealed.key_id, wrapped_key=sealed.wrapped_key, sealed=sealed.ciphertext
        )
        done = release.parts.filter(sealed__isnull=False).count()
        Release.objects.filter(id=release.id).update(steps_done=done)
        if done == release.steps_of:
            ask_for_merge(release)
        lease.finish()


def ask_for_merge(release: Release) -> None:
    """Make the merge of a release's parts due."""
    asking.ask(task=MERGE_TASK, reference=str(release.id), queue="builder")


def read(part: BuildPart) -> pl.DataFrame:
    """Return a part's sums. Raises NotTheBuilder, Unreadable."""
    kept = Interim(part.key_id, part.wrapped_key, bytes(part.sealed or b""))
    content = interim.unseal(kept, release_id=part.release_id, part_id=part.id)
    return pl.read_ipc(io.BytesIO(content))


def drop(release: Release) -> None:
    """Drop every part of a release: nothing needs its sums any more."""
    release.parts.all().delete()


def _bytes_of(table: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.write_ipc(buffer, compression="zstd")
    return buffer.getvalue()
