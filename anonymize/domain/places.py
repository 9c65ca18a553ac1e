"""Where running totals pass a share of drivers, with intervals made to miss in 5 of 100 draws."""

from functools import lru_cache

import numpy as np

from anonymize.domain import crossings, prefix
from anonymize.domain.bounds import MISSES, Z_95
from anonymize.domain.prefix import Floats

DRAWS = 300

_SEED = 20
_KEPT = 0.2


def ends(gap: Floats, sd: Floats, critical: Floats) -> tuple[Floats, Floats]:
    """Return the first and the last place at which a line may well be zero.

    gap: one line per row over the bins' ends: running total less the drivers asked for.
    critical: how many standard deviations off zero may be, one per row.
    """
    reach = critical[:, None] * sd
    return crossings.first_above(gap + reach), crossings.last_below(gap - reach)


def gap(totals: Floats, count: Floats, at: float, own: float, count_sd: Floats) -> Floats:
    """Return running totals less a share `at` of the drivers, one line per row.

    own: the noise of one cell; count_sd: that of the count, which is a draw of its own. The last
    total is the count as well: what the two differ by is noise, and is taken off as far as it
    tells of the noise elsewhere (least squares; linear, so nothing is biased).
    """
    raw = totals - at * count[:, None]
    share, _ = _shared(totals.shape[1] - 1, at, own, count_sd)
    found: Floats = raw - share * (totals[:, -1] - count)[:, None]
    return found


def gap_sd(bins: int, at: float, own: float, count_sd: Floats) -> Floats:
    """Return the standard deviation of the noise in `gap`, one line per row."""
    share, variance = _shared(bins, at, own, count_sd)
    raw = (own * _spread(bins)) ** 2 + (at * count_sd[:, None]) ** 2
    found: Floats = np.sqrt(np.maximum(raw - share**2 * variance, 0.0))
    return found


def critical(rising: Floats, own: float, at: float, count_sd: Floats) -> Floats:
    """Return, per row, how many standard deviations off zero to allow for 95 of 100.

    rising: lines that ascend, taken as true: running total less the drivers asked for. Between the
    first and the last place at which a noisy line may well be zero lie places at which it may not;
    so 1.96 would cover more than 95 of 100, by far where the lines are flat. Draws of the noise
    (its covariance is known) tell for each how many would have been needed to cover the place at
    which the line passes zero; what 95 of 100 of them need is less. The lines follow the noise of
    their own release as well and seem the steeper for it, so a fifth of the way to 1.96 is kept.
    """
    bins = rising.shape[1] - 1
    place = crossings.first_above(rising)
    totals, count = _paths(bins)
    sds = np.maximum(gap_sd(bins, at, own, count_sd), 1e-12)
    noises = {
        one: np.ascontiguousarray(gap(own * totals, one * count, at, own, np.array([one])).T)
        for one in set(count_sd.tolist())
    }
    needed = np.empty((len(rising), DRAWS))
    for row, line in enumerate(rising):
        scores = (line[:, None] + noises[float(count_sd[row])]) / sds[row][:, None]
        needed[row] = _needed(scores, float(place[row]))
    found = np.quantile(needed, 1 - MISSES, axis=1)
    return np.asarray(found + np.maximum(Z_95 - found, 0.0) * _KEPT)


def _shared(bins: int, at: float, own: float, count_sd: Floats) -> tuple[Floats, Floats]:
    """Return how the noise at each bin's end follows that of the last total less the count.

    With the variance of the latter.
    """
    last = decoded(bins) @ decoded(bins)[-1] * own**2
    variance = np.maximum(last[-1] + count_sd[:, None] ** 2, 1e-12)
    return (last + at * count_sd[:, None] ** 2) / variance, variance


@lru_cache(maxsize=8)
def decoded(bins: int) -> Floats:
    """Return the matrix that turns cells into running totals, from 0 at the lower end."""
    return np.concatenate([np.zeros((1, bins)), prefix.decoder(bins)])


def _spread(bins: int) -> Floats:
    return np.concatenate([[0.0], prefix.spread(bins)])


def _needed(scores: Floats, place: float) -> Floats:
    """Return what each draw needs to reach a place from both sides; scores: a column per draw."""
    below = int(np.floor(place))
    after = min(below + 1, len(scores) - 1)
    there = scores[below] + (place - below) * (scores[after] - scores[below])
    from_low = np.minimum(-scores[: below + 1].max(axis=0), -there)
    from_high = np.minimum(scores[after:].min(axis=0), there)
    found: Floats = np.maximum(from_low, from_high)
    return found


@lru_cache(maxsize=4)
def _paths(bins: int) -> tuple[Floats, Floats]:
    """Return draws of running totals' noise for one unit on each cell, and of one count's."""
    numbers = np.random.default_rng(_SEED)
    cells = numbers.normal(size=(DRAWS, bins))
    return cells @ decoded(bins).T, numbers.normal(size=DRAWS)
