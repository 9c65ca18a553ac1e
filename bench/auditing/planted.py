"""Sensitivity bugs, planted on purpose: what the audit would say had we made them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt
from unittest.mock import patch

import numpy as np
import polars as pl

from anonymize.domain import accounting, cells, contributions, joint, parts, ranging, splitting
from anonymize.domain.cells import Layout
from anonymize.domain.parts import Part
from anonymize.domain.prefix import Floats, Ints
from anonymize.domain.questions import Query
from anonymize.domain.splitting import Range
from bench.auditing import worst
from bench.auditing.guessing import Pair

RHO_MICRO = 250_000
CHARGED_MU = accounting.mu_of(RHO_MICRO)

_QUERY = worst.question([worst.MEAN], group_by=[worst.HOURS], l0=2, rho_micro=RHO_MICRO)
_CANARY = [worst.sessions((10**6, 1), (10**6, 9)), worst.sessions((10**6, 2), (10**6, 10))]
"""One driver's data in two files, each of which touches both groups that a driver may touch."""


@dataclass(frozen=True)
class Bug:
    """A bug: what was done wrong, and the steps of a release that has it, at its worst data.

    games: how many show it to a guesser; none where the loss is passed by so little that only the
    exact sum shows it.
    """

    told: str
    steps: tuple[Pair, ...]
    games: int = 4_000

    @property
    def over(self) -> float:
        """The exact Gaussian parameter of all steps over the one that was charged."""
        return sqrt(sum(step.mu**2 for step in self.steps)) / CHARGED_MU


class Trusting(Layout):
    """A layout that does not measure what drivers add: the audit must not need that guard."""

    @cached_property
    def squared(self) -> int:
        """More than anybody adds."""
        return 2**62


def right() -> Bug:
    """Return the same release without a bug."""
    return Bug("nothing", (_pair(_layout().sensitivity),))


def one_group_charged() -> Bug:
    """Two groups may be touched, noise is made for one."""
    layout = _layout()
    one = tuple(replace(part, touched=1) for part in layout.parts)
    pair = _pair(replace(layout, parts=one).sensitivity)
    return Bug("two groups touched, one charged", (pair,), games=26_000)


def not_clamped() -> Bug:
    """A mean counts as it is, wherever it lies."""

    def wild(part: Part, rows: pl.DataFrame, _groups: Ints) -> np.ndarray:
        kwh = (rows["sum_energy_wh"] / rows["rows"] / 1000).to_numpy()
        return np.asarray((kwh - part.centre[0]) / part.half)

    with patch.object(parts, "own_means", wild):
        return Bug("values not clamped", (_pair(_layout().sensitivity),))


def clipped_before_merging() -> Bug:
    """Each of a driver's files is bounded as if it were a driver."""
    table = _bounded({str(number): [one] for number, one in enumerate(_CANARY)})
    return Bug("a driver's parts clipped before they are merged", (_pair(None, table),))


def counts_forgotten() -> Bug:
    """The cells that count drivers are left out of the bound."""
    layout = _layout()
    kept = [place for place, part in enumerate(layout.parts) if part.shape != "drivers"]
    less = replace(
        layout,
        parts=tuple(layout.parts[place] for place in kept),
        weights=tuple(layout.weights[place] for place in kept),
    )
    return Bug("count cells left out of the bound", (_pair(less.sensitivity),), games=26_000)


def noise_for_half() -> Bug:
    """The bound is taken for that of replaced data, and halved."""
    return Bug("added taken for replaced: noise for half", (_pair(_layout().sensitivity / 2),))


def wrong_unit() -> Bug:
    """Thousandths of rho are handed over as millionths."""
    pair = replace(_pair(_layout().sensitivity), rho_micro=RHO_MICRO * 1_000)
    return Bug("rho in thousandths where millionths are meant", (pair,))


def clamped_one_by_one() -> Bug:
    """Rows that are bounded together are each clamped alone, and mixed after that."""

    def alone(values: Floats, _owners: Ints, _groups: Ints, columns: int, _most: int) -> Ints:
        return np.rint(np.clip(values, -1, 1) * joint.units(columns)).astype(np.int64)

    query = worst.question(
        [{**worst.MEAN, "range": "dp"}],
        group_by=[worst.MODELS, worst.HOURS],
        l0=2,
        l0_first=1,
        rho_micro=RHO_MICRO,
    )
    centres = (20.0,) * len(query.groups)
    about = splitting.part_of(query, 0, contributions.CROSS, centre=centres, half=10.0)
    part = replace(about, mixed=3)
    layout = cells.layout_of_shares(query, [(part, 1.0)])
    table = _bounded({"0": [worst.sessions((0, 1), (40_000, 9))]}, query)
    with patch.object(joint, "scaled", alone):
        pair = Pair(*_vectors(layout, table), layout.sensitivity, RHO_MICRO)
    return Bug("rows bounded together, clamped one by one", (pair,))


def largest_cell() -> Bug:
    """The largest number that a driver adds is taken for the length of all of them."""
    query = worst.question([worst.VARIANCE], rho_micro=RHO_MICRO)
    layout = cells.layout_of(query)
    one, other = _vectors(layout, _bounded({"0": _CANARY}, query))
    return Bug("the largest cell taken for the length", (_step(one, other, (other - one).max()),))


def range_for_free() -> Bug:
    """The step that buys a range is drawn, and the figures cost the whole loss as well."""
    query = worst.question([{**worst.MEAN, "range": "dp"}], rho_micro=RHO_MICRO)
    table = _bounded({"0": [worst.sessions((0, 1))]}, query)
    spent = splitting.range_micro(query)
    first = cells.layout_of_shares(query, [(ranging.range_part(query, 0), 1.0)])
    second = cells.layout_of_shares(query, splitting.shares(query, {0: Range((30.0,), 5.0)}))
    steps = tuple(
        Pair(*_vectors(layout, table), layout.sensitivity, rho_micro)
        for layout, rho_micro in ((first, spent), (second, RHO_MICRO))
    )
    return Bug("the step that buys a range is not charged", steps, games=0)


BUGS: Mapping[str, Callable[[], Bug]] = {
    bug.__name__: bug
    for bug in (
        one_group_charged,
        not_clamped,
        clipped_before_merging,
        counts_forgotten,
        noise_for_half,
        wrong_unit,
        clamped_one_by_one,
        largest_cell,
        range_for_free,
    )
}


def _layout() -> Layout:
    return cells.layout_of(_QUERY)


def _pair(sensitivity: float | None, table: pl.DataFrame | None = None) -> Pair:
    layout = _layout()
    table = _bounded({"0": _CANARY}) if table is None else table
    return Pair(*_vectors(layout, table), sensitivity or layout.sensitivity, RHO_MICRO)


def _step(one: Ints, other: Ints, sensitivity: float) -> Pair:
    return Pair(one, other, float(sensitivity), RHO_MICRO)


def _vectors(layout: Layout, table: pl.DataFrame) -> tuple[Ints, Ints]:
    """Nobody's vector, and that of a table, made without the guard that would stop the bug."""
    trusting = Trusting(layout.query, layout.parts, layout.weights)
    nobody, somebody = (
        np.array(cells.encode(rows, trusting), dtype=np.int64) for rows in (table.clear(), table)
    )
    return nobody, somebody


def _bounded(drivers: Mapping[str, list[pl.DataFrame]], query: Query = _QUERY) -> pl.DataFrame:
    merged = {
        name: contributions.merge([contributions.partials(frame, query) for frame in frames])
        for name, frames in drivers.items()
    }
    return contributions.bound(merged, query, lambda _of, take: list(range(take)))
