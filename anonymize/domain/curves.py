"""Quantiles of groups through the shape of all data: moved and stretched, as the noise allows."""

from functools import lru_cache

import numpy as np

from anonymize.domain import hierarchy, prefix
from anonymize.domain.intervals import Counted, Estimate, Noisy
from anonymize.domain.prefix import Floats
from anonymize.domain.statistics import CDF_BINS

_ROUNDS = 20
_SHIFTS, _STRETCHES = 81, 13
_FURTHEST_SHIFT = 0.5
_FURTHEST_SD = 4.0
_FURTHEST_STRETCH = 2.2


def drawn(
    raw: list[Estimate], whole: list[Estimate], cells: Noisy, counts: Counted, pooled: Noisy
) -> list[Floats]:
    """Return the quantiles of each group, in bins: one line per quantile, one entry per group.

    raw, whole: each quantile of the groups and of all data, read from their own running totals.
    cells, pooled: noisy cells of the groups and of all data. A group's curve is taken to be that of
    all data, moved and stretched; how far groups differ is learnt from all of them (a mixture over
    a grid, by maximum likelihood: noise on cells is independent, so likelihoods are exact). What a
    group shows beyond that is kept as far as the noise does not explain it.
    """
    moves = _moves()
    likely = _likely(cells, counts, _templates(_curve(pooled), moves, cells.value.shape[1]))
    middle = _middle(_curve(pooled))
    ends = np.array([one.value[0] for one in whole])
    bins = cells.value.shape[1]
    told = np.clip(middle + moves[:, :1] + moves[:, 1:] * (ends - middle), 0, bins)
    fitted = likely @ told
    rest = np.array([one.value for one in raw]).T - fitted
    sds = np.array([one.sd for one in raw]).T
    kept = hierarchy.drawn_together(rest, sds, furthest_sd=_FURTHEST_SD)
    values = np.where(np.isfinite(kept), fitted + kept, fitted).T
    return [np.clip(v, one.low, one.high) for v, one in zip(values, raw, strict=True)]


@lru_cache(maxsize=2)
def _moves() -> Floats:
    """Every shift (in bins) with every stretch that is tried."""
    shifts = np.linspace(-1, 1, _SHIFTS) * _FURTHEST_SHIFT * CDF_BINS
    stretches = _FURTHEST_STRETCH ** np.linspace(-1, 1, _STRETCHES)
    grid = np.meshgrid(shifts, stretches, indexing="ij")
    found: Floats = np.stack([one.ravel() for one in grid], axis=1)
    return found


def _curve(pooled: Noisy) -> Floats:
    """The running shares of all data at the bins' ends, made to ascend from 0 to 1."""
    totals = (pooled.value @ prefix.decoder(pooled.value.shape[1]).T)[0]
    rising = np.maximum.accumulate(np.maximum(totals, 0.0))
    found: Floats = np.concatenate([[0.0], rising / max(float(rising[-1]), 1e-9)])
    return found


def _middle(curve: Floats) -> float:
    return float(np.interp(0.5, curve, np.arange(curve.size)))


def _templates(curve: Floats, moves: Floats, bins: int) -> Floats:
    """The cells of one driver's worth of each moved and stretched curve."""
    places = np.arange(bins + 1)
    middle = _middle(curve)
    sources = (places - middle - moves[:, :1]) / moves[:, 1:] + middle
    shares = np.diff(np.interp(sources, places, curve), axis=1)
    shares[:, 0] += np.interp(sources[:, 0], places, curve)
    shares[:, -1] += 1 - np.interp(sources[:, -1], places, curve)
    found: Floats = shares @ prefix.factor(bins).T
    return found


def _likely(cells: Noisy, counts: Counted, templates: Floats) -> Floats:
    """How likely each move is for each group, with the moves' own frequencies learnt."""
    count = np.maximum(counts.size, 1.0)[:, None]
    match = cells.value @ templates.T * count - (templates**2).sum(axis=1) * count**2 / 2
    score = match / cells.sd**2
    evidence = np.exp(score - score.max(axis=1, keepdims=True))
    frequency = np.full(templates.shape[0], 1 / templates.shape[0])
    for _ in range(_ROUNDS):
        likely = evidence * frequency
        likely /= likely.sum(axis=1, keepdims=True)
        frequency = likely.mean(axis=0)
    found: Floats = likely
    return found
