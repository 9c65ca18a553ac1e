"""Expected 95% half widths of figures, from the question and group sizes alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, sqrt

from scipy.special import ndtri

from anonymize.domain import cells, prefix, splitting
from anonymize.domain.accounting import scale_of
from anonymize.domain.contributions import CROSS
from anonymize.domain.intervals import Z_90, Z_95
from anonymize.domain.parts import Part
from anonymize.domain.prefix import RESOLUTION
from anonymize.domain.questions import Query
from anonymize.domain.splitting import Range, Shares
from anonymize.domain.statistics import (
    CDF_BINS,
    Clamp,
    Count,
    Histogram,
    Mean,
    Quantiles,
    Rate,
    Sum,
)

_LIKELY_MEAN = 0.5
"""Where a mean is taken to lie: half way between the middle of its range and an end."""

_LIKELY_CENTRED = 0.15
"""The same about a middle that was bought."""

_SD_IN_RANGE = 2.3
"""Standard deviations in half a bought range (ranging)."""

_WITHIN_GROUPS = 0.62
"""The range about groups' own centres, against that of all data."""


@dataclass(frozen=True)
class Expected:
    """A part as it will be bought, and its noise per cell, in drivers; the same of its count."""

    part: Part
    sd: float
    count_sd: float


Plan = Mapping[tuple[int | None, int], Expected]


def expected(query: Query) -> Plan:
    """Return every part that a release will show, with its noise."""
    ranges = {
        index: _likely_range(one)
        for index, one in enumerate(query.statistics)
        if isinstance(one, Mean) and one.is_bought
    }
    found: dict[tuple[int | None, int], tuple[Part, float]] = {}
    for shares, rho_micro in _steps(query, ranges):
        layout = cells.layout_of_shares(query, shares)
        scale = scale_of(sensitivity=layout.sensitivity, rho_micro=rho_micro)
        for part, weight, _ in layout.places():
            unit = weight * (1 if part.shape == "cdf" else RESOLUTION)
            found[part.index, part.level] = (part, scale / unit)
    return {
        (index, level): Expected(part, sd, found[None, level][1])
        for (index, level), (part, sd) in found.items()
        if level in splitting.shown_levels(query)
    }


def even_sizes(query: Query, drivers: int) -> dict[int, int]:
    """Return how many drivers a group of each level holds when they spread evenly."""
    levels = splitting.levels_of(query)
    shown = splitting.shown_levels(query)
    return {at: drivers * levels[at][1] // levels[at][0] for at in shown}


def of_drivers(plan: Plan, level: int) -> float:
    """Return the half width of the number of drivers."""
    return Z_95 * plan[None, level].sd


def of_figure(
    plan: Plan, index: int, level: int, column: int, drivers: int, *, at_most: bool = False
) -> float:
    """Return the half width of one column of a statistic in a group of so many drivers."""
    one, size = plan[index, level], max(drivers, 1)
    part, statistic = one.part, one.part.statistic
    if isinstance(statistic, Quantiles):
        return _of_quantile(one, statistic, float(statistic.at[column]), size)
    if isinstance(statistic, Sum | Count):
        return Z_95 * one.sd * statistic.clamp.reach
    if isinstance(statistic, Rate):
        unit = statistic.clamp.reach / statistic.per_clamp.reach * float(statistic.amount)
        return unit * _of_ratio(one.sd, one.sd, size / 2, 1.0 if at_most else _LIKELY_MEAN)
    if part.shape == "moments":
        return part.half**2 * _of_variance(one, size)
    ratio = 1.0 if at_most else _likely_ratio(part)
    factor = 1.0 if part.shape == "shares" else part.half
    return factor * _of_ratio(one.sd, one.count_sd, size, ratio)


def span(part: Part, drivers: int) -> float:
    """Return the whole range of a figure, in its unit."""
    one = part.statistic
    if isinstance(one, Sum | Count):
        return one.clamp.reach * max(drivers, 1)
    if isinstance(one, Rate):
        return one.clamp.reach / one.per_clamp.reach * float(one.amount)
    if part.shape == "moments":
        return part.half**2
    return 1.0 if isinstance(one, Histogram) else 2 * part.half


def _steps(query: Query, ranges: Mapping[int, Range]) -> list[tuple[Shares, int]]:
    if not ranges:
        return [(splitting.shares(query), query.rho_micro)]
    if not splitting.is_staged(query):
        left = query.rho_micro - splitting.range_micro(query)
        return [(splitting.shares(query, ranges), left)]
    outline, groups = splitting.staged(query, ranges)
    costs = splitting.staged_micro(query, outline, groups)
    narrow = [
        (_narrowed(part), share) if part.index in ranges else (part, share)
        for part, share in groups
    ]
    return [(outline, costs.outline), (narrow, costs.groups)]


def _narrowed(part: Part) -> Part:
    return Part(
        part.shape,
        CROSS,
        part.groups,
        part.touched,
        part.index,
        part.statistic,
        half=part.half * _WITHIN_GROUPS,
    )


def _likely_range(mean: Mean) -> Range:
    """The range that will be bought, when values lie where they are expected to."""
    about = _expected(mean.expected, mean.clamp)
    half = about.half / Z_95 * _SD_IN_RANGE
    return Range(centre=(about.centre,), half=min(half, mean.clamp.half))


def _expected(expected: Clamp | None, clamp: Clamp) -> Clamp:
    """Where 95 of 100 values lie: as told, or the middle half of the range."""
    if expected is not None:
        return expected
    quarter = (clamp.high - clamp.low) / 4
    return Clamp(clamp.low + quarter, clamp.high - quarter)


def _likely_ratio(part: Part) -> float:
    if part.shape == "shares":
        return 1 / part.width
    mean = part.statistic
    if isinstance(mean, Mean) and mean.is_bought:
        return _LIKELY_CENTRED
    if isinstance(mean, Mean) and mean.expected is not None:
        return min(abs(mean.expected.centre - mean.clamp.centre) / mean.clamp.half, 1.0)
    return _LIKELY_MEAN


def _of_ratio(sd: float, count_sd: float, drivers: float, ratio: float) -> float:
    """Fieller's half width for a total of drivers * ratio; all of the range where it has none."""
    rest = drivers**2 - (Z_95 * count_sd) ** 2
    if rest <= 0:
        return inf if ratio > 1 else 1.0
    spread = (sd * drivers) ** 2 + (count_sd * ratio * drivers) ** 2
    return float(Z_95 * sqrt(spread - (Z_95 * sd * count_sd) ** 2) / rest)


def _of_variance(one: Expected, drivers: int) -> float:
    """The half width for a middling mean and spread (a quarter of half the range each)."""
    mean, square = 0.25, 4 * 0.25**2 - 1
    by_count = (2 * mean**2 - square / 2) * one.count_sd
    variance = (one.sd / 2) ** 2 + (2 * mean * one.sd) ** 2 + by_count**2
    return float(Z_95 * sqrt(variance / drivers**2 + 2 * (one.sd / drivers) ** 4))


def _of_quantile(one: Expected, asked: Quantiles, at: float, drivers: int) -> float:
    """The half width for values that spread like a bell over the expected range.

    Where the noise could hide all drivers beyond the quantile, the interval reaches to that end of
    the range (intervals.quantile).
    """
    about = _expected(asked.expected, asked.clamp)
    spread = prefix.spread(CDF_BINS) * one.sd
    place = min(max((about.centre - float(asked.clamp.low)) / asked.clamp.half / 2, 0.0), 1.0)
    noise = sqrt(float(spread[int(place * (CDF_BINS - 1))]) ** 2 + (at * one.count_sd) ** 2)
    is_open_below = at * drivers < Z_95 * spread[1]
    is_open_above = (1 - at) * drivers < Z_95 * spread[-1]
    low_rank = at - (Z_90 if is_open_above else Z_95) * noise / drivers
    high_rank = at + (Z_90 if is_open_below else Z_95) * noise / drivers
    low = _bell(about, asked.clamp, 0.0 if is_open_below else low_rank)
    return (_bell(about, asked.clamp, 1.0 if is_open_above else high_rank) - low) / 2


def _bell(about: Clamp, clamp: Clamp, rank: float) -> float:
    """Where this share of a bell lies below, within the clamp; its ends beyond all of it."""
    if not 0 < rank < 1:
        return float(clamp.low if rank <= 0 else clamp.high)
    value = about.centre + about.half / Z_95 * float(ndtri(rank))
    return min(max(value, float(clamp.low)), float(clamp.high))
