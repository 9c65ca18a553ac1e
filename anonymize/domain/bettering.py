"""Find a change of a question that makes its answer worth more, and the cohort that would."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from anonymize.domain import documents, worth
from anonymize.domain.queries import MAX_RHO_MICRO, MIN_COHORT
from anonymize.domain.questions import GroupKey, Query
from anonymize.domain.statistics import Histogram, Quantiles, Statistic
from anonymize.domain.worth import COARSE_SHARE, USEFUL_SHARE, Verdict

MOST_DRIVERS = 10_000_000
"""Cohorts beyond this are not looked for."""

_PRECISION = 1.01
_FIRST_GUESS = 64
_LEAST_BINS = 2
_SLACK = 1.02


@dataclass(frozen=True)
class Change:
    """A change of the spec, and the question with it."""

    spec: dict[str, Any]
    query: Query


def better(query: Query, drivers: int) -> dict[str, Any] | None:
    """Return a change of the spec with a better verdict over as many drivers; None without one.

    Of the changes that make it useful the first of `_changes`, else, when it is refused, the first
    that makes it coarse; with as much more loss as that needs. What no longer fits fewer keys goes
    with them: `l0_first`, and a statistic's `level` of `first`.
    """
    now = worth.verdict(query, drivers)
    if now == "useful":
        return None
    coarse = None
    for change in _changes(query, drivers):
        found = worth.assess(_at_most_loss(change.query), drivers)
        if found.verdict == "useful":
            return _with_loss(change, drivers, "useful")
        if found.verdict == "coarse" and now == "refused":
            coarse = coarse or change
    return None if coarse is None else _with_loss(coarse, drivers, "coarse")


@lru_cache(maxsize=256)
def drivers_for_useful(query: Query) -> int | None:
    """Return how many drivers make the question useful as it stands: the least, within 1 in 100.

    None when not even MOST_DRIVERS do.
    """
    low, high = 0, _FIRST_GUESS
    while worth.verdict(query, high) != "useful":
        low, high = high, 4 * high
        if high > MOST_DRIVERS:
            return None
    while high > low + 1 and high > _PRECISION * low:
        middle = round((low * high) ** 0.5) if low else high // 2
        middle = min(max(middle, low + 1), high - 1)
        if worth.verdict(query, middle) == "useful":
            high = middle
        else:
            low = middle
    return high


def _at_most_loss(query: Query) -> Query:
    return replace(query, rho_micro=max(MAX_RHO_MICRO, query.rho_micro))


def _with_loss(change: Change, drivers: int, verdict: Verdict) -> dict[str, Any]:
    """Return a change with the loss it needs; a hair more than errors that fall with its root."""
    query, enough = change.query, USEFUL_SHARE if verdict == "useful" else COARSE_SHARE
    for _ in range(4):
        found = worth.assess(query, drivers)
        if found.verdict in {verdict, "useful"}:
            break
        asked = int(query.rho_micro * max((found.share / enough) ** 2, 1.0) * _SLACK) + 1
        query = replace(query, rho_micro=min(asked, MAX_RHO_MICRO))
    else:
        query = _at_most_loss(query)
    if query.rho_micro == change.query.rho_micro:
        return change.spec
    return {**change.spec, "rho_micro": query.rho_micro}


def _changes(query: Query, drivers: int) -> Iterator[Change]:
    """Yield what may be changed besides the loss, the least sacrifice first."""
    yield Change({}, query)
    per_group = worth.per_group(query, drivers)
    if MIN_COHORT <= per_group < query.min_cohort:
        yield Change({"min_cohort": per_group}, replace(query, min_cohort=per_group))
    useless = worth.useless(_at_most_loss(query), drivers)
    for statistics in (_nearer_quantiles(query, useless), _coarser_bins(query, useless)):
        if statistics != query.statistics:
            yield _asking(query, statistics)
    kept = tuple(one for index, one in enumerate(query.statistics) if index not in useless)
    if kept and len(kept) < len(query.statistics):
        yield _asking(query, kept)
    yield from _fewer_groups(query)


def _asking(query: Query, statistics: tuple[Statistic, ...]) -> Change:
    spec = {"statistics": documents.statistics_of(query, statistics)}
    return Change(spec, replace(query, statistics=statistics))


def _nearer_quantiles(query: Query, useless: set[int]) -> tuple[Statistic, ...]:
    """Return the statistics with the outermost quantiles of useless ones left out."""
    return tuple(
        replace(one, at=one.at[1:-1])
        if index in useless and isinstance(one, Quantiles) and len(one.at) > 2  # noqa: PLR2004
        else one
        for index, one in enumerate(query.statistics)
    )


def _coarser_bins(query: Query, useless: set[int]) -> tuple[Statistic, ...]:
    """Return the statistics with every second bound of useless histograms left out."""
    return tuple(
        replace(one, edges=(*one.edges[:-1:2], one.edges[-1]))
        if index in useless and isinstance(one, Histogram) and one.bins > _LEAST_BINS
        else one
        for index, one in enumerate(query.statistics)
    )


def _fewer_groups(query: Query) -> Iterator[Change]:
    """Yield the question with coarser bins of its keys, with the first key alone, with none."""
    keys = tuple(_coarser(key, query) for key in query.group_by)
    if keys != query.group_by:
        yield _grouped(query, keys)
    if len(query.group_by) > 1:
        yield _grouped(query, query.group_by[:1])
        if keys[0] != query.group_by[0]:
            yield _grouped(query, keys[:1])
    if query.group_by:
        yield _grouped(query, ())


def _coarser(key: GroupKey, query: Query) -> GroupKey:
    if not key.edges or len(key.domain) <= _LEAST_BINS:
        return key
    edges = documents.edges_of(key)
    return documents.with_edges(key, [*edges[:-1:2], edges[-1]], query.source)


def _grouped(query: Query, keys: tuple[GroupKey, ...]) -> Change:
    """Return the question with other keys; without two there are no rows for the first alone."""
    spec: dict[str, Any] = {"group_by": documents.keys_of(query, keys)}
    changed = query
    if len(keys) < len(query.group_by):
        statistics = tuple(
            replace(one, depth="group") if one.depth == "first" else one for one in query.statistics
        )
        changed = replace(query, statistics=statistics, l0_first=None)
        if query.l0_first is not None and keys:
            spec["l0"] = query.l0_first
            changed = replace(changed, l0=query.l0_first)
    return Change(spec, replace(changed, group_by=keys))
