"""Parts of a cell vector: one statistic at one level, its bound, and what each driver adds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from anonymize.domain import joint, prefix
from anonymize.domain.contributions import DRIVER, ROWS
from anonymize.domain.prefix import RESOLUTION, Floats, Ints
from anonymize.domain.signals import Signal
from anonymize.domain.statistics import (
    CDF_BINS,
    Count,
    Histogram,
    Mean,
    Quantiles,
    Rate,
    Statistic,
    Sum,
    Variance,
)

Shape = Literal["drivers", "value", "moments", "total", "ratio", "shares", "cdf", "lengths"]


@dataclass(frozen=True)
class Part:
    """One statistic at one level of the vector.

    groups: blocks of cells. touched: rows one driver may have here. centre: what counts as the
    middle, one per group, or one for all; half: how far from it a value counts; both in the
    signal's unit. index: the statistic's place in the question; None for the number of drivers.
    mixed: the second key's values, where the rows of one
    driver are bounded together (joint); 0 where each is clamped alone.
    """

    shape: Shape
    level: int
    groups: int
    touched: int
    index: int | None = None
    statistic: Statistic | None = None
    centre: tuple[float, ...] = (0.0,)
    half: float = 1.0
    mixed: int = 0

    @property
    def width(self) -> int:
        """Cells in one block."""
        if isinstance(self.statistic, Histogram):
            return self.statistic.bins
        return {"moments": 2, "ratio": 2, "cdf": CDF_BINS, "lengths": CDF_BINS}.get(self.shape, 1)

    @property
    def blocks(self) -> int:
        """How many blocks of cells it has."""
        return 1 if self.shape == "lengths" else self.groups

    @property
    def row_bound_squared(self) -> int:
        """The largest squared length of what one row of one driver adds, before its weight.

        drivers, value, total: one number within -1..1 (times RESOLUTION). moments: x and 2x^2-1
        with x in -1..1, both within -1..1, together at most 2. ratio: two numbers in 0..1, at most
        2. shares: not negative and summing to 1, so their squares sum to at most 1. cdf, lengths:
        one column of the factor.
        """
        if self.shape in {"cdf", "lengths"}:
            return prefix.bound_squared(CDF_BINS)
        return RESOLUTION**2 * (2 if self.shape in {"moments", "ratio"} else 1)

    @property
    def bound_squared(self) -> int:
        """The largest squared length of what one driver adds, before the weight.

        Rows of one driver stand in different blocks, so squares add up; mixed rows are scaled
        together to no more than that. A driver has one length.
        """
        return self.row_bound_squared * (1 if self.shape == "lengths" else self.touched)


def own_means(part: Part, rows: pl.DataFrame, groups: Ints) -> Floats:
    """Return each row's own mean as a signed share of half the range about the centre: -1..1."""
    return np.clip(_unbounded(part, rows, groups), -1.0, 1.0)


def _unbounded(part: Part, rows: pl.DataFrame, groups: Ints) -> Floats:
    signal = _signal(part)
    own = rows[f"sum_{signal.column}"].to_numpy() / rows[ROWS].to_numpy() / signal.per_unit
    centre = np.array(part.centre)
    middle = centre[groups] if centre.size > 1 else centre
    found: Floats = (own - middle) / part.half
    return found


def bins_of(part: Part, rows: pl.DataFrame, groups: Ints) -> Ints:
    """Return the bin of each row's own mean."""
    if part.shape == "lengths":
        share = _lengths(part, rows, groups)
    else:
        share = (own_means(part, rows, groups) + 1) / 2
    place = np.floor(share * CDF_BINS)
    found: Ints = np.clip(place, 0, CDF_BINS - 1).astype(np.int64)
    return found


def _lengths(part: Part, rows: pl.DataFrame, groups: Ints) -> Floats:
    """The length of each row's driver, against the most that a driver may have."""
    rest = _unbounded(part, rows, groups)
    found = joint.lengths(rest, rows[DRIVER].to_numpy(), groups, part.mixed)
    return np.asarray(found / np.sqrt(part.touched))


def features(part: Part, rows: pl.DataFrame, groups: Ints) -> Ints:
    """Return what each row adds, before its weight: whole numbers, one line per row.

    Every shape but cdf, whose rows are told by their bin (bins_of). Nothing beyond the bound can
    come out, whatever stands in the rows: values are clamped here, and rounded after that.
    """
    return _SHAPES[part.shape](part, rows, groups)


def _drivers(_part: Part, rows: pl.DataFrame, _groups: Ints) -> Ints:
    return np.full((rows.height, 1), RESOLUTION, dtype=np.int64)


def _value(part: Part, rows: pl.DataFrame, groups: Ints) -> Ints:
    if part.mixed:
        rest, owners = _unbounded(part, rows, groups), rows[DRIVER].to_numpy()
        return joint.scaled(rest, owners, groups, part.mixed, part.touched)[:, None]
    return _whole(own_means(part, rows, groups)[:, None])


def _moments(part: Part, rows: pl.DataFrame, groups: Ints) -> Ints:
    own = own_means(part, rows, groups)
    return _whole(np.stack([own, 2 * own**2 - 1], axis=1))


def _total(part: Part, rows: pl.DataFrame, _groups: Ints) -> Ints:
    one = part.statistic
    if isinstance(one, Count):
        own = rows[ROWS].to_numpy().astype(np.float64)
    else:
        signal = _signal(part)
        own = rows[f"sum_{signal.column}"].to_numpy() / signal.per_unit
    if not isinstance(one, Count | Sum):
        raise TypeError("only sums and counts have a total")
    low, high = float(one.clamp.low), float(one.clamp.high)
    return _whole((np.clip(own, low, high) / one.clamp.reach)[:, None])


def _ratio(part: Part, rows: pl.DataFrame, _groups: Ints) -> Ints:
    rate = part.statistic
    if not isinstance(rate, Rate):
        raise TypeError("only a rate has two totals")
    sides = []
    for signal, clamp in ((rate.signal, rate.clamp), (rate.per, rate.per_clamp)):
        own = rows[f"sum_{signal.column}"].to_numpy() / signal.per_unit
        sides.append(np.clip(own, float(clamp.low), float(clamp.high)) / clamp.reach)
    return _whole(np.stack(sides, axis=1))


def _shares(part: Part, rows: pl.DataFrame, _groups: Ints) -> Ints:
    """Differences of rounded-down running shares, so they are not negative and sum exactly."""
    counts = rows.select(f"bin_{part.index}_{place}" for place in range(part.width)).to_numpy()
    running = np.cumsum(np.maximum(counts, 0), axis=1).astype(np.int64)
    running = running * RESOLUTION // np.maximum(running[:, -1:], 1)
    found: Ints = np.diff(running, axis=1, prepend=0)
    return found


def _whole(shares: Floats) -> Ints:
    found: Ints = np.rint(shares * RESOLUTION).astype(np.int64)
    return found


def _signal(part: Part) -> Signal:
    one = part.statistic
    if isinstance(one, Mean | Variance | Quantiles | Sum):
        return one.signal
    raise TypeError("this statistic has no signal of its own")


_SHAPES: Mapping[str, Callable[[Part, pl.DataFrame, Ints], Ints]] = {
    "drivers": _drivers,
    "value": _value,
    "moments": _moments,
    "total": _total,
    "ratio": _ratio,
    "shares": _shares,
}
