"""Merge a build's parts per driver, bound what each adds, pass the fence and draw."""

import logging
import secrets

import polars as pl

from anonymize import answering, building, parting
from anonymize.domain import contributions, drawing, queries
from anonymize.domain.contributions import DRIVER, Choose
from anonymize.domain.drawing import Drawn
from anonymize.domain.queries import Query
from anonymize.models import BuildPart, Release
from chain import standing
from storage.errors import Unreadable
from work.claiming import Lease

logger = logging.getLogger(__name__)


def merge(lease: Lease) -> None:
    """Answer one release from its parts, which are all made.

    A build found in DRAWING is spent: its noise may have been drawn and must not be drawn again.

    Raises MarketHalted before anything is drawn; the build then waits.
    """
    release = Release.objects.select_related("dataset").get(id=lease.reference)
    if release.state == Release.State.CHARGED:
        standing.refuse_while_halted()
        query = queries.plan_of(release.dataset.spec)
        bounded = bounded_of(release, query, _choose)
        answering.keep(release=release, lease=lease, draw=lambda: _draw(release, bounded, query))
    elif release.state == Release.State.DRAWING:
        building.end(release, lease, Release.State.SPENT, "draw_interrupted")
    else:
        lease.finish()


def bounded_of(release: Release, query: Query, choose: Choose) -> pl.DataFrame:
    """Return the bounded driver table of the whole cohort (contributions.bound_table).

    Drivers become numbers in the order of their ids; a driver whose uploads lie in several parts
    is one driver again here, before anything is clipped.
    """
    tables = [table for table in map(_table, release.parts.order_by("number")) if table.width]
    if not tables:
        return contributions.bound({}, query, choose)
    whole = contributions.merge(tables, by=[DRIVER])
    numbered = whole.with_columns(pl.col(DRIVER).rank("dense").cast(pl.Int64) - 1)
    return contributions.bound_table(numbered, query, choose)


def _table(part: BuildPart) -> pl.DataFrame:
    """Return a part's sums; made again when an upload was erased since, or nobody can read them."""
    is_whole = len(building.living(part)) == len(part.uploads)
    try:
        if is_whole:
            return parting.read(part)
    except Unreadable as error:
        logger.warning("part_made_again part=%s reason=%s", part.id, error.code)
    return building.sums_of(part)


def _draw(release: Release, bounded: pl.DataFrame, query: Query) -> Drawn:
    answering.pass_the_fence(release)
    return drawing.draw(bounded, query)


def _choose(of: int, take: int) -> list[int]:
    """Return which of a driver's groups are kept: uniform, by the system's randomness."""
    return sorted(secrets.SystemRandom().sample(range(of), take))
