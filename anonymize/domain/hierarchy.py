"""Make levels agree, and draw groups together where the noise is larger than their differences."""

from dataclasses import dataclass

import numpy as np

from anonymize.domain.intervals import Flags, Noisy
from anonymize.domain.prefix import Floats

_ROUNDS = 10
_LEAST_GROUPS = 3
_FURTHEST_SD = 1.5


def agree(whole: Noisy, parts: Noisy) -> tuple[Noisy, Noisy]:
    """Return a whole and the parts it is the exact sum of, by generalised least squares.

    The best unbiased estimates from all the numbers together (the projection onto numbers that add
    up, in the metric of the noise); linear, so still Gaussian, with the variances given here. The
    parts add up to the whole. All parts have the same noise.
    """
    size = parts.value.size
    own, each = float(whole.sd) ** 2, float(parts.sd) ** 2
    total = float(parts.value.sum())
    gap = float(whole.value[0]) - total
    root = total + gap * size * each / (own + size * each)
    leaves = parts.value + gap * each / (own + size * each)
    root_sd = np.sqrt(own * size * each / (own + size * each))
    leaf_sd = np.sqrt(each - each**2 / (own + size * each))
    return Noisy(np.array([root]), float(root_sd)), Noisy(leaves, float(leaf_sd))


def drawn_together(
    values: Floats,
    sds: Floats,
    *,
    towards: float | None = None,
    furthest_sd: float = _FURTHEST_SD,
) -> Floats:
    """Return figures of groups, drawn towards what their rows and columns have in common.

    values, sds: a table by the values of the first and the second key (one column when there is one
    key); NaN where nothing is known. Empirical Bayes: figure = common + row + column + own + noise,
    each of a normal spread that is estimated from the table; a figure keeps of each part what the
    noise does not explain. No figure moves by more than furthest_sd standard deviations of its own
    noise (Efron and Morris, limited translation), so what stands out by far keeps standing out.
    Fewer than three figures are left alone.
    """
    known = np.isfinite(values) & np.isfinite(sds) & (sds > 0)
    if known.sum() < _LEAST_GROUPS:
        return values
    noise = np.where(known, sds, 1.0) ** 2
    fitted = _fitted(np.where(known, values, 0.0), noise, known, towards)
    reach = furthest_sd * np.sqrt(noise)
    moved = values + np.clip(fitted - values, -reach, reach)
    found: Floats = np.where(known, moved, values)
    return found


@dataclass(frozen=True)
class _Effect:
    """What rows, or columns, add, and the spread of what they add."""

    values: Floats
    spread: float


def _fitted(values: Floats, noise: Floats, known: Flags, towards: float | None) -> Floats:
    rows, columns = values.shape
    common, own = towards, 0.0
    row, column = _Effect(np.zeros((rows, 1)), 0.0), _Effect(np.zeros((1, columns)), 0.0)
    for _ in range(_ROUNDS):
        trust = known / (noise + own)
        centre = towards
        if centre is None:
            centre = float((trust * (values - row.values - column.values)).sum() / trust.sum())
        row = _effect(values - centre - column.values, trust, axis=1)
        column = _effect(values - centre - row.values, trust, axis=0)
        common = centre
        own = _own_spread(values - centre - row.values - column.values, noise, known)
    fit = (common or 0.0) + row.values + column.values
    found: Floats = fit + (values - fit) * own / (own + noise)
    return found


def _effect(rest: Floats, trust: Floats, *, axis: int) -> _Effect:
    """Estimate what each row (axis 1) or column (axis 0) adds, drawn towards nothing."""
    weight = trust.sum(axis=axis, keepdims=True)
    if weight.size < _LEAST_GROUPS:
        return _Effect(_free(rest, trust, weight, axis), 0.0)
    variance = 1 / np.maximum(weight, 1e-300)
    raw = (trust * rest).sum(axis=axis, keepdims=True) * variance
    is_seen = weight > 0
    spread = float(np.average(raw**2 - variance, weights=weight * is_seen))
    spread = max(spread, 0.0)
    return _Effect(np.where(is_seen, raw * spread / (spread + variance), 0.0), spread)


def _free(rest: Floats, trust: Floats, weight: Floats, axis: int) -> Floats:
    """Two rows or columns are too few to learn a spread from: they keep what they add."""
    if weight.size == 1:
        return np.zeros_like(weight)
    found: Floats = (trust * rest).sum(axis=axis, keepdims=True) / np.maximum(weight, 1e-300)
    return found


def _own_spread(rest: Floats, noise: Floats, known: Flags) -> float:
    """Return the spread that is left to single figures, beyond rows, columns and noise."""
    rows, columns = rest.shape
    if columns == 1 or rows == 1:
        return 0.0
    weight = known / noise
    left = max(1 - (rows + columns - 1) / max(float(known.sum()), 1.0), 0.1)
    surplus = float((weight * (rest**2 / left - noise)).sum() / weight.sum())
    return max(surplus, 0.0)
