"""Where lines over evenly spaced places meet zero, read straight between the places."""

import numpy as np

from anonymize.domain.prefix import Floats


def first_above(lines: Floats) -> Floats:
    """Return the first place at which each line is not below zero; the last one where it never is.

    lines: one per row, over the places 0, 1, 2, ...
    """
    last = lines.shape[1] - 1
    is_above = lines >= 0
    found = np.where(is_above.any(axis=1), is_above.argmax(axis=1), last)
    return _crossing(lines, np.clip(found, 1, last))


def last_below(lines: Floats) -> Floats:
    """Return the last place at which each line is not above zero; the first where it always is."""
    last = lines.shape[1] - 1
    is_below = lines[:, ::-1] <= 0
    found = np.where(is_below.any(axis=1), last - is_below.argmax(axis=1), 0)
    return np.where(found == 0, _first(lines), _crossing(lines, np.clip(found + 1, 1, last)))


def _first(lines: Floats) -> Floats:
    """Return the crossing in the first step, or its beginning where the line is above there."""
    return np.where(lines[:, 0] > 0, 0.0, _crossing(lines, np.ones(len(lines))))


def _crossing(lines: Floats, upper: Floats) -> Floats:
    """Return where the line from the place before `upper` to it meets zero."""
    index = upper.astype(np.int64)[:, None]
    after = np.take_along_axis(lines, index, axis=1)[:, 0]
    before = np.take_along_axis(lines, index - 1, axis=1)[:, 0]
    rise = after - before
    part = np.where(rise > 0, -before / np.where(rise > 0, rise, 1.0), 1.0)
    found: Floats = index[:, 0] - 1 + np.clip(part, 0.0, 1.0)
    return found
