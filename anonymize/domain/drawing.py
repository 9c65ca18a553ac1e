"""Answer a question: every step's vector, its noise, and the table; the whole loss is the sum."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from anonymize.domain import cells, estimates, mechanisms, ranging, splitting
from anonymize.domain.cells import Layout
from anonymize.domain.contributions import SECOND
from anonymize.domain.estimates import Estimated, Found
from anonymize.domain.measured import Measured, read
from anonymize.domain.mechanisms import Noised
from anonymize.domain.parts import Part
from anonymize.domain.questions import Query
from anonymize.domain.splitting import Range, Shares
from anonymize.domain.statistics import Mean

Noise = Callable[..., Noised]
"""mechanisms.noise, or what stands for it in a measurement of the estimates."""


@dataclass(frozen=True)
class Step:
    """One noisy vector: how it was laid out, and what came out."""

    layout: Layout
    noised: Noised


@dataclass(frozen=True)
class Drawn:
    """A whole answer. Its loss is the sum of its steps', whatever each was made of.

    ranges: those that were bought, by name of the statistic; they come from noisy numbers alone.
    """

    steps: tuple[Step, ...]
    estimated: Estimated
    ranges: Mapping[str, Range]

    @property
    def rho_micro_spent(self) -> int:
        """What all steps cost together, millionths of rho."""
        return sum(step.noised.rho_micro_spent for step in self.steps)


def draw(bounded: pl.DataFrame, query: Query, *, noise: Noise = mechanisms.noise) -> Drawn:
    """Return the answer to a question over a bounded driver table.

    Unit: one driver. Bound: each step's own (cells.Layout.sensitivity). Loss: rho of all steps
    together, at most the question's. Why: a step's centres and ranges come from the noisy numbers
    of earlier steps, so given those each step is one Gaussian release; zero-concentrated losses
    add up under such adaptive composition (Bun and Steinke 2016, lemma 2.3), and so do the squares
    of Gaussian mu.

    Raises ValueError when a bound is passed or the loss would be more than was asked.
    """
    run = Run(cells.levels_of(bounded), query, noise)
    if not any(mean.is_bought for mean in query.means):
        run.step(splitting.shares(query), query.rho_micro)
    else:
        buy_ranges(run)
    if sum(step.noised.rho_micro_spent for step in run.steps) > query.rho_micro:
        raise ValueError("the steps cost more than was asked")
    ranges = {query.statistics[index].name: own for index, own in run.ranges.items()}
    return Drawn(tuple(run.steps), estimates.table_of(query, run.found.values()), ranges)


@dataclass
class Run:
    """The steps so far, and what they measured."""

    levels: cells.Levels
    query: Query
    noise: Noise
    steps: list[Step] = field(default_factory=list)
    found: Found = field(default_factory=dict)
    ranges: dict[int, Range] = field(default_factory=dict)

    def step(self, shares: Shares, rho_micro: int) -> list[Measured]:
        """Draw one vector and keep its figures."""
        layout = cells.layout_of_shares(self.query, shares)
        vector = cells.encode_levels(self.levels, layout)
        noised = self.noise(vector, sensitivity=layout.sensitivity, rho_micro=rho_micro)
        self.steps.append(Step(layout, noised))
        measured = list(read(noised, layout))
        for one in measured:
            self.found[one.part.index, one.part.level] = one
        return measured


def buy_ranges(run: Run) -> None:
    """Buy the ranges first, then the figures; with two keys, coarse levels before the groups."""
    query = run.query
    bought = [
        i for i, one in enumerate(query.statistics) if isinstance(one, Mean) and one.is_bought
    ]
    spent = splitting.range_micro(query)
    for one in run.step(_even([ranging.range_part(query, i) for i in bought]), spent):
        run.ranges[one.part.index or 0] = ranging.bought(query, one)
    run.found.clear()
    if splitting.is_staged(query):
        _in_stages(run)
    else:
        run.step(splitting.shares(query, run.ranges), query.rho_micro - spent)


def _in_stages(run: Run) -> None:
    """Coarse levels; then the spread about the centres that they show; then the groups."""
    query = run.query
    outline, groups = splitting.staged(query, run.ranges)
    costs = splitting.staged_micro(query, outline, groups)
    run.step(outline, costs.outline)
    shown = {key: one for key, one in run.found.items() if key[1] != SECOND}
    deep = [i for i in run.ranges if query.statistics[i].depth == "group"]
    about = {i: ranging.centres(i, run.ranges[i], run.found) for i in deep}
    spread = [ranging.lengths_part(query, i, about[i]) for i in deep]
    for one in run.step(_even(spread), costs.spread):
        index = one.part.index or 0
        about[index] = ranging.narrowed(about[index], one)
    run.found = shown
    mixed = len(query.group_by[1].domain)
    run.step([(_about(part, about, mixed), share) for part, share in groups], costs.groups)


def _about(part: Part, about: dict[int, Range], mixed: int) -> Part:
    if part.index not in about:
        return part
    own = about[part.index]
    return replace(part, centre=own.centre, half=own.half, mixed=mixed)


def _even(parts: list[Part]) -> Shares:
    return [(part, 1.0) for part in parts]
