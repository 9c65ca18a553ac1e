"""The integer cell vector: where each number stands, what one driver can move, and its making."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, nextafter, sqrt

import numpy as np
import polars as pl

from anonymize.domain import joint, parts, prefix, splitting
from anonymize.domain.contributions import DRIVER, GROUP, LEVEL, ROWS
from anonymize.domain.parts import Part
from anonymize.domain.prefix import Ints
from anonymize.domain.questions import Query
from anonymize.domain.statistics import CDF_BINS

_WIDEST_WEIGHT = 1_000
_DIRECT_DRIVERS = 50_000_000


@dataclass(frozen=True)
class Layout:
    """Parts one after another, each with the whole factor by which its cells are scaled.

    Blocks of a part stand in the order of the public lists.
    """

    query: Query
    parts: tuple[Part, ...]
    weights: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many cells the vector has."""
        return sum(part.blocks * part.width for part in self.parts)

    @cached_property
    def squared(self) -> int:
        """The largest squared length of what one driver adds to the vector, exactly."""
        pairs = zip(self.parts, self.weights, strict=True)
        return sum(weight**2 * part.bound_squared for part, weight in pairs)

    @property
    def sensitivity(self) -> float:
        """The largest L2 distance between the vectors of two neighbours, in integer units.

        Neighbours: two cohorts, one of which has the data of one driver more. The vector is a sum
        over drivers of what each adds, and what one adds depends on that driver's data alone (the
        centres and ranges of the parts are public, or were bought before). So neighbours differ by
        the contribution of one driver. Parts share no cells: its squared length is the sum over
        parts of weight^2 times the part's bound (Part.bound_squared). Contributions are clamped,
        then rounded to whole numbers within the bound, so rounding adds nothing. Replacing the data
        of one driver takes one contribution away and adds another: at most twice this distance.
        """
        return nextafter(sqrt(self.squared), inf)

    def places(self) -> Iterator[tuple[Part, int, slice]]:
        """Yield each part with its weight and where it stands in the vector."""
        start = 0
        for part, weight in zip(self.parts, self.weights, strict=True):
            cells = part.blocks * part.width
            yield part, weight, slice(start, start + cells)
            start += cells


def layout_of(query: Query) -> Layout:
    """Return the layout of a question that is answered in one step, from the question alone.

    Raises ValueError when a range has to be bought first: such a question takes several steps.
    """
    return layout_of_shares(query, splitting.shares(query))


def layout_of_shares(query: Query, shares: Sequence[tuple[Part, float]]) -> Layout:
    """Return the layout that splits one loss over parts in these proportions.

    A part of weight w has w^2 * bound of the squared sensitivity, and so of the loss.
    """
    roots = [sqrt(share / part.bound_squared) for part, share in shares]
    widest = max(roots)
    weights = tuple(max(round(_WIDEST_WEIGHT * root / widest), 1) for root in roots)
    return Layout(query=query, parts=tuple(part for part, _ in shares), weights=weights)


Levels = Mapping[int, pl.DataFrame]
"""A bounded driver table, its rows by level."""


def encode(bounded: pl.DataFrame, layout: Layout) -> list[int]:
    """Return the exact cell vector of a bounded driver table.

    Every driver's own contribution is measured, in whole numbers, against the declared bound.

    Raises ValueError when a driver has more rows than the bound allows, or passes it.
    """
    return encode_levels(levels_of(bounded), layout)


def levels_of(bounded: pl.DataFrame) -> Levels:
    """Return the rows of each level. Raises ValueError when a row cannot be a driver's sums."""
    is_sound = (
        not sum(bounded.null_count().row(0))
        and (bounded[ROWS] >= 1).all()
        and bounded[DRIVER].is_between(0, _DIRECT_DRIVERS).all()
    )
    if not is_sound:
        raise ValueError("a driver's contribution passes its bound")
    kinds = bounded[LEVEL].unique().to_list()
    return {level: bounded.filter(pl.col(LEVEL) == level) for level in kinds}


def encode_levels(levels: Levels, layout: Layout) -> list[int]:
    """Return the cell vector of a table whose levels were told apart; see encode."""
    vector = np.zeros(layout.size, dtype=np.int64)
    drivers = 1 + max((int(np.max(rows[DRIVER].to_numpy())) for rows in levels.values()), default=0)
    added = np.zeros(drivers, dtype=np.int64)
    for part, weight, place in layout.places():
        rows = levels.get(part.level)
        if rows is not None:
            cells, lengths = _sums(part, rows)
            vector[place] = cells * weight
            np.add.at(added, rows[DRIVER].to_numpy(), lengths * weight**2)
    if added.max() > layout.squared:
        raise ValueError("a driver's contribution passes its bound")
    found: list[int] = vector.tolist()
    return found


def _sums(part: Part, rows: pl.DataFrame) -> tuple[Ints, Ints]:
    """Return a part's cells, before its weight, and the squared length that each row adds."""
    drivers, groups = rows[DRIVER].to_numpy(), rows[GROUP].to_numpy()
    _check(part, drivers, groups)
    if part.shape in {"cdf", "lengths"}:
        return _totals(part, rows, groups)
    own = parts.features(part, rows, groups)
    cells = np.zeros((part.blocks, part.width), dtype=np.int64)
    for column in range(part.width):
        sums = np.bincount(groups, weights=own[:, column], minlength=part.blocks)
        cells[:, column] = sums.astype(np.int64)
    if part.mixed:
        lengths = joint.added_squared(own[:, 0], drivers, groups, part.mixed)
        return (cells.reshape(-1, part.mixed) @ joint.mixing(part.mixed)).ravel(), lengths
    return cells.ravel(), (own**2).sum(axis=1)


def _totals(part: Part, rows: pl.DataFrame, groups: Ints) -> tuple[Ints, Ints]:
    """Return the cells of running totals. A driver has one length, in the only block."""
    bins = parts.bins_of(part, rows, groups)
    blocks, is_counted = groups, np.ones_like(groups)
    if part.shape == "lengths":
        blocks, is_counted = np.zeros_like(groups), np.zeros_like(groups)
        is_counted[np.unique(rows[DRIVER].to_numpy(), return_index=True)[1]] = 1
    sums = np.bincount(
        blocks * CDF_BINS + bins, weights=is_counted, minlength=part.blocks * CDF_BINS
    )
    counts = sums.astype(np.int64).reshape(part.blocks, CDF_BINS)
    cells = counts @ prefix.factor(CDF_BINS).T
    return cells.ravel(), prefix.column_norms_squared(CDF_BINS)[bins] * is_counted


def _check(part: Part, drivers: Ints, groups: Ints) -> None:
    """Refuse two rows of one driver in one block, and more rows than the bound allows."""
    if groups.min() < 0 or groups.max() >= part.groups:
        raise ValueError("a driver's contribution passes its bound")
    places = drivers * part.groups + groups
    if not (places[1:] > places[:-1]).all():  # rows mostly come in order, and then none is twice
        places = np.sort(places)
    if (places[1:] == places[:-1]).any() or np.bincount(drivers).max() > part.touched:
        raise ValueError("a driver's contribution passes its bound")
