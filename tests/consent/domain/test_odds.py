"""Privacy loss as odds."""

import pytest

from consent.domain.odds import guess_in_100


@pytest.mark.parametrize(
    ("rho_micro", "guesses"),
    [
        (0, 50),
        (1_000, 52),
        (5_000, 54),
        (10_000, 56),
        (24_400, 59),
        (50_000, 63),
        (100_000, 68),
        (250_000, 77),
        (500_000, 85),
        (1_000_000, 93),
        (2_000_000, 98),
    ],
)
def test_it_tells_the_odds_of_a_gaussian_release(rho_micro, guesses):
    assert guess_in_100(rho_micro) == guesses
