"""The error told before anything is spent."""

import json

import pytest

from anonymize.domain import promises
from protocol import canonical
from tests.anonymize.making import HOURS, MODELS, query_with


def test_a_large_cohort_makes_a_useful_promise():
    told = promises.promise(query_with(), 2_000)
    assert told.verdict == "useful"
    assert told.suggestion is None
    assert told.drivers_per_group == 666


def test_its_suggestion_makes_a_coarse_question_useful():
    query = query_with()
    told = promises.promise(query, 80)
    assert told.verdict == "coarse"
    better = query_with(**(told.suggestion or {}))
    assert promises.promise(better, 80).verdict == "useful"


def test_groups_below_the_minimum_are_refused_and_fewer_are_suggested():
    query = query_with(group_by=[MODELS, HOURS], l0=1)
    told = promises.promise(query, 150)
    assert told.verdict == "refused"
    assert told.suggestion == {
        "group_by": [{"key": "vehicle_model", "domain": ["Small", "Large", "Other"]}]
    }


def test_nobody_is_refused_without_a_crash():
    assert promises.promise(query_with(), 0).verdict == "refused"
    assert promises.promise(query_with(group_by=[]), 0).suggestion is None


def test_more_drivers_and_more_loss_promise_less_error():
    def width(drivers, rho_micro):
        return promises.half_widths(query_with(rho_micro=rho_micro), drivers)["energy_mean"]

    assert width(800, 100_000) == pytest.approx(2 * width(1600, 100_000), rel=0.01)
    assert width(800, 50_000) == pytest.approx(2 * width(800, 200_000), rel=0.01)


def test_the_promise_can_be_written_canonically():
    told = promises.promise(query_with(rho_micro=1), 90).to_dict()
    assert json.loads(canonical.encode(told)) == told
