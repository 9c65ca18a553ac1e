"""What is expected of drivers' values, as a bell that goes through the numbers told."""

from decimal import Decimal

import numpy as np
import pytest
from scipy.special import ndtri

from anonymize.domain import bells, documents, promises, queries
from anonymize.domain.statistics import Clamp, Expected
from tests.anonymize.making import query_with

CLAMP = Clamp(Decimal(0), Decimal(400))
TOLD = [["110", "245"], ["0", "4", "63"], ["79", "116", "131", "143", "170"]]
HEALTH = {
    "name": "health",
    "kind": "quantiles",
    "signal": "energy_per_session",
    "unit": "kWh",
    "clamp": ["0", "100"],
    "at": ["0.25", "0.75"],
    "expected": ["10", "30", "40", "50", "80"],
}


def bell(told):
    low, *inner, high = map(Decimal, told)
    return bells.bell_of(Expected(low, high, tuple(inner)), CLAMP)


@pytest.mark.parametrize("told", TOLD)
def test_it_goes_through_what_is_told(told):
    known = {2: [0.025, 0.975], 3: [0.025, 0.5, 0.975], 5: [0.025, 0.25, 0.5, 0.75, 0.975]}
    shares = np.array(known[len(told)])
    numbers = np.array(told, dtype=float)
    assert bell(told).at(ndtri(shares)) == pytest.approx(numbers, abs=0.05)
    assert bell(told).below(numbers) == pytest.approx(shares, abs=0.001)


@pytest.mark.parametrize("told", TOLD)
def test_values_ascend_and_narrower_ones_stay_about_the_middle(told):
    one = bell(told)
    assert (np.diff(one.values) > 0).all()
    half = one.narrowed(0.5)
    assert half.at(np.zeros(1)) == pytest.approx(one.at(np.zeros(1)))
    wide, narrow = (np.ptp(each.at(ndtri([0.1, 0.9]))) for each in (one, half))
    assert narrow == pytest.approx(wide / 2)


def test_values_are_clamped_before_their_mean_is_told():
    mean, sd = bell(["110", "245"]).clamped(0, 400)
    assert (mean, sd) == (pytest.approx(177.5, abs=0.1), pytest.approx(34.4, abs=0.1))
    assert bell(["0", "4", "63"]).clamped(0, 10)[0] < 10


def test_nothing_told_is_the_middle_half_of_the_range():
    told = bells.bell_of(None, CLAMP)
    assert told.at(ndtri(np.array([0.025, 0.975]))) == pytest.approx([100, 300], abs=0.5)


def test_narrower_groups_have_the_more_exact_quantiles_and_all_data_the_same():
    def told(**more):
        query = query_with(statistics=[{**HEALTH, **more}])
        return promises.promise(query, 4_000).columns[1]

    assert told(within="0.5").group < 0.8 * told().group
    assert told(within="0.5").whole == told().whole


def test_what_is_expected_is_written_as_it_was_read():
    spec = {**HEALTH, "within": "0.5"}
    query = query_with(statistics=[spec])
    again = documents.statistics_of(query, query.statistics)
    assert again == [spec]
    assert queries.plan_of({**asked(), "statistics": again}).statistics == query.statistics


def asked():
    return {
        "version": 1,
        "title": "The same",
        "source": "charging_sessions",
        "windows": ["2026-10"],
        "group_by": [],
        "l0": 1,
        "min_cohort": 20,
        "rho_micro": 100_000,
    }
