"""THE crossing: confirmed consents meet opened uploads, and only exact sums go on, sealed."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from anonymize import budgeting, cohorts, parting
from anonymize.domain import contributions, queries, vehicles
from anonymize.domain.contributions import DRIVER
from anonymize.formats import merging
from anonymize.formats import reading as files
from anonymize.formats.errors import UnreadableFile
from anonymize.formats.reading import Reading
from anonymize.models import BuildPart, Release
from chain import deploying, reading, standing
from consent import confirming
from registry.models import Vehicle
from storage import quality, unsealing
from storage import selectors as storage
from storage.errors import Erased, Unreadable, WrongBytes
from storage.models import Upload
from work.claiming import Lease

logger = logging.getLogger(__name__)

_ROWS_TOGETHER = 50_000

_TRIES_FOR_DAMAGED = 9
"""Stored bytes that are damaged are read again for some four minutes; the audit may mend them."""


def build(lease: Lease) -> None:
    """Charge one release's cohort and put its uploads into parts; the parts go on by themselves.

    Every step starts from the state of the row, so a killed build goes on where it stood.

    Raises MarketHalted before anything is charged, opened or drawn; the build then waits.
    """
    release = Release.objects.select_related("dataset").get(id=lease.reference)
    if release.state in {Release.State.PLANNED, Release.State.CHARGED}:
        standing.refuse_while_halted()
    if release.state == Release.State.PLANNED:
        _charge(release)
        release.refresh_from_db()
    if release.state == Release.State.CHARGED:
        _split(release, lease)
    elif release.state == Release.State.PLANNED:
        end(release, lease, Release.State.FAILED, _why_not(release))
    elif release.state == Release.State.DRAWING and not release.parts.exists():
        end(release, lease, Release.State.SPENT, "draw_interrupted")
    else:
        lease.finish()


def make_part(lease: Lease) -> None:
    """Open one part's uploads and keep their exact sums, sealed.

    Raises MarketHalted before anything is opened; the part then waits.
    """
    parts = BuildPart.objects.select_related("release__dataset")
    part = parts.filter(id=lease.reference).first()
    if part is None or part.sealed or part.release.state != Release.State.CHARGED:
        lease.finish()
        return
    standing.refuse_while_halted()
    is_patient = lease.attempts < _TRIES_FOR_DAMAGED
    parting.keep(part, lease, sums_of(part, is_patient=is_patient))


def sums_of(part: BuildPart, *, is_patient: bool = True) -> pl.DataFrame:
    """Return the exact sums over a part's uploads, one row per driver and group.

    What a vehicle's files tell twice counts once. Erased and unreadable uploads add nothing, nor,
    when it is not patient, do those whose bytes are damaged in every place that keeps them.

    Raises WrongBytes when it is patient, NodeDown.
    """
    query = queries.plan_of(part.release.dataset.spec)
    kind = str(part.release.dataset.spec["source"])
    frames = _frames(part, kind, is_patient=is_patient)
    wholes = (_whole(vehicle, rows, kind) for vehicle, rows in frames)
    tables = [contributions.partials(rows, query, by=[DRIVER]) for rows in _together(wholes)]
    return contributions.merge(tables, by=[DRIVER]) if tables else pl.DataFrame()


def living(part: BuildPart) -> list[Upload]:
    """Return the uploads of a part that may still be opened, those of one vehicle together."""
    rows = Upload.objects.filter(storage.USABLE, id__in=part.uploads)
    rows = rows.select_related("vehicle", "sealed", "driver")
    return list(rows.order_by("driver_id", "vehicle_id", "created_at", "id"))


def end(release: Release, lease: Lease, state: str, failure: str) -> None:
    """End a build that has no answer, and drop what its parts kept."""
    with transaction.atomic():
        Release.objects.filter(id=release.id).update(state=state, failure=failure)
        parting.drop(release)
        lease.finish()
    logger.warning("build_ended release=%s reason=%s at=%s", release.id, failure, timezone.now())


def _charge(release: Release) -> None:
    """Ask the chain who consents at one named block, and debit those whose budget allows it.

    Leaves the release planned, and everybody's budget alone, when they are fewer than was promised
    to the drivers, or when these drivers answered this question before.
    """
    block = reading.head()
    dataset = release.dataset
    stand = confirming.confirmed(
        consents=cohorts.willing(dataset.id), dataset_id=dataset.id, block=block.number
    )
    addresses = {row.driver_id: row.consent_address for row in stand}
    question = cohorts.question_sha256(dataset, addresses.values())
    Release.objects.filter(id=release.id).update(question_sha256=question)
    if len(addresses) < dataset.drivers_needed or cohorts.answered(dataset, question):
        return
    budgeting.charge(
        release=release,
        addresses=addresses,
        windows=list(dataset.spec["windows"]),
        block=block,
        needed=dataset.drivers_needed,
    )


def _why_not(release: Release) -> str:
    is_answered = cohorts.answered(release.dataset, release.question_sha256)
    return "answered_before" if is_answered else "too_few_drivers"


def _split(release: Release, lease: Lease) -> None:
    pinned = Upload.objects.filter(storage.USABLE, driver__contributions__release=release)
    is_simulated = _is_simulated(release)
    if not is_simulated:
        pinned = pinned.exclude(vehicle__is_simulated=True)
    placed = pinned.order_by("driver_id", "vehicle_id", "created_at", "id")
    rows = placed.values_list("driver_id", "vehicle_id", "id").iterator(chunk_size=10_000)
    groups = list(parting.split(rows))
    parting.open_parts(release, lease, groups=groups, is_simulated=is_simulated)


def _is_simulated(release: Release) -> bool:
    """Tell whether a release is labelled simulated: as its question says, or else by the chain.

    Both are public. It is never read off the vehicles, for then one of them could change it.
    """
    is_rehearsal = settings.CHAIN_ID == deploying.DEV_CHAIN_ID
    return bool(release.dataset.spec.get("is_simulated", is_rehearsal))


def _frames(
    part: BuildPart, kind: str, *, is_patient: bool
) -> Iterator[tuple[Vehicle, list[pl.DataFrame]]]:
    """Yield each vehicle with what its files hold of this kind, one vehicle at a time."""
    for _id, uploads in groupby(living(part), key=attrgetter("vehicle_id")):
        held = list(uploads)
        reads = (_read(upload, is_patient=is_patient) for upload in held)
        frames = [read.frame for read in reads if read is not None and read.kind == kind]
        if frames:
            yield held[0].vehicle, frames


def _together(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield small frames put together: to sum one costs as much as thousands of rows."""
    held: list[pl.DataFrame] = []
    for frame in frames:
        held.append(frame)
        if sum(one.height for one in held) >= _ROWS_TOGETHER:
            yield pl.concat(held, how="diagonal")
            held = []
    if held:
        yield pl.concat(held, how="diagonal")


def _whole(vehicle: Vehicle, frames: list[pl.DataFrame], kind: str) -> pl.DataFrame:
    """Return a vehicle's rows, each once, with its driver; a file that names no model gets ours."""
    rows = merging.distinct(pl.concat(frames, how="diagonal"), kind)
    return vehicles.with_vehicle(
        rows,
        driver=str(vehicle.driver_id),
        model=f"{vehicle.brand} {vehicle.model}".strip(),
        year=vehicle.year,
    )


def _read(upload: Upload, *, is_patient: bool) -> Reading | None:
    """Return what the upload holds, and tell its driver what was read, used and refused.

    A file that cannot be opened or read adds nothing and never stops the build: one driver's
    file must not decide over everybody's release.
    """
    try:
        with unsealing.opened(upload) as file:
            read = files.read_stream(file)
    except Erased:
        return None
    except WrongBytes:
        if is_patient:
            raise
        logger.warning("left_out_damaged upload=%s", upload.id)
        return None
    except (Unreadable, UnreadableFile) as error:
        quality.record(upload=upload, is_readable=False, codes=[error.code], report=error.facts)
        return None
    quality.record(
        upload=upload,
        is_readable=True,
        codes=sorted(read.report.refused),
        report=read.report.to_dict(),
    )
    return replace(read, samples=None)  # by far the largest part, and nothing here asks for it
