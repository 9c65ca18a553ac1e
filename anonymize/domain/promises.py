"""The error a release will have, told from the question and the cohort before anything is spent."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from anonymize.domain import bettering, splitting, telling, widths, worth
from anonymize.domain.questions import DRIVERS, Query
from anonymize.domain.worth import COARSE_SHARE, USEFUL_SHARE, Verdict
from protocol import canonical

__all__ = ["COARSE_SHARE", "USEFUL_SHARE", "Verdict"]

_SIGNIFICANT = 4


@dataclass(frozen=True)
class ColumnPromise:
    """Half widths of the 95% interval of one column, in its unit.

    whole: the row for all data; first: a value of the first key, where it has rows of its own;
    group: the deepest rows that show it, of the even size; most: at worst, at that size.
    share: `group` as a part of the column's whole range.
    """

    column: str
    unit: str
    whole: float
    first: float | None
    group: float
    most: float
    share: float

    def to_dict(self) -> dict[str, object]:
        """Return the promise as JSON; numbers as decimal strings."""
        told: dict[str, object] = {"all": _text(self.whole)}
        if self.first is not None:
            told["first"] = _text(self.first)
        told |= {"group": _text(self.group), "at_most": _text(self.most)}
        return {"column": self.column, "unit": self.unit, "interval_95_half_width": told}


@dataclass(frozen=True)
class Promise:
    """What a release will be worth. drivers_per_group: when drivers spread evenly over groups.

    drivers_for_useful: the least cohort that makes the question useful as it stands; None where
    none does. suggestion: a change of the spec that has a better verdict over these drivers.
    """

    drivers: int
    groups: int
    drivers_per_group: int
    drivers_for_useful: int | None
    columns: tuple[ColumnPromise, ...]
    verdict: Verdict
    suggestion: dict[str, object] | None

    def to_dict(self) -> dict[str, object]:
        """Return the promise as JSON; numbers as integers or decimal strings."""
        return {
            "verdict": self.verdict,
            "drivers": self.drivers,
            "groups": self.groups,
            "drivers_per_group": self.drivers_per_group,
            "drivers_for_useful": self.drivers_for_useful,
            "columns": [column.to_dict() for column in self.columns],
            "suggestion": self.suggestion,
        }


@lru_cache(maxsize=512)
def promise(query: Query, drivers: int) -> Promise:
    """Return the expected 95% half widths of a release over this many drivers.

    Uses the question and the cohort size only. A group is taken to hold an even part of the
    drivers, each in l0 groups; `half_widths` tells other sizes. What else is taken to hold stands
    in `widths`: where a mean lies in its range, how steep a CDF is. `expected` in the question
    tells it better. Near the ends of a range intervals are cut off and so narrower than promised.
    """
    sizes = widths.even_sizes(query, drivers)
    per_group = sizes[max(sizes)]
    columns = tuple(_columns(query, sizes, drivers))
    found = worth.worth_of(query, drivers, max(column.share for column in columns))
    return Promise(
        drivers=drivers,
        groups=len(query.groups),
        drivers_per_group=per_group,
        columns=columns,
        drivers_for_useful=bettering.drivers_for_useful(query),
        verdict=found.verdict,
        suggestion=bettering.better(query, drivers),
    )


def half_widths(query: Query, drivers: int, *, cohort: int | None = None) -> dict[str, float]:
    """Return the expected 95% half width of each column in a group of this many drivers.

    cohort: all drivers of the release; so many that groups are even, unless told.
    """
    levels = splitting.levels_of(query)
    deepest = max(splitting.shown_levels(query))
    whole = cohort or drivers * levels[deepest][0] // levels[deepest][1]
    sizes = dict.fromkeys(widths.even_sizes(query, whole), drivers)
    return {one.column: one.group for one in _columns(query, sizes, whole)}


def _columns(query: Query, sizes: dict[int, int], drivers: int) -> Iterator[ColumnPromise]:
    plan = widths.expected(query, drivers)
    counts = [widths.of_drivers(plan, level) for level in sorted(sizes)]
    yield _column(DRIVERS, "drivers", counts, counts[-1], 0.0)
    for index, one in enumerate(query.statistics):
        levels = [level for level in sorted(sizes) if (index, level) in plan]
        deepest = levels[-1]
        found = [widths.of_figures(plan[index, at], sizes[at]) for at in levels]
        worst = widths.of_figures(plan[index, deepest], sizes[deepest], at_most=True)
        span = widths.span(plan[index, deepest].part, sizes[deepest])
        for place, name in enumerate(one.column_names):
            halves = [level[place] for level in found]
            unit = telling.unit_of(one)
            yield _column(name, unit, halves, worst[place], halves[-1] / span)


def _column(name: str, unit: str, found: list[float], most: float, share: float) -> ColumnPromise:
    first = found[1] if len(found) > 2 else None  # noqa: PLR2004  # all, first, group
    return ColumnPromise(name, unit, found[0], first, found[-1], max(most, found[-1]), share)


def _text(value: float) -> str:
    return canonical.decimal_text(float(f"{value:.{_SIGNIFICANT}g}"))
