"""How one loss is split over statistics and levels: a rule that follows from the question alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from anonymize.domain import prefix
from anonymize.domain.contributions import ALL, CROSS, FIRST, SECOND
from anonymize.domain.parts import Part, Shape
from anonymize.domain.prefix import RESOLUTION
from anonymize.domain.questions import Query
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


@dataclass(frozen=True)
class Range:
    """What counts as the middle of a mean's values, one per group or one for all, and how far."""

    centre: tuple[float, ...]
    half: float


Shares = list[tuple[Part, float]]

_SHAPES: Mapping[type[Statistic], Shape] = {
    Mean: "value",
    Variance: "moments",
    Quantiles: "cdf",
    Histogram: "shares",
    Sum: "total",
    Count: "total",
    Rate: "ratio",
}
_CDF_IMPORTANCE = 0.9
"""A quantile is wrong by the rank's error over the density: for a bell over a third of the range
0.7 halves of the range per rank at the median, 1.6 at the lowest tenth; one shape for all groups
takes a third off (curves)."""

RANGE_SHARE = 0.05
"""Part of the loss that all ranges of a question cost together."""

SPREAD_SHARE = 0.03
"""Part of the loss that the range about the groups' centres costs, where there are two keys."""

_NARROWED = 0.8
"""How much the groups' part matters once its range is narrowed: found by measuring."""

_COUNT_IMPORTANCE = 0.5
"""A ratio's error from its count, against that from its total, half way between middle and end."""

_CENTRED_COUNT_IMPORTANCE = 0.15
"""The same where the middle was bought: means of groups lie near it."""

_LEAST_COUNT_IMPORTANCE = 0.1


def levels_of(query: Query) -> dict[int, tuple[int, int]]:
    """Return each level's number of groups and the rows that one driver may have there."""
    sizes = [len(key.domain) for key in query.group_by]
    levels = {ALL: (1, 1)}
    if query.l0_first is not None:
        levels[FIRST] = (sizes[0], min(query.l0_first, sizes[0]))
        levels[SECOND] = (sizes[1], min(query.l0, sizes[1]))
    if sizes:
        levels[CROSS] = (len(query.groups), min(query.l0, len(query.groups)))
    return levels


def shown_levels(query: Query, statistic: Statistic | None = None) -> list[int]:
    """Return the levels at which a release shows a statistic, or the number of drivers."""
    deepest = {"all": ALL, "first": FIRST, "group": CROSS}
    last = CROSS if statistic is None else deepest[statistic.depth]
    return [level for level in levels_of(query) if level <= last and level != SECOND]


def drivers_part(query: Query, level: int) -> Part:
    """Return the part that counts drivers at a level."""
    groups, touched = levels_of(query)[level]
    return Part("drivers", level, groups, touched)


def part_of(
    query: Query,
    index: int,
    level: int,
    *,
    centre: Sequence[float] | None = None,
    half: float | None = None,
) -> Part:
    """Return the part of one statistic at a level; its range is the public one unless told."""
    one = query.statistics[index]
    groups, touched = levels_of(query)[level]
    clamp = getattr(one, "clamp", None)
    is_centred = isinstance(one, Mean | Variance | Quantiles)
    return Part(
        shape=_SHAPES[type(one)],
        level=level,
        groups=groups,
        touched=touched,
        index=index,
        statistic=one,
        centre=tuple(centre) if centre else (clamp.centre if is_centred and clamp else 0.0,),
        half=half or (clamp.half if is_centred and clamp else 1.0),
    )


def shares(query: Query, ranges: Mapping[int, Range] | None = None) -> Shares:
    """Return the parts of a question, with the share of each, and the ranges that were bought.

    Raises ValueError when a range is missing.
    """
    ranges = ranges or {}
    is_missing = [
        isinstance(one, Mean) and one.is_bought and index not in ranges
        for index, one in enumerate(query.statistics)
    ]
    if any(is_missing):
        raise ValueError("a range is bought first")
    figures = [_ranged(query, index, level, ranges) for index, level in _figures(query)]
    return list(_with_counts(figures, [drivers_part(query, at) for at in shown_levels(query)]))


def is_staged(query: Query) -> bool:
    """Whether groups are asked after coarse levels: two keys, and a mean whose range is bought."""
    deep = [mean for mean in query.means if mean.is_bought and mean.depth == "group"]
    return query.has_first and bool(deep)


def staged(query: Query, ranges: Mapping[int, Range]) -> tuple[Shares, Shares]:
    """Return the parts of the coarse levels, and those of the groups.

    The second key's values are asked for as well, once: with the first key's they tell where the
    groups' centres are. Groups of a mean are asked within a narrower range about those.
    """
    figures = [_ranged(query, index, level, ranges) for index, level in _figures(query)]
    seconds = [
        _ranged(query, index, SECOND, ranges)
        for index in ranges
        if query.statistics[index].depth == "group"
    ]
    coarse = [part for part in figures if part.level != CROSS]
    levels = [at for at in shown_levels(query) if at != CROSS]
    outline = _with_counts(
        [*coarse, *seconds], [drivers_part(query, at) for at in (*levels, SECOND)]
    )
    fine = [part for part in figures if part.level == CROSS]
    groups = _with_counts(fine, [drivers_part(query, CROSS)])
    narrowed = [(p, share * (_NARROWED if p.index in ranges else 1.0)) for p, share in groups]
    return list(outline), narrowed


@dataclass(frozen=True)
class Costs:
    """What each step costs, in millionths of rho; together the question's whole loss."""

    ranges: int
    outline: int
    spread: int
    groups: int


def range_micro(query: Query) -> int:
    """Return what buying all ranges costs."""
    return max(int(query.rho_micro * RANGE_SHARE), 1)


def staged_micro(query: Query, outline: Shares, groups: Shares) -> Costs:
    """Return what each of the four steps costs."""
    ranges = range_micro(query)
    spread = max(int(query.rho_micro * SPREAD_SHARE), 1)
    left = query.rho_micro - ranges - spread
    coarse = sum(share for _, share in outline)
    part = int(left * coarse / (coarse + sum(share for _, share in groups)))
    return Costs(ranges, part, spread, left - part)


def _figures(query: Query) -> Iterator[tuple[int, int]]:
    for index, one in enumerate(query.statistics):
        for level in shown_levels(query, one):
            yield index, level


def _ranged(query: Query, index: int, level: int, ranges: Mapping[int, Range]) -> Part:
    own = ranges.get(index)
    if own is None:
        return part_of(query, index, level)
    return part_of(query, index, level, centre=own.centre, half=own.half)


def _with_counts(figures: list[Part], counts: list[Part]) -> Iterator[tuple[Part, float]]:
    for count in counts:
        weights = [_count_importance(part) for part in figures if part.level == count.level]
        importance = max(sqrt(sum(weight**2 for weight in weights)), _LEAST_COUNT_IMPORTANCE)
        yield count, share_of(count) * importance
    for part in figures:
        yield part, share_of(part)


def _count_importance(part: Part) -> float:
    """How much a count's error is in a figure's, in parts of the range."""
    if part.shape in {"total", "ratio"}:
        return 0.0
    if part.shape == "cdf":
        return _COUNT_IMPORTANCE / 2
    if part.shape == "shares":
        return 1 / part.width
    is_bought = isinstance(part.statistic, Mean) and part.statistic.is_bought
    return _CENTRED_COUNT_IMPORTANCE if is_bought else _COUNT_IMPORTANCE


def share_of(part: Part) -> float:
    """Return a part's share, to be taken against the sum of all.

    Let a part have the share f of the squared sensitivity S^2. Its cells have noise of
    s * sqrt(bound / f) / S before decoding, and a group of it holds drivers * touched / groups, so
    its figure's error, in parts of its range, is e / sqrt(f) with
    e = sqrt(bound) * decoding * importance * groups / touched, times what all parts share. The sum
    of the squared errors of all parts, e^2 / f, is least when f is in proportion to e.
    """
    error = sqrt(part.bound_squared) / RESOLUTION * part.groups / part.touched
    if part.shape == "cdf":
        error *= _CDF_IMPORTANCE * float(prefix.spread(CDF_BINS).max()) * RESOLUTION
    return error
