"""Ranges bought with privacy: where the values of a mean lie, from noisy numbers alone."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from anonymize.domain import hierarchy, intervals, prefix, splitting
from anonymize.domain.contributions import ALL, CROSS, FIRST, SECOND
from anonymize.domain.intervals import Noisy
from anonymize.domain.measured import Measured
from anonymize.domain.parts import Part
from anonymize.domain.prefix import Floats
from anonymize.domain.questions import Query
from anonymize.domain.splitting import Range
from anonymize.domain.statistics import CDF_BINS, Mean

_TAIL = 0.1
_WIDER = 1.8
"""From the middle 80 of 100 values to the range: about 2.3 standard deviations of a bell."""

_NARROWEST = 1 / 50
"""A range is never narrower than this part of the public one."""


_WITHIN = 0.94
"""The part of drivers whose rows stay as they are in the groups; those of others are shortened."""


def range_part(query: Query, index: int) -> Part:
    """Return the part that buys a range: the CDF of drivers' own means over the public range."""
    return replace(splitting.part_of(query, index, ALL), shape="cdf")


def lengths_part(query: Query, index: int, about: Range) -> Part:
    """Return the part that buys how far drivers' own means are from their groups' centres."""
    part = splitting.part_of(query, index, CROSS, centre=about.centre, half=about.half)
    return replace(part, shape="lengths", mixed=len(query.group_by[1].domain))


def narrowed(about: Range, one: Measured) -> Range:
    """Return the same centres with the half that the lengths of drivers' rows show."""
    totals = np.maximum.accumulate((one.values @ prefix.decoder(CDF_BINS).T)[0])
    most = float(np.interp(_WITHIN * totals[-1], totals, np.arange(1, CDF_BINS + 1)))
    return Range(about.centre, about.half * max(most / CDF_BINS, _NARROWEST))


def bought(query: Query, one: Measured) -> Range:
    """Return the range that a noisy CDF shows, within the public one."""
    mean = query.statistics[one.part.index or 0]
    if not isinstance(mean, Mean):
        raise TypeError("only a mean's range is bought")
    low, high = _middle(one)
    step = 2 * one.part.half / CDF_BINS
    shift = one.part.centre[0] if len(one.part.centre) == 1 else 0.0
    centre = shift - one.part.half + step * (low + high) / 2
    half = max(step * (high - low) / 2 * _WIDER, one.part.half * _NARROWEST)
    return Range(centre=(centre,), half=min(half, mean.clamp.half))


def _middle(one: Measured) -> tuple[float, float]:
    """Return where the middle 80 of 100 values begin and end, in bins; whole when too noisy."""
    totals = (one.values @ prefix.decoder(CDF_BINS).T)[0]
    count = intervals.counted(Noisy(totals[-1:], prefix.spread(CDF_BINS)[-1] * one.sd))
    if not count.may_divide[0]:
        return 0.0, float(CDF_BINS)
    cells = Noisy(one.values, one.sd)
    ends = [intervals.quantile(cells, count, at).value[0] for at in (_TAIL, 1 - _TAIL)]
    low, high = sorted(float(end) for end in ends)
    return low, high


def centres(index: int, about: Range, found: Mapping[tuple[int | None, int], Measured]) -> Range:
    """Return a centre for each group of two keys: what its row and its column add to the whole.

    Only noisy numbers are read. A centre may be any number: it decides what is clamped, and is
    added again after the noise.
    """
    whole = _means(found, index, ALL)
    rows, columns = _means(found, index, FIRST), _means(found, index, SECOND)
    common = float(np.nan_to_num(whole.value[0]))
    first = _drawn(rows, common)
    weights = np.maximum(found[None, SECOND].values[:, 0], 1.0)
    second = _drawn(columns, common)
    second = second - np.average(second, weights=weights)
    table = np.clip(first[:, None] + second[None, :], -1.5, 1.5)
    return Range(tuple((about.centre[0] + about.half * table).ravel().tolist()), about.half)


def _means(found: Mapping[tuple[int | None, int], Measured], index: int, level: int) -> Noisy:
    """Each group's mean as a share of half the range, and its noise; NaN where there is none."""
    total, count = found[index, level], found[None, level]
    drivers = intervals.counted(Noisy(count.values[:, 0], count.sd))
    one = intervals.ratio(Noisy(total.values[:, 0], total.sd), drivers, least=-1.0, most=1.0)
    return Noisy(one.value, one.sd)


def _drawn(means: Noisy, towards: float) -> Floats:
    sds = np.broadcast_to(means.sd, means.value.shape)
    drawn = hierarchy.drawn_together(means.value[:, None], sds[:, None], towards=towards)
    found: Floats = np.where(np.isfinite(drawn[:, 0]), drawn[:, 0], towards)
    return found
