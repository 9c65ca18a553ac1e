"""The error a release will have, told from the question and the cohort before anything is spent."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from anonymize.domain.accounting import scale_of
from anonymize.domain.cells import Layout, Weights, layout_of
from anonymize.domain.contributions import RESOLUTION
from anonymize.domain.intervals import Z_95
from anonymize.domain.queries import DRIVERS, MAX_RHO_MICRO, Query
from protocol import canonical

Verdict = Literal["useful", "coarse", "refused"]

USEFUL_SHARE = 1 / 8
"""A figure is useful when its 95% half width is at most this part of its whole range."""

COARSE_SHARE = 1 / 3
"""Beyond this part of the range a figure says nothing worth a driver's privacy."""

_LIKELY_MEAN = 0.5
_SIGNIFICANT = 4


@dataclass(frozen=True)
class ColumnPromise:
    """Half widths of the 95% interval of one column, in its unit.

    whole: the row for all data; group: a group of the even size; most: at worst, at that size.
    share: `group` as a part of the column's whole range.
    """

    column: str
    unit: str
    whole: float
    group: float
    most: float
    share: float

    def to_dict(self) -> dict[str, object]:
        """Return the promise as JSON; numbers as decimal strings."""
        return {
            "column": self.column,
            "unit": self.unit,
            "interval_95_half_width": {
                "all": _text(self.whole),
                "group": _text(self.group),
                "at_most": _text(self.most),
            },
        }


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
    drivers, each in l0 groups; `half_widths` tells other sizes. A mean is taken to lie half way
    between the middle of its clamp range and an end, a share to be an even one; the realised
    width of a mean then lies between 0.89 and 1.27 of the promise, and `most` is never passed at
    that size. Near 0 and 1 intervals of shares are cut off and so narrower than promised.
    """
    layout = layout_of(query)
    per_group = _per_group(layout, drivers)
    columns = tuple(_columns(layout, drivers, per_group))
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
    layout = layout_of(query)
    return {one.column: one.group for one in _columns(layout, drivers, drivers)}


def _per_group(layout: Layout, drivers: int) -> int:
    if layout.grouped is None:
        return drivers
    return drivers * layout.grouped.touched // layout.grouped.groups


def _columns(layout: Layout, drivers: int, per_group: int) -> Iterator[ColumnPromise]:
    query = layout.query
    scale = scale_of(sensitivity=layout.sensitivity, rho_micro=query.rho_micro) / RESOLUTION
    whole = layout.whole.weights
    group = whole if layout.grouped is None else layout.grouped.weights
    sizes = _Sizes(scale, whole, group, max(drivers, 1), max(per_group, 1))
    yield ColumnPromise(
        column=DRIVERS,
        unit="drivers",
        whole=Z_95 * scale / whole.count,
        group=Z_95 * scale / group.count,
        most=Z_95 * scale / group.count,
        share=0.0,
    )
    for mean in query.means:
        yield sizes.promise(mean.name, mean.signal.unit, mean.half, 2 * mean.half, _LIKELY_MEAN)
    for histogram in query.histograms:
        for name in histogram.column_names:
            yield sizes.promise(name, "share", 1.0, 1.0, 1 / histogram.bins, is_share=True)


@dataclass(frozen=True)
class _Sizes:
    """Noise per unit weight, the weights of both levels, and how many drivers each row holds."""

    scale: float
    whole_weights: Weights
    group_weights: Weights
    whole: int
    group: int

    def promise(
        self,
        column: str,
        unit: str,
        factor: float,
        span: float,
        at: float,
        *,
        is_share: bool = False,
    ) -> ColumnPromise:
        """Promise one column. factor: the unit in one; span: its range; at: the likely ratio."""

        def width(weights: Weights, drivers: int, ratio: float) -> float:
            own = weights.bin if is_share else weights.mean
            noise = sqrt(1 / own**2 + (ratio / weights.count) ** 2)
            return factor * Z_95 * self.scale * noise / drivers

        group = width(self.group_weights, self.group, at)
        return ColumnPromise(
            column=column,
            unit=unit,
            whole=width(self.whole_weights, self.whole, at),
            group=group,
            most=width(self.group_weights, self.group, 1.0),
            share=group / span,
        )


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
    needed = int(query.rho_micro * (worst / USEFUL_SHARE) ** 2) + 1
    if per_group >= query.min_cohort and needed <= MAX_RHO_MICRO:
        return {"rho_micro": needed}
    if not query.group_by:
        return None
    fewer = [{"key": key.key, "domain": list(key.domain)} for key in query.group_by[:-1]]
    return {"group_by": fewer}


def _text(value: float) -> str:
    return canonical.decimal_text(float(f"{value:.{_SIGNIFICANT}g}"))
