"""Quantiles of groups through one shape: learnt from all of them, moved and stretched for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from anonymize.domain import prefix
from anonymize.domain.intervals import Counted, Noisy
from anonymize.domain.prefix import Floats
from anonymize.domain.statistics import CDF_BINS

_FEWEST_PASSES, _PASSES, _ROUNDS = 3, 5, 10
_SETTLED = 0.01
"""A shape of which no running share moves further is known well enough for large fleets."""

_SHIFTS, _STRETCHES = 49, 9
_FURTHEST_SHIFT = 0.3
_FURTHEST_STRETCH = 2.2
_LEAST_SHARE = 1e-6
_LEAST_WEIGHT = 1e-9
_LEAST_SPREADS = (1e-2, 1e-5)
"""Of moves, in squares of a bin and of a logarithm: less is not told apart on the grid."""


def drawn(cells: Noisy, counts: Counted, pooled: Noisy, at: Sequence[float]) -> list[Floats]:
    """Return the quantiles of each group, in bins: one line per quantile, one entry per group.

    cells, pooled: noisy cells of the groups and of all data. A group's drivers are taken for draws
    from one shape, moved and stretched; the shape, and how far groups are moved, are learnt from
    all groups (expectation and maximisation, beginning with the shape of all data). What a group
    shows beyond that is kept as far as neither chance nor the noise explains it: its drivers are
    the best linear guess (chance is multinomial, the noise is known), so a large group follows its
    own cells and a small one the shape.
    """
    sizes = _sizes(cells, counts)
    curve = _curve(pooled)
    frequency = np.zeros(len(_moves()))
    guess = _Guess(cells, sizes, np.repeat(np.diff(curve)[None], sizes.size, axis=0))
    for done in range(1, _PASSES + 1):
        shapes = _shapes(curve)
        likely, frequency = guess.likely(shapes, frequency)
        guess = _Guess(cells, sizes, likely @ shapes, _spreads(likely, shapes))
        before, curve = curve, _registered(guess.totals, likely @ _moves(), _middle(curve))
        if done >= _FEWEST_PASSES and np.abs(curve - before).max() < _SETTLED:
            break
    places = np.arange(CDF_BINS + 1)
    lines = [line + 1e-9 * places for line in guess.totals]
    return [np.array([np.interp(one * line[-1], line, places) for line in lines]) for one in at]


@dataclass(frozen=True)
class _Guess:
    """Groups' noisy cells and sizes, what shares of a group each bin is thought to hold.

    spreads: how far these shares may be off, as covariances; 0 when they are taken as known.
    """

    cells: Noisy
    sizes: Floats
    shares: Floats
    spreads: Floats | float = 0.0

    @cached_property
    def _chance(self) -> Floats:
        """The covariances of groups' numbers of drivers per bin."""
        own = self.shares + _LEAST_SHARE
        drawn = np.eye(CDF_BINS) * own[:, None] - self.shares[:, :, None] * self.shares[:, None]
        n = self.sizes[:, None, None]
        return np.asarray(n * drawn + n**2 * self.spreads)

    @cached_property
    def _trust(self) -> Floats:
        noise = np.asarray(self.cells.sd) ** 2 * np.eye(CDF_BINS)
        return np.asarray(np.linalg.inv(_factor() @ self._chance @ _factor().T + noise))

    def likely(self, shapes: Floats, frequency: Floats) -> tuple[Floats, Floats]:
        """Return how likely each move is for each group, and the logarithms of frequencies."""
        templates = shapes @ _factor().T
        seen = np.einsum("gb,gbc->gc", self.cells.value, self._trust) @ templates.T
        own = np.stack([np.vecdot(templates @ one, templates) for one in self._trust])
        score = seen * self.sizes[:, None] - own * self.sizes[:, None] ** 2 / 2
        for _ in range(_ROUNDS):
            likely = score + frequency
            likely -= likely.max(axis=1, keepdims=True)
            np.exp(likely, out=likely)
            likely /= likely.sum(axis=1, keepdims=True)
            frequency = _bell(likely.mean(axis=0))
        return likely, frequency

    @cached_property
    def totals(self) -> Floats:
        """The running numbers of drivers at the bins' ends, made to ascend from 0."""
        rest = self.cells.value - self.sizes[:, None] * (self.shares @ _factor().T)
        known = (self._trust @ rest[:, :, None])[:, :, 0]
        counts = self.sizes[:, None] * self.shares
        counts = counts + (self._chance @ (known @ _factor())[:, :, None])[:, :, 0]
        running = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
        found: Floats = np.maximum.accumulate(running, axis=1)
        return found


@lru_cache(maxsize=1)
def _factor() -> Floats:
    return prefix.factor(CDF_BINS).astype(np.float64)


def _sizes(cells: Noisy, counts: Counted) -> Floats:
    """The groups' numbers of drivers: as counted, and as the last running total tells."""
    last = cells.value @ prefix.decoder(CDF_BINS)[-1]
    own = (prefix.spread(CDF_BINS)[-1] * np.asarray(cells.sd)) ** 2
    counted = np.asarray(counts.sd) ** 2
    found: Floats = counts.size + (last - counts.size) * counted / (counted + own)
    return np.maximum(found, 1.0)


@lru_cache(maxsize=2)
def _moves() -> Floats:
    """Every shift (in bins) with every stretch that is tried."""
    shifts = np.linspace(-1, 1, _SHIFTS) * _FURTHEST_SHIFT * CDF_BINS
    stretches = _FURTHEST_STRETCH ** np.linspace(-1, 1, _STRETCHES)
    grid = np.meshgrid(shifts, stretches, indexing="ij")
    found: Floats = np.stack([one.ravel() for one in grid], axis=1)
    return found


@lru_cache(maxsize=1)
def _logged() -> Floats:
    """The moves that are tried, with the logarithms of stretches."""
    shifts, stretches = _moves().T
    return np.stack([shifts, np.log(stretches)], axis=1)


def _bell(weights: Floats) -> Floats:
    """The logarithm of a bell over shifts and stretches' logarithms, with these weights' spread."""
    moves = _logged()
    rest = moves - weights @ moves
    spread = (rest.T * weights) @ rest + np.diag(_LEAST_SPREADS)
    return np.asarray(-((rest @ np.linalg.inv(spread)) * rest).sum(axis=1) / 2)


def _curve(pooled: Noisy) -> Floats:
    """The running shares of all data at the bins' ends, made to ascend from 0 to 1."""
    totals = (pooled.value @ prefix.decoder(CDF_BINS).T)[0]
    rising = np.maximum.accumulate(np.maximum(totals, 0.0))
    found: Floats = np.concatenate([[0.0], rising / max(float(rising[-1]), 1e-9)])
    return found


def _middle(curve: Floats) -> float:
    return float(np.interp(0.5, curve, np.arange(curve.size)))


def _shapes(curve: Floats) -> Floats:
    """The share of each bin in the curve, by every move."""
    places, moves = np.arange(CDF_BINS + 1), _moves()
    middle = _middle(curve)
    sources = (places - middle - moves[:, :1]) / moves[:, 1:] + middle
    found: Floats = np.diff(np.interp(sources, places, curve), axis=1)
    found[:, 0] += np.interp(sources[:, 0], places, curve)
    found[:, -1] += 1 - np.interp(sources[:, -1], places, curve)
    return found


def _spreads(likely: Floats, shapes: Floats) -> Floats:
    """How far each group's shares may be off because its move is not known."""
    squares = np.stack([_square(shapes, one) for one in likely])
    means = likely @ shapes
    return np.asarray(squares - means[:, :, None] * means[:, None])


def _square(shapes: Floats, weights: Floats) -> Floats:
    """The weighted mean of shapes' squares; moves that hardly count are passed over."""
    counts = weights > _LEAST_WEIGHT
    some = shapes[counts]
    return np.asarray((some.T * weights[counts]) @ some)


def _registered(totals: Floats, moves: Floats, middle: float) -> Floats:
    """The curve of all groups' drivers once each group's own move is undone."""
    places = np.arange(CDF_BINS + 1)
    sources = middle + moves[:, :1] + moves[:, 1:] * (places - middle)
    pairs = zip(sources, totals, strict=True)
    whole = sum(np.interp(source, places, line) for source, line in pairs)
    rest = np.asarray(whole) - np.min(whole)
    return np.asarray(rest / max(float(rest[-1]), 1e-9))
