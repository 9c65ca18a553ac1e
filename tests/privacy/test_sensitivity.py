"""No change of one driver's data moves the cell vector further than its declared sensitivity."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.domain import cells
from tests.anonymize.making import (
    EVERY_KIND,
    HISTOGRAM,
    HOURS,
    MEAN,
    MODELS,
    QUANTILES,
    frame,
    query_with,
    session,
    vector_of,
)

ENERGY = {
    "name": "energy",
    "kind": "histogram",
    "signal": "energy_per_session",
    "unit": "kWh",
    "bins": ["0", "5", "20", "40"],
}
HOUR_MEAN = {
    **MEAN,
    "name": "hour_mean",
    "signal": "plug_in_hour",
    "unit": "h",
    "clamp": ["0", "24"],
}

questions = st.builds(
    query_with,
    group_by=st.sampled_from([[], [MODELS], [HOURS], [MODELS, HOURS]]),
    statistics=st.sampled_from(
        [
            [MEAN],
            [HISTOGRAM],
            [QUANTILES],
            [MEAN, HISTOGRAM],
            [MEAN, HOUR_MEAN, HISTOGRAM, ENERGY],
            EVERY_KIND,
        ]
    ),
    l0=st.sampled_from([1, 1, 2, 3, 10]),
)
sessions = st.lists(
    st.builds(
        session,
        st.sampled_from(["Small", "Large", "Unlisted", None]),
        st.sampled_from([1, 5_000, 20_000, 39_999, 1_000_000]) | st.integers(1, 10**6),
        st.integers(0, 23),
        month=st.sampled_from([8, 9, 10]),
    ),
    max_size=10,
)


def choice_from(offset):
    """A choice that depends on nothing but its arguments, so that other drivers keep theirs."""
    return lambda n, k: [(offset + place) % n for place in range(k)]


def distance(one, other):
    return math.dist(one, other)


@settings(max_examples=150, deadline=None)
@given(questions, st.lists(sessions, max_size=3), sessions, sessions, st.integers(0, 9))
def test_other_data_of_one_driver_moves_it_at_most_twice_as_far(
    query, others, before, after, offset
):
    rest = {f"other-{number}": frame(*held) for number, held in enumerate(others)}
    # The driver comes last, so that its choices do not shift those of the others.
    choose = choice_from(offset)
    one = vector_of({**rest, "driver": frame(*before)}, query, choose)
    other = vector_of({**rest, "driver": frame(*after)}, query, choose)
    assert distance(one, other) <= 2 * cells.layout_of(query).sensitivity


@settings(max_examples=150, deadline=None)
@given(questions, st.lists(sessions, max_size=3), sessions)
def test_no_driver_who_joins_moves_it_further_than_declared(query, others, held):
    rest = {f"other-{number}": frame(*kept) for number, kept in enumerate(others)}
    one = vector_of(rest, query)
    other = vector_of({**rest, "driver": frame(*held)}, query)
    assert distance(one, other) <= cells.layout_of(query).sensitivity


@pytest.mark.parametrize("statistics", [[MEAN], [QUANTILES], [HISTOGRAM, ENERGY], EVERY_KIND])
@pytest.mark.parametrize("l0", [1, 2, 3])
def test_the_declared_sensitivity_is_reached(l0, statistics):
    """A bound that no data can reach would waste accuracy, and hide a slip in the proof."""
    query = query_with(group_by=[HOURS], statistics=statistics, l0=l0)
    hours = (1, 9, 20)[:l0]
    held = [session(energy_wh=0, hour=hour) for hour in hours for _ in range(30)]
    if statistics is EVERY_KIND:
        held = [session(energy_wh=10**6, hour=hour) for hour in hours for _ in range(30)]
    reached = distance(vector_of({}, query), vector_of({"d": frame(*held)}, query))
    declared = cells.layout_of(query).sensitivity
    assert reached <= declared
    assert reached >= (0.8 if statistics in (EVERY_KIND, [HISTOGRAM, ENERGY]) else 0.999) * declared


@given(questions)
def test_the_layout_knows_nothing_but_the_question(query):
    assert cells.layout_of(query) == cells.layout_of(dataclasses.replace(query))
