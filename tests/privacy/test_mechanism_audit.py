"""A guesser with the worst data and many draws does no better than the loss that was charged.

Each test holds for right code but for one run in a million: bounds are taken with that doubt, and
floors lie so far below what right code shows that chance does not reach them.
"""

import pytest
from scipy.special import ndtr
from scipy.stats import binom

from anonymize.domain import accounting
from bench.auditing import bounds, guessing, worst

DOUBT = 1e-6
RHO_MICRO = 250_000
LEAST = 0.8
"""Of the claimed mu, what the audit must prove of right code."""


def enough(mu):
    """The least games of which right code wins too few to prove LEAST once in a million runs."""
    return next(
        games
        for games in range(10_000, 100_001, 2_000)
        if bounds.mu_at_least(int(binom.ppf(DOUBT, games, ndtr(mu / 2))), games, DOUBT)
        >= LEAST * mu
    )


PAIRS = {
    **{shape: worst.added(shape, RHO_MICRO) for shape in ("mean", "histogram", "variance")},
    "mean in two groups": worst.added_to_groups(RHO_MICRO),
}


@pytest.mark.parametrize("released", PAIRS)
def test_the_measured_loss_is_within_the_charged_one_and_near_it(released):
    claimed = accounting.mu_of(RHO_MICRO)
    games = enough(claimed) if released == "mean" else 12_000
    right = guessing.right_guesses(PAIRS[released], games)
    measured = bounds.mu_at_least(right, games, DOUBT)
    assert measured <= claimed
    if released == "mean":
        assert measured >= LEAST * claimed


@pytest.mark.parametrize("shape", worst.SHAPES)
@pytest.mark.parametrize("rho_micro", [28_000, 250_000])
def test_the_worst_data_move_a_release_as_far_as_is_charged_and_no_further(shape, rho_micro):
    charged = accounting.mu_of(rho_micro)
    assert 0.999 * charged <= worst.added(shape, rho_micro).mu <= charged


def test_the_charged_loss_bounds_the_best_guess_between_two_sets_of_data():
    """Other data instead of one's own; half the time these, half the time those."""
    games = 20_000
    pair = worst.replaced(RHO_MICRO)
    share = bounds.share_at_least(guessing.right_guesses(pair, games), games, DOUBT)
    assert share <= accounting.guess_in_100(RHO_MICRO) / 100
    assert pair.mu <= 2 * accounting.mu_of(RHO_MICRO)


def test_more_games_prove_more_and_never_more_than_was_seen():
    proved = [bounds.mu_at_least(6 * games // 10, games) for games in (100, 1_000, 100_000)]
    assert proved == sorted(proved)
    assert proved[-1] < 2 * 0.2534  # twice the normal quantile of 0.6


@pytest.mark.parametrize("rho_micro", [1_000, 28_000, 250_000])
def test_an_exact_loss_is_turned_into_the_epsilon_that_is_claimed_for_it(rho_micro):
    claimed = accounting.epsilon_of(rho_micro, 1e-6)
    assert bounds.epsilon_at_least(accounting.mu_of(rho_micro), 1e-6) == pytest.approx(
        claimed, abs=1e-6
    )


@pytest.mark.parametrize("right", [0, 1, 500, 1_000])
def test_a_record_that_proves_nothing_or_all_is_told_without_a_crash(right):
    told = bounds.mu_at_least(right, 1_000), bounds.plain_epsilon_at_least(right, 1_000, 1e-6)
    assert all(bound >= 0 for bound in told)
    assert bounds.epsilon_at_least(told[0], 1e-6) >= 0
