"""Running totals through the square root of the prefix-sum matrix, in whole numbers."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

RESOLUTION = 10_000
"""Integer units in one driver."""


@lru_cache(maxsize=8)
def factor(bins: int) -> Ints:
    """Return C: the square root of the prefix-sum matrix, times RESOLUTION, rounded.

    The matrix A of running totals (A x has the sums of the first 1, 2, ... entries of x) is
    1/(1-z) as a power series; its root is (1-z)^(-1/2), whose coefficients are binom(2k, k)/4^k.
    Noise on C x and decoding by A C^-1 gives every running total an error that grows with the
    logarithm of the number of bins only. Rounding changes C a little and the decoding with it:
    A C^-1 C = A still holds, so nothing is biased, and the bound below is that of the rounded C.
    """
    steps = np.arange(1, bins)
    coefficients = np.cumprod(np.concatenate([[1.0], (2 * steps - 1) / (2 * steps)]))
    rounded = np.rint(coefficients * RESOLUTION).astype(np.int64)
    places = np.subtract.outer(np.arange(bins), np.arange(bins))
    found: Ints = np.where(places >= 0, rounded[np.abs(places)], 0)
    return found


@lru_cache(maxsize=8)
def column_norms_squared(bins: int) -> Ints:
    """Return the squared length of each column of the factor, exactly."""
    found: Ints = (factor(bins) ** 2).sum(axis=0)
    return found


def bound_squared(bins: int) -> int:
    """Return the squared length of what one driver in one bin adds, at most.

    One driver stands in one bin, so C x moves by one column; the first is the longest.
    """
    return int(column_norms_squared(bins).max())


@lru_cache(maxsize=8)
def decoder(bins: int) -> Floats:
    """Return the matrix that turns C x into the running totals of x."""
    totals = np.tril(np.ones((bins, bins)))
    solved = np.linalg.solve(factor(bins).T.astype(np.float64), totals.T)
    found: Floats = solved.T.astype(np.float64)
    return found


@lru_cache(maxsize=8)
def spread(bins: int) -> Floats:
    """Return the standard deviation of each running total for noise of one unit on each cell."""
    found: Floats = np.sqrt((decoder(bins) ** 2).sum(axis=1)).astype(np.float64)
    return found
