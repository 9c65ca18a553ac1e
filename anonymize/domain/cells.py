"""Layout of the integer cell vector, from the public query alone, and its proved L2 sensitivity."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isqrt, nextafter, sqrt

import polars as pl

from anonymize.domain.contributions import ALL, DRIVER, GROUP, RESOLUTION
from anonymize.domain.queries import Query

_MEAN_WEIGHT = 8
_BIN_WEIGHT = 10


@dataclass(frozen=True)
class Weights:
    """Whole factors by which one level's counts, means and bins are scaled before noise."""

    count: int
    mean: int
    bin: int


@dataclass(frozen=True)
class Level:
    """Blocks of one kind: how many there are, how many one driver may touch, and their weights."""

    groups: int
    touched: int
    weights: Weights

    def sensitivity_squared(self, query: Query) -> int:
        """Return the largest squared L2 change that one driver can make in this level.

        In units of RESOLUTION squared. Let M be the sum of squared mean weights, B that of squared
        bin weights (one per histogram) and C the squared count weight.

        A group the driver touches both before and after the change: the count is the same; each
        mean lies within -1..1, so it moves by at most 2, squared 4; the bins of a histogram are
        two vectors p, q of non-negative entries that each sum to 1, so
        |p-q|^2 = |p|^2 + |q|^2 - 2pq <= 2. Together at most `kept` = 4M + 2B.
        A group touched only before or only after: count 1, mean at most 1, bins at most 1 (their
        squares sum to at most the square of their sum). Together at most `swapped` = C + M + B.
        With c groups touched in both, at most `touched - c` only before, as many only after, and
        no more than `groups - c` altogether; groups do not share cells, so squares add up.
        """
        means = len(query.means) * self.weights.mean**2
        bins = len(query.histograms) * self.weights.bin**2
        kept = 4 * means + 2 * bins
        swapped = self.weights.count**2 + means + bins
        return max(
            both * kept + min(2 * (self.touched - both), self.groups - both) * swapped
            for both in range(self.touched + 1)
        )


@dataclass(frozen=True)
class Layout:
    """Where each number stands in the cell vector, and how far one driver can move the vector.

    Blocks stand one after another: the level of all data first, then the groups in public order;
    in each block the count, the means, the bins of each histogram.
    """

    query: Query
    whole: Level
    grouped: Level | None
    sensitivity: float

    @property
    def size(self) -> int:
        """How many cells the vector has."""
        groups = 0 if self.grouped is None else self.grouped.groups
        return self.query.block_cells * (1 + groups)

    def weights_at(self, group: int) -> list[int]:
        """Return the weight of each cell of one block; the level of all data is group ALL."""
        level = self.whole if group == ALL or self.grouped is None else self.grouped
        return list(_block_weights(self.query, level.weights))

    def block(self, group: int) -> slice:
        """Return where one block stands in the vector."""
        width = self.query.block_cells
        return slice((group + 1) * width, (group + 2) * width)


def layout_of(query: Query) -> Layout:
    """Return the layout of a query's cell vector.

    Its sensitivity is the largest L2 distance, in the vector's integer units, between the vectors
    of two cohorts that differ in the data of one driver: added, taken away, or replaced by any
    other data. Levels do not share cells, so their squares add up; every entry of the bounded
    driver table is already a whole number within its bound, so rounding adds nothing.

    The weights split one noise scale over the statistics. A bin carries more weight than a mean
    because its bound costs half as much; the count takes the largest weight that does not raise
    the bound; the level of all data takes half, since it has the most drivers.
    """
    whole_share = 2 if query.group_by else 1
    mean, bin_ = _MEAN_WEIGHT // whole_share, _BIN_WEIGHT // whole_share
    means, bins = len(query.means) * mean**2, len(query.histograms) * bin_**2
    whole = Level(1, 1, Weights(count=isqrt(3 * means + bins), mean=mean, bin=bin_))
    grouped = _grouped(query)
    squared = whole.sensitivity_squared(query)
    squared += 0 if grouped is None else grouped.sensitivity_squared(query)
    return Layout(
        query=query,
        whole=whole,
        grouped=grouped,
        sensitivity=nextafter(sqrt(squared) * RESOLUTION, inf),
    )


def encode(bounded: pl.DataFrame, layout: Layout) -> list[int]:
    """Return the exact cell vector of a bounded driver table.

    Raises ValueError when a row passes the bounds on which the sensitivity rests.
    """
    _check(bounded, layout)
    vector = [0] * layout.size
    sums = bounded.drop(DRIVER).group_by(GROUP).sum()
    for group, *values in sums.iter_rows():
        weights = layout.weights_at(group)
        vector[layout.block(group)] = [w * v for w, v in zip(weights, values, strict=True)]
    return vector


def _grouped(query: Query) -> Level | None:
    if not query.group_by:
        return None
    means = max(len(query.means), 1) * _MEAN_WEIGHT**2
    groups = len(query.groups)
    weights = Weights(count=isqrt(means), mean=_MEAN_WEIGHT, bin=_BIN_WEIGHT)
    return Level(groups=groups, touched=min(query.l0, groups), weights=weights)


def _block_weights(query: Query, weights: Weights) -> Iterator[int]:
    yield weights.count
    yield from [weights.mean] * len(query.means)
    for histogram in query.histograms:
        yield from [weights.bin] * histogram.bins


def _check(bounded: pl.DataFrame, layout: Layout) -> None:
    rules = [pl.col("count") == RESOLUTION]
    rules += [pl.col(f"mean_{i}").abs() <= RESOLUTION for i, _ in enumerate(layout.query.means)]
    for index, histogram in enumerate(layout.query.histograms):
        shares = [pl.col(f"share_{index}_{place}") for place in range(histogram.bins)]
        rules += [pl.min_horizontal(shares) >= 0, pl.sum_horizontal(shares) == RESOLUTION]
    touched = 0 if layout.grouped is None else layout.grouped.touched
    groups = 0 if layout.grouped is None else layout.grouped.groups
    per_driver = bounded.group_by(DRIVER).agg(
        (pl.col(GROUP) == ALL).sum().alias("whole"), (pl.col(GROUP) >= 0).sum().alias("groups")
    )
    is_sound = (
        not sum(bounded.null_count().row(0))
        and bounded.select(pl.all_horizontal(rules).all()).item()
        and bounded[GROUP].is_between(ALL, groups - 1).all()
        and not bounded.select(DRIVER, GROUP).is_duplicated().any()
        and (per_driver["whole"] <= 1).all()
        and (per_driver["groups"] <= touched).all()
    )
    if not is_sound:
        raise ValueError("a driver's contribution passes its bound")
