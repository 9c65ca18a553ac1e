"""How much a question's figures are worth against their ranges, over so many drivers."""

from dataclasses import dataclass
from typing import Literal

from anonymize.domain import widths
from anonymize.domain.questions import Query

Verdict = Literal["useful", "coarse", "refused"]

USEFUL_SHARE = 1 / 8
"""A figure is useful when its 95% half width is at most this part of its whole range."""

COARSE_SHARE = 1 / 3
"""Beyond this part of the range a figure says nothing worth a driver's privacy."""


@dataclass(frozen=True)
class Worth:
    """A verdict, and the share of its range that the worst figure's half width is."""

    verdict: Verdict
    share: float


def verdict(query: Query, drivers: int) -> Verdict:
    """Return what the deepest rows that show each figure will be worth."""
    return assess(query, drivers).verdict


def assess(query: Query, drivers: int) -> Worth:
    """Return the same with the worst figure's share."""
    return worth_of(query, drivers, max(max(shares) for shares in _shares(query, drivers)))


def worth_of(query: Query, drivers: int, worst: float) -> Worth:
    """Return what a question is worth whose worst figure has this share."""
    if per_group(query, drivers) < query.min_cohort or worst > COARSE_SHARE:
        return Worth("refused", worst)
    return Worth("useful" if worst <= USEFUL_SHARE else "coarse", worst)


def useless(query: Query, drivers: int) -> set[int]:
    """Return the places of the statistics with a figure that is not useful."""
    shares = _shares(query, drivers)
    return {index for index, one in enumerate(shares) if max(one) > USEFUL_SHARE}


def per_group(query: Query, drivers: int) -> int:
    """Return how many drivers the deepest groups hold when they spread evenly."""
    sizes = widths.even_sizes(query, drivers)
    return sizes[max(sizes)]


def _shares(query: Query, drivers: int) -> list[list[float]]:
    plan = widths.expected(query, drivers)
    sizes = widths.even_sizes(query, drivers)
    found = []
    for index in range(len(query.statistics)):
        deepest = max(level for level in sizes if (index, level) in plan)
        one, size = plan[index, deepest], sizes[deepest]
        span = widths.span(one.part, size)
        found.append([half / span for half in widths.of_figures(one, size)])
    return found
