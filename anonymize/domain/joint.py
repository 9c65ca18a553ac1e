"""Rows of one driver taken together: one length bounds them all, and cells of a row are mixed."""

from functools import lru_cache
from math import sqrt

import numpy as np

from anonymize.domain.prefix import RESOLUTION, Floats, Ints

_APART = 2
"""How much more what sets a driver's rows apart weighs than what they have in common."""

_MOST_COLUMNS = 24
"""Beyond, rows are too few for what they have in common to matter, and whole numbers too coarse."""


@lru_cache(maxsize=8)
def mixing(columns: int) -> Ints:
    """Return the whole matrix by which the cells of one value of the first key are multiplied.

    What a driver's rows have in common (a heavy foot is heavy in any weather) is larger than what
    sets them apart, and it is measured at the first key's level as well. So it is made smaller
    before the noise: I - (1 - 1/k) J / columns, times k * columns; J is all ones.
    """
    ones = np.ones((columns, columns), dtype=np.int64)
    own = _stretch(columns) * np.eye(columns, dtype=np.int64)
    found: Ints = own - (_apart(columns) - 1) * ones
    return found


@lru_cache(maxsize=8)
def unmixing(columns: int) -> Floats:
    """Return the matrix that turns mixed cells back; its lines have length one."""
    found: Floats = RESOLUTION / units(columns) * np.linalg.inv(mixing(columns))
    return found


def units(columns: int) -> float:
    """Return how many whole units stand for half the range before mixing."""
    apart = _apart(columns)
    return RESOLUTION * sqrt(1 + (apart**2 - 1) / columns) / _stretch(columns)


def added_squared(values: Ints, owners: Ints, groups: Ints, columns: int) -> Ints:
    """Return what each whole number adds to the squared length of its owner's mixed cells.

    owners: drivers. Single ones may be below zero, their sums over an owner's are not.
    """
    common = (_apart(columns) ** 2 - 1) * columns
    sums = _of_its_row(values, owners, groups, columns)
    found: Ints = _stretch(columns) ** 2 * values**2 - common * values * sums.astype(np.int64)
    return found


def lengths(values: Floats, owners: Ints, groups: Ints, columns: int) -> Floats:
    """Return, for each value, the length of all of its owner's mixed cells, in half ranges."""
    apart = _apart(columns)
    sums = _of_its_row(values, owners, groups, columns)
    own = values**2 - (1 - apart**-2) / columns * values * sums
    total = np.maximum(np.bincount(owners, weights=own), 0.0)[owners]
    found: Floats = np.sqrt((1 + (apart**2 - 1) / columns) * total)
    return found


def scaled(values: Floats, owners: Ints, groups: Ints, columns: int, most: int) -> Ints:
    """Return whole numbers; those of one owner are scaled until their mixed length fits.

    That is the root of `most`, less what rounding may add: half a unit per value, times the
    largest stretch of the matrix.
    """
    reach = sqrt(most) * (1 - _stretch(columns) / 2 / RESOLUTION)
    length = lengths(values, owners, groups, columns)
    shrink = np.minimum(1.0, reach / np.maximum(length, 1e-12))
    found: Ints = np.rint(values * shrink * units(columns)).astype(np.int64)
    return found


def _of_its_row(values: Floats | Ints, owners: Ints, groups: Ints, columns: int) -> Floats:
    """The sum of its owner's values at the same value of the first key, for each value."""
    rows = groups // columns
    place = _numbered(owners * (int(rows.max()) + 1) + rows)
    found: Floats = np.bincount(place, weights=values).astype(np.float64)[place]
    return found


def _numbered(keys: Ints) -> Ints:
    """Return a small number for each key, the same for equal ones; sorted keys need no sort."""
    steps = np.diff(keys, prepend=keys[:1])
    if (steps >= 0).all():
        return np.cumsum(steps > 0)
    return np.asarray(np.unique(keys, return_inverse=True)[1])


def _apart(columns: int) -> int:
    return _APART if columns <= _MOST_COLUMNS else 1


def _stretch(columns: int) -> int:
    """How far the matrix stretches at most."""
    return _apart(columns) * columns if _apart(columns) > 1 else 1
