"""THE crossing: confirmed consents meet opened uploads, and only noise comes out."""

import logging
import secrets
from collections.abc import Iterator, Mapping
from uuid import UUID

import polars as pl
from django.db import transaction
from django.utils import timezone

from anonymize import answering, budgeting
from anonymize.domain import cells, contributions, estimates, mechanisms, queries
from anonymize.formats import reading as files
from anonymize.formats.errors import UnreadableFile
from anonymize.formats.quality import CHARGING
from anonymize.models import Release
from chain import reading, standing
from chain.domain.calls import Block
from consent import confirming
from consent import selectors as consent
from storage import quality, unsealing
from storage import selectors as storage
from storage.errors import Erased, Unreadable
from storage.models import Upload
from work.claiming import Lease

logger = logging.getLogger(__name__)

TELL_EVERY = 25
"""Uploads between two reports of progress."""


def build(lease: Lease) -> None:
    """Take one release as far as it goes: charge its cohort, answer, seal.

    Every step starts from the state of the row, so a killed build goes on where it stood. A
    build found in DRAWING is spent: its noise may have been drawn and must not be drawn again.

    Raises MarketHalted before anything is charged, opened or drawn; the build then waits.
    """
    release = Release.objects.select_related("dataset").get(id=lease.reference)
    if release.state in {Release.State.PLANNED, Release.State.CHARGED}:
        standing.refuse_while_halted()
    if release.state == Release.State.PLANNED:
        _charge(release)
        release.refresh_from_db()
    if release.state == Release.State.CHARGED:
        query = queries.plan_of(release.dataset.spec)
        answering.keep(release=release, lease=lease, draw=lambda: _draw(release, query))
    elif release.state == Release.State.PLANNED:
        _end(release, lease, Release.State.FAILED, "too_few_drivers")
    elif release.state == Release.State.DRAWING:
        _end(release, lease, Release.State.SPENT, "draw_interrupted")
    else:
        lease.finish()


def _charge(release: Release) -> None:
    """Ask the chain who consents at one named block, and debit those whose budget allows it.

    Leaves the release planned, and everybody's budget alone, when they are fewer than was
    promised to the drivers.
    """
    block = reading.head()
    windows = list(release.dataset.spec["windows"])
    addresses = _who_may(release, block)
    able = budgeting.with_budget_left(
        drivers=addresses, windows=windows, rho_micro=release.rho_micro
    )
    if len(able) < release.dataset.drivers_needed:
        return
    budgeting.charge(release=release, addresses=addresses, windows=windows, block=block)


def _who_may(release: Release, block: Block) -> dict[UUID, str]:
    """Return the consent address of each driver whose consent stands and who has an upload."""
    asked = list(consent.active_consents(release.dataset_id))
    stand = confirming.confirmed(consents=asked, dataset_id=release.dataset_id, block=block.number)
    uploads = storage.pinned_uploads([row.driver_id for row in stand])
    with_uploads = set(uploads.values_list("driver_id", flat=True))
    return {row.driver_id: row.consent_address for row in stand if row.driver_id in with_uploads}


def _draw(release: Release, query: queries.Query) -> answering.Answer:
    """Open the cohort's uploads, bound them, pass the fence, draw."""
    layout = cells.layout_of(query)
    parts = _partials(release, query)
    bounded = contributions.bound(parts, query, choose=_choose)
    vector = cells.encode(bounded, layout)
    answering.pass_the_fence(release)
    noised = mechanisms.noise(vector, sensitivity=layout.sensitivity, rho_micro=release.rho_micro)
    return answering.Answer(
        layout=layout, noised=noised, estimated=estimates.estimate(noised, layout)
    )


def _partials(release: Release, query: queries.Query) -> Mapping[str, pl.DataFrame]:
    drivers = list(release.contributions.values_list("driver_id", flat=True))
    frames: dict[UUID, list[pl.DataFrame]] = {driver: [] for driver in drivers}
    uploads = list(storage.pinned_uploads(drivers))
    for upload, frame in _frames(release, uploads):
        frames[upload.driver_id].append(frame)
    return {
        str(driver): contributions.partials(pl.concat(held), query)
        for driver, held in frames.items()
        if held
    }


def _frames(release: Release, uploads: list[Upload]) -> Iterator[tuple[Upload, pl.DataFrame]]:
    is_simulated = any(upload.vehicle.is_simulated for upload in uploads)
    Release.objects.filter(id=release.id).update(is_simulated=is_simulated, steps_of=len(uploads))
    for done, upload in enumerate(uploads, start=1):
        frame = _read(upload)
        if frame is not None:
            yield upload, frame
        if done % TELL_EVERY == 0 or done == len(uploads):
            Release.objects.filter(id=release.id).update(steps_done=done)


def _read(upload: Upload) -> pl.DataFrame | None:
    """Return the upload's rows, and tell its driver what was read, used and refused.

    A file that cannot be opened or read adds nothing and never stops the build: one driver's
    file must not decide over everybody's release.
    """
    try:
        read = files.read(unsealing.open_upload(upload))
    except Erased:
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
    return read.frame if read.kind == CHARGING else None  # no question asks for drives yet


def _choose(of: int, take: int) -> list[int]:
    """Return which of a driver's groups are kept: uniform, by the system's randomness."""
    return sorted(secrets.SystemRandom().sample(range(of), take))


def _end(release: Release, lease: Lease, state: str, failure: str) -> None:
    with transaction.atomic():
        Release.objects.filter(id=release.id).update(state=state, failure=failure)
        lease.finish()
    logger.warning("build_ended release=%s reason=%s at=%s", release.id, failure, timezone.now())
