"""A made-up cohort in which what a question expects holds, to learn the ranges it will buy."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from anonymize.domain import bells, contributions
from anonymize.domain.contributions import DRIVER, GROUP, ROWS
from anonymize.domain.prefix import Floats, Ints
from anonymize.domain.questions import Query
from anonymize.domain.statistics import Mean

_SEED = 21

_WITHIN = 0.62
"""How much of the whole spread is left within groups, where it is not told."""

_FIRST = 0.79
"""Of what is between groups: the part over the first key's values; the rest over the second's."""

_OWN = 0.84
"""Of what is within: the part that a driver's rows have in common; the rest sets them apart."""


def bounded(query: Query, drivers: int) -> pl.DataFrame:
    """Return a bounded driver table: groups of like size, as many per driver as may count.

    Values of bought means spread like bells as they are expected to; nothing else is filled in.
    """
    numbers = np.random.default_rng(_SEED)
    owners, groups = _places(query, drivers, numbers)
    columns: dict[str, Floats] = {}
    for mean in query.means:
        if mean.is_bought:
            values = _values(query, mean, owners, groups, numbers)
            columns[f"sum_{mean.signal.column}"] = np.rint(values * mean.signal.per_unit)
    names = list(_names(query))
    table = pl.DataFrame(
        {
            DRIVER: owners,
            GROUP: groups,
            ROWS: np.ones_like(owners),
            **{name: columns.get(name, np.ones(owners.size)) for name in names},
        }
    )
    whole = table.with_columns(pl.all().cast(pl.Int64)).sort(DRIVER, GROUP)
    return contributions.bound_table(whole, query, lambda _of, take: list(range(take)))


def _places(query: Query, drivers: int, numbers: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the driver and the group of each row."""
    if not query.group_by:
        return np.arange(drivers), np.zeros(drivers, dtype=np.int64)
    groups, seconds = len(query.groups), len(query.group_by[-1].domain)
    takes = min(query.l0, groups)
    if query.l0_first is None:
        order = numbers.random((drivers, groups)).argsort(axis=1)[:, :takes]
    else:
        firsts = numbers.random((drivers, groups // seconds)).argsort(axis=1)[:, : query.l0_first]
        mine = numbers.random((drivers, firsts.shape[1] * seconds)).argsort(axis=1)
        mine = mine[:, : min(takes, mine.shape[1])]
        order = np.take_along_axis(firsts, mine // seconds, axis=1) * seconds + mine % seconds
    return np.repeat(np.arange(drivers), order.shape[1]), order.ravel()


def _values(
    query: Query, mean: Mean, owners: Ints, groups: Ints, numbers: np.random.Generator
) -> Floats:
    bell = bells.bell_of(mean.expected, mean.clamp)
    if not query.group_by:
        return bell.at(numbers.normal(size=owners.size))
    told = mean.expected.within if mean.expected else None
    within = _WITHIN if told is None else float(told)
    own = _OWN * numbers.normal(size=int(owners.max()) + 1)[owners]
    own += bells.rest_of(_OWN) * numbers.normal(size=owners.size)
    return bell.at(bells.rest_of(within) * _between(query, groups, numbers) + within * own)


def _between(query: Query, groups: Ints, numbers: np.random.Generator) -> Floats:
    """Return the scores of groups, by row: with mean zero and spread one."""
    sizes = [len(key.domain) for key in query.group_by]
    if len(sizes) == 1:
        return _scores(numbers, sizes[0])[groups]
    first, second = (_scores(numbers, size) for size in sizes)
    found: Floats = _FIRST * first[groups // sizes[1]]
    return found + bells.rest_of(_FIRST) * second[groups % sizes[1]]


def _scores(numbers: np.random.Generator, size: int) -> Floats:
    """Return numbers with mean zero and spread one, shuffled."""
    places = numbers.permutation(np.arange(size) - (size - 1) / 2)
    found: Floats = places / max(float(places.std()), 1e-9)
    return found


def _names(query: Query) -> Iterator[str]:
    """The columns of a bounded table that hold sums or bins."""
    for signal in query.summed_signals:
        yield f"sum_{signal.column}"
    for index, one in enumerate(query.statistics):
        for place in range(one.cells if one in query.histograms else 0):
            yield f"bin_{index}_{place}"
