"""The error a release will have, told from the question and the cohort before anything is spent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from anonymize.domain import telling, widths
from anonymize.domain.queries import MAX_RHO_MICRO
from anonymize.domain.questions import DRIVERS, Query
from protocol import canonical

Verdict = Literal["useful", "coarse", "refused"]

USEFUL_SHARE = 1 / 8
"""A figure is useful when its 95% half width is at most this part of its whole range."""

COARSE_SHARE = 1 / 3
"""Beyond this part of the range a figure says nothing worth a driver's privacy."""

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
    """What a release will be worth. drivers_per_group: when drivers spread evenly over groups."""

    drivers: int
    groups: int
    drivers_per_group: int
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
            "columns": [column.to_dict() for column in self.columns],
            "suggestion": self.suggestion,
        }


def promise(query: Query, drivers: int) -> Promise:
    """Return the expected 95% half widths of a release over this many drivers.

    Uses the question and the cohort size only. A group is taken to hold an even part of the
    drivers, each in l0 groups; `half_widths` tells other sizes. What else is taken to hold stands
    in `widths`: where a mean lies in its range, how steep a CDF is. `expected` in the question
    tells it better. Near the ends of a range intervals are cut off and so narrower than promised.
    """
    sizes = widths.even_sizes(query, drivers)
    per_group = sizes[max(sizes)]
    columns = tuple(_columns(query, sizes))
    verdict = _verdict(query, columns, per_group)
    return Promise(
        drivers=drivers,
        groups=len(query.groups),
        drivers_per_group=per_group,
        columns=columns,
        verdict=verdict,
        suggestion=None if verdict == "useful" else _suggestion(query, columns, per_group),
    )


def half_widths(query: Query, drivers: int) -> dict[str, float]:
    """Return the expected 95% half width of each column in a group of this many drivers."""
    sizes = dict.fromkeys(widths.even_sizes(query, drivers), drivers)
    return {one.column: one.group for one in _columns(query, sizes)}


def _columns(query: Query, sizes: dict[int, int]) -> Iterator[ColumnPromise]:
    plan = widths.expected(query)
    counts = [widths.of_drivers(plan, level) for level in sorted(sizes)]
    yield _column(DRIVERS, "drivers", counts, counts[-1], 0.0)
    for index, one in enumerate(query.statistics):
        levels = [level for level in sorted(sizes) if (index, level) in plan]
        for place, name in enumerate(one.column_names):
            found = [widths.of_figure(plan, index, at, place, sizes[at]) for at in levels]
            worst = widths.of_figure(
                plan, index, levels[-1], place, sizes[levels[-1]], at_most=True
            )
            span = widths.span(plan[index, levels[-1]].part, sizes[levels[-1]])
            yield _column(name, telling.unit_of(one), found, worst, found[-1] / span)


def _column(name: str, unit: str, found: list[float], most: float, share: float) -> ColumnPromise:
    first = found[1] if len(found) > 2 else None  # noqa: PLR2004  # all, first, group
    return ColumnPromise(name, unit, found[0], first, found[-1], max(most, found[-1]), share)


def _verdict(query: Query, columns: tuple[ColumnPromise, ...], per_group: int) -> Verdict:
    worst = max(column.share for column in columns)
    if per_group < query.min_cohort or worst > COARSE_SHARE:
        return "refused"
    return "useful" if worst <= USEFUL_SHARE else "coarse"


def _suggestion(
    query: Query, columns: tuple[ColumnPromise, ...], per_group: int
) -> dict[str, object] | None:
    """Return a change that would make the question useful: more loss, or fewer groups."""
    worst = max(column.share for column in columns)
    if per_group >= query.min_cohort and worst * query.rho_micro**0.5 <= _LEAST_SHARE:
        return {"rho_micro": _enough(query, worst)}
    if len(query.group_by) == 1:
        return {"group_by": []}
    first = query.group_by[0] if query.group_by else None
    if first is None or first.edges or query.has_first:
        return None
    return {"group_by": [{"key": first.key, "domain": list(first.domain)}]}


_LEAST_SHARE = USEFUL_SHARE * MAX_RHO_MICRO**0.5


def _enough(query: Query, worst: float) -> int:
    """How much loss makes the worst figure useful; a hair more, for rounded weights."""
    asked = query.rho_micro * (worst / USEFUL_SHARE) ** 2
    return min(int(asked * 1.02) + 1, MAX_RHO_MICRO)


def _text(value: float) -> str:
    return canonical.decimal_text(float(f"{value:.{_SIGNIFICANT}g}"))
