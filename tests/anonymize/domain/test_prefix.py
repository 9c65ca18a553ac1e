"""Running totals through the square root of the prefix-sum matrix."""

import numpy as np
import pytest

from anonymize.domain import prefix
from anonymize.domain.prefix import RESOLUTION


@pytest.mark.parametrize("bins", [1, 2, 17, 64])
def test_decoding_what_was_encoded_gives_the_running_totals(bins):
    counts = np.random.default_rng(1).integers(0, 50, bins)
    cells = prefix.factor(bins) @ counts
    assert prefix.decoder(bins) @ cells == pytest.approx(np.cumsum(counts), abs=1e-6)


@pytest.mark.parametrize("bins", [2, 17, 64])
def test_no_driver_adds_more_than_the_bound(bins):
    lengths = (prefix.factor(bins).astype(object) ** 2).sum(axis=0)
    assert max(lengths) == prefix.bound_squared(bins)
    assert list(prefix.column_norms_squared(bins)) == list(lengths)


def test_the_factor_is_near_the_square_root():
    exact = prefix.factor(64) / RESOLUTION
    assert exact @ exact == pytest.approx(np.tril(np.ones((64, 64))), abs=2e-3)


def test_its_noise_grows_with_the_logarithm_of_the_bins():
    """Against noise on each bin, summed up: 64 bins then have 8 times the error of one."""
    worst = prefix.spread(64).max() * np.sqrt(prefix.bound_squared(64))
    assert worst < 2.6
