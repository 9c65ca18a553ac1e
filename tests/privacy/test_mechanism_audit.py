"""A guesser with the worst data and many draws does no better than the loss that was charged."""

import dataclasses
import math

import numpy as np
import pytest
from scipy.stats import beta, norm

from anonymize.domain import accounting, cells, mechanisms
from tests.anonymize.making import HOURS, MEAN, frame, query_with, session, vector_of

DRAWS = 4_000
DOUBT = 1e-6
RHO_MICRO = 250_000


def worst_pair(query):
    """Nobody, and one driver who moves the vector as far as any."""
    hours = (1, 9)
    held = frame(*(session(energy_wh=10**6, hour=hour) for hour in hours))
    return vector_of({}, query), vector_of({"d": held}, query)


def replaced_pair(query):
    """Two cohorts of one driver whose vectors lie as far apart as any."""
    hours = (1, 9)
    low = frame(*(session(energy_wh=1, hour=hour) for hour in hours))
    high = frame(*(session(energy_wh=10**6, hour=hour) for hour in hours))
    return vector_of({"d": low}, query), vector_of({"d": high}, query)


def scores(vector, direction, sensitivity):
    """Project many releases of the vector on a direction; one call draws them all, independent."""
    noised = mechanisms.noise(vector * DRAWS, sensitivity=sensitivity, rho_micro=RHO_MICRO)
    return np.array(noised.values, dtype=float).reshape(DRAWS, len(vector)) @ direction


def measured_mu(query, sensitivity):
    """A lower bound on the Gaussian-DP loss, true but for one case in a million.

    One threshold, fixed in advance half way between the two vectors; Clopper-Pearson on both
    error rates; then mu from the two rates.
    """
    one, other = worst_pair(query)
    direction = np.array(other, dtype=float) - np.array(one, dtype=float)
    middle = (np.array(one, dtype=float) + np.array(other, dtype=float)) @ direction / 2
    false_alarms = int((scores(one, direction, sensitivity) > middle).sum())
    misses = int((scores(other, direction, sensitivity) <= middle).sum())
    highest = [beta.ppf(1 - DOUBT, errors + 1, DRAWS - errors) for errors in (false_alarms, misses)]
    return float(norm.ppf(1 - highest[0]) - norm.ppf(highest[1]))


@pytest.fixture
def query():
    return query_with(group_by=[HOURS], statistics=[MEAN], l0=2, rho_micro=RHO_MICRO)


def test_the_measured_loss_is_within_the_charged_one_and_near_it(query):
    claimed = accounting.mu_of(RHO_MICRO)
    measured = measured_mu(query, cells.layout_of(query).sensitivity)
    assert 0.72 * claimed <= measured <= claimed


def test_a_release_charged_for_one_group_of_two_is_caught(query):
    """The planted bug: noise for one touched group although drivers touch two."""
    too_low = cells.layout_of(dataclasses.replace(query, l0=1)).sensitivity
    measured = measured_mu(query, too_low)
    assert measured > 1.05 * accounting.mu_of(RHO_MICRO)


def test_the_charged_loss_bounds_the_best_guess(query):
    """Other data instead of one's own; half the time these, half the time those."""
    sensitivity = cells.layout_of(query).sensitivity
    one, other = replaced_pair(query)
    direction = np.array(other, dtype=float) - np.array(one, dtype=float)
    middle = (np.array(one, dtype=float) + np.array(other, dtype=float)) @ direction / 2
    right = (scores(one, direction, sensitivity) <= middle).sum()
    right += (scores(other, direction, sensitivity) > middle).sum()
    slack = 6 * math.sqrt(0.25 / (2 * DRAWS))
    assert right / (2 * DRAWS) <= accounting.guess_in_100(RHO_MICRO) / 100 + slack
