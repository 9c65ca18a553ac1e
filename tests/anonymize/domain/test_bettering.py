"""What is suggested is better, for every question; and the cohort that would be enough."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.domain import bettering, documents, promises, queries, worth
from tests.anonymize.making import (
    BOUGHT,
    COUNT,
    EVERY_KIND,
    HISTOGRAM,
    HOURS,
    MEAN,
    MODELS,
    QUANTILES,
    RATE,
    spec_with,
)

ORDER = ["refused", "coarse", "useful"]
SOC = {"key": "start_soc", "unit": "%", "bins": ["0", "25", "50", "75", "100"]}

SPECS = st.builds(
    spec_with,
    group_by=st.sampled_from([[], [MODELS], [SOC], [MODELS, HOURS], [MODELS, SOC]]),
    statistics=st.sampled_from([[MEAN], [HISTOGRAM, QUANTILES], [RATE, COUNT]]),
    rho_micro=st.sampled_from([500, 20_000, 120_000, 250_000]),
    min_cohort=st.sampled_from([10, 40]),
)


def applied(spec, change):
    """A question with a change; what no longer fits fewer keys goes with them."""
    changed = {**spec, **change}
    if len(changed["group_by"]) < 2:
        changed.pop("l0_first", None)
        changed["statistics"] = [
            {**one, "level": "group"} if one.get("level") == "first" else one
            for one in changed["statistics"]
        ]
    return changed


def rank(spec, drivers):
    return ORDER.index(worth.verdict(queries.plan_of(spec), drivers))


@settings(max_examples=12, deadline=None)
@given(SPECS, st.sampled_from([12, 60, 150, 400, 3_000]))
def test_a_suggestion_passes_and_repeated_ones_end(spec, drivers):
    for _ in ORDER:
        before = rank(spec, drivers)
        found = bettering.better(queries.plan_of(spec), drivers)
        if found is None:
            break
        spec = applied(spec, found)
        assert rank(spec, drivers) > before
    assert bettering.better(queries.plan_of(spec), drivers) is None


def test_a_bought_range_is_bettered_too():
    spec = spec_with(group_by=[MODELS], statistics=[BOUGHT], rho_micro=3_000)
    found = bettering.better(queries.plan_of(spec), 300)
    assert rank(applied(spec, found or {}), 300) > rank(spec, 300)


def test_a_refused_question_that_can_be_coarse_is_made_coarse():
    """22 drivers and a histogram: more loss is enough for coarse, and nothing for useful."""
    spec = spec_with(group_by=[], statistics=[HISTOGRAM], min_cohort=10, rho_micro=50_000)
    assert rank(spec, 22) == 0
    found = bettering.better(queries.plan_of(spec), 22)
    assert found is not None
    assert rank(applied(spec, found), 22) > 0


def test_outer_quantiles_are_left_out_only_when_more_loss_is_not_enough():
    spec = spec_with(group_by=[], statistics=[MEAN, QUANTILES], rho_micro=100_000)
    assert list(bettering.better(queries.plan_of(spec), 100) or {}) == ["rho_micro"]
    found = bettering.better(queries.plan_of(spec), 45) or {}
    assert found["statistics"] == [MEAN, {**QUANTILES, "at": ["0.5"]}]


def test_a_useful_question_is_left_alone():
    assert bettering.better(queries.plan_of(spec_with()), 3_000) is None


def test_a_smaller_minimum_is_suggested_where_groups_are_only_just_too_small():
    spec = spec_with(statistics=[COUNT], min_cohort=100)
    assert bettering.better(queries.plan_of(spec), 270) == {"min_cohort": 90}


@pytest.mark.parametrize("statistics", [[MEAN], [QUANTILES], [BOUGHT], EVERY_KIND])
def test_the_cohort_told_is_enough_and_a_little_less_is_not(statistics):
    query = queries.plan_of(spec_with(statistics=statistics))
    enough = bettering.drivers_for_useful(query)
    assert enough is not None
    assert worth.verdict(query, enough) == "useful"
    assert worth.verdict(query, int(enough / 1.02) - 1) != "useful"
    assert promises.promise(query, 100).drivers_for_useful == enough


def test_no_cohort_is_told_where_none_is_enough():
    spec = spec_with(group_by=[MODELS, SOC], statistics=[COUNT], min_cohort=1_000_000)
    assert bettering.drivers_for_useful(queries.plan_of(spec)) is None


@pytest.mark.parametrize("group_by", [[MODELS, SOC], [MODELS, HOURS]])
def test_documents_are_read_back_as_what_they_were_written_from(group_by):
    statistics = [*EVERY_KIND, {**BOUGHT, "name": "bought"}]
    spec = spec_with(group_by=group_by, statistics=statistics, l0_first=1)
    query = queries.plan_of(spec)
    again = {
        **spec,
        "group_by": documents.keys_of(query, query.group_by),
        "statistics": documents.statistics_of(query, query.statistics),
    }
    assert queries.plan_of(again) == query
