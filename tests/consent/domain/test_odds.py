"""Privacy loss as odds."""

import pytest

from consent.domain.odds import guess_in_100


@pytest.mark.parametrize(
    ("rho_micro", "guesses"),
    [
        (0, 50),
        (1_000, 51),
        (5_000, 52),
        (10_000, 53),
        (24_360, 55),
        (50_000, 57),
        (100_000, 59),
        (250_000, 64),
        (500_000, 70),
        (1_000_000, 77),
        (2_000_000, 85),
    ],
)
def test_it_tells_the_odds_of_a_gaussian_release(rho_micro, guesses):
    assert guess_in_100(rho_micro) == guesses
