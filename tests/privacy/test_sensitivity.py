"""No change of one driver's data moves the cell vector further than its declared sensitivity."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.domain import cells, contributions, queries
from tests.anonymize.making import (
    HISTOGRAM,
    HOURS,
    MEAN,
    MODELS,
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
        [[MEAN], [HISTOGRAM], [MEAN, HISTOGRAM], [MEAN, HOUR_MEAN, HISTOGRAM, ENERGY]]
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
def test_no_neighbour_is_further_than_declared(query, others, before, after, offset):
    rest = {f"other-{number}": frame(*held) for number, held in enumerate(others)}
    # The driver comes last, so that its choices do not shift those of the others.
    choose = choice_from(offset)
    one = vector_of({**rest, "driver": frame(*before)}, query, choose)
    other = vector_of({**rest, "driver": frame(*after)}, query, choose)
    assert distance(one, other) <= cells.layout_of(query).sensitivity


@settings(max_examples=60, deadline=None)
@given(questions, st.lists(sessions, max_size=3), sessions)
def test_no_driver_who_joins_moves_it_further_than_declared(query, others, held):
    rest = {f"other-{number}": frame(*kept) for number, kept in enumerate(others)}
    one = vector_of(rest, query)
    other = vector_of({**rest, "driver": frame(*held)}, query)
    assert distance(one, other) <= cells.layout_of(query).sensitivity


@pytest.mark.parametrize("l0", [1, 2, 3])
def test_the_declared_sensitivity_is_reached(l0):
    """A bound that no data can reach would waste accuracy, and hide a slip in the proof."""
    query = query_with(group_by=[HOURS], statistics=[MEAN], l0=l0)
    hours = (1, 9, 20)[:l0]
    low = frame(*(session(energy_wh=1, hour=hour) for hour in hours))
    high = frame(*(session(energy_wh=10**6, hour=hour) for hour in hours))
    reached = distance(vector_of({"d": low}, query), vector_of({"d": high}, query))
    assert reached == pytest.approx(cells.layout_of(query).sensitivity, rel=1e-3)


@pytest.mark.parametrize("statistics", [[MEAN, HISTOGRAM], [HISTOGRAM], [HISTOGRAM, ENERGY]])
def test_a_driver_who_moves_to_another_group_reaches_it_too(statistics):
    query = query_with(statistics=statistics)
    here = frame(session("Small", 1, 1))
    there = frame(session("Large", 10**6, 20))
    reached = distance(vector_of({"d": here}, query), vector_of({"d": there}, query))
    assert reached == pytest.approx(cells.layout_of(query).sensitivity, rel=1e-3)


def charged_as_one(query):
    """The planted bug: l0 groups may be touched, one is charged for."""
    return cells.layout_of(dataclasses.replace(query, l0=1))


def test_a_layout_that_charges_too_few_groups_is_caught():
    query = query_with(group_by=[HOURS], statistics=[MEAN], l0=2)
    low = {"d": frame(session(energy_wh=1, hour=1), session(energy_wh=1, hour=9))}
    high = {"d": frame(session(energy_wh=10**6, hour=1), session(energy_wh=10**6, hour=9))}
    moved = distance(vector_of(low, query), vector_of(high, query))
    assert moved > 1.2 * charged_as_one(query).sensitivity
    bounded = contributions.bound_frames(low, query, choice_from(0))
    with pytest.raises(ValueError, match="passes its bound"):
        cells.encode(bounded, charged_as_one(query))


def test_a_mean_that_is_not_clamped_is_caught():
    query = query_with()
    bounded = contributions.bound_frames({"d": frame(session())}, query, choice_from(0))
    wild = bounded.with_columns(mean_0=bounded["mean_0"] + 10 * contributions.RESOLUTION)
    with pytest.raises(ValueError, match="passes its bound"):
        cells.encode(wild, cells.layout_of(query))


def test_counting_sessions_instead_of_drivers_is_caught():
    query = query_with()
    bounded = contributions.bound_frames({"d": frame(session(), session())}, query, choice_from(0))
    twice = bounded.with_columns(count=bounded["count"] * 2)
    with pytest.raises(ValueError, match="passes its bound"):
        cells.encode(twice, cells.layout_of(query))


@given(questions)
def test_the_layout_knows_nothing_but_the_question(query):
    assert cells.layout_of(query) == cells.layout_of(queries.Query(**vars(query)))
