"""A whole answer: its steps, its loss, its table."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.domain import accounting, cells, contributions, drawing, mechanisms
from anonymize.domain.mechanisms import Noised
from tests.anonymize.making import (
    BOUGHT,
    EVERY_KIND,
    HOURS,
    MEAN,
    MODELS,
    QUANTILES,
    cohort,
    first,
    frame,
    query_with,
    session,
)

STAGED = {"group_by": [MODELS, HOURS], "l0": 3, "l0_first": 1}


def drawn(frames, query, **options):
    return drawing.draw(contributions.bound_frames(frames, query, first), query, **options)


@pytest.mark.parametrize("changes", [{}, {"group_by": []}, {"group_by": [HOURS], "l0": 3}, STAGED])
@pytest.mark.parametrize("statistics", [EVERY_KIND, [BOUGHT, QUANTILES], [BOUGHT]])
@pytest.mark.parametrize("rho_micro", [77_777, 250_000])
def test_the_steps_together_cost_what_was_asked_and_no_more(changes, statistics, rho_micro):
    query = query_with(statistics=statistics, rho_micro=rho_micro, **changes)
    answer = drawn(cohort(60), query)
    assert answer.rho_micro_spent == rho_micro
    assert len(answer.estimated.columns) == answer.estimated.frame.width


@pytest.mark.parametrize(("changes", "steps"), [({"group_by": []}, 2), ({}, 2), (STAGED, 4)])
def test_a_range_is_bought_before_it_is_used(changes, steps):
    answer = drawn(cohort(400), query_with(statistics=[BOUGHT], **changes))
    assert len(answer.steps) == steps
    narrowed = [part.half for part in answer.steps[-1].layout.parts if part.shape == "value"]
    assert max(narrowed) < 60


def test_a_bought_range_gives_a_better_mean_than_the_wide_one():
    frames = cohort(400)
    exact = np.mean([one["energy_wh"].to_numpy().mean() / 1000 for one in frames.values()])
    wide = {**BOUGHT}
    del wide["range"]
    errors = {}
    for name, one in {"bought": BOUGHT, "wide": wide}.items():
        query = query_with(statistics=[one], group_by=[])
        told = [drawn(frames, query).estimated.frame["energy_mean"][0] for _ in range(30)]
        errors[name] = np.abs(np.array(told) - exact).mean()
    assert errors["bought"] < errors["wide"] / 2


def test_nobody_is_answered_without_a_crash():
    answer = drawn({}, query_with(statistics=[BOUGHT, *EVERY_KIND[1:]], **STAGED))
    assert answer.estimated.cohort_noised >= 0


def test_values_at_the_far_end_of_the_range_are_answered():
    frames = {str(n): frame(session(energy_wh=10**6)) for n in range(300)}
    told = drawn(frames, query_with(statistics=[BOUGHT], group_by=[])).estimated.frame
    assert told["energy_mean"][0] == pytest.approx(400, abs=40)


sessions = st.lists(
    st.builds(
        session, st.sampled_from(["Small", "Large"]), st.integers(1, 10**6), st.integers(0, 23)
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(sessions, max_size=3), sessions, st.booleans())
def test_no_step_is_moved_further_than_declared_by_one_driver(others, held, is_staged):
    """Every later step for the same earlier answers, with and without the driver."""
    changes = STAGED if is_staged else {}
    query = query_with(statistics=[BOUGHT, QUANTILES, MEAN | {"name": "plain"}], **changes)
    rest = {f"other-{number}": frame(*kept) for number, kept in enumerate(others)}
    answer = drawn(rest, query)
    tables = [
        contributions.bound_frames(frames, query, first)
        for frames in (rest, {**rest, "driver": frame(*held)})
    ]
    for step in answer.steps:
        one, other = (cells.encode(table, step.layout) for table in tables)
        assert math.dist(one, other) <= step.layout.sensitivity


def test_a_step_that_costs_too_much_is_refused():
    def careless(vector, *, sensitivity, rho_micro):
        return mechanisms.noise(vector, sensitivity=sensitivity, rho_micro=rho_micro + 1)

    with pytest.raises(ValueError, match="cost more"):
        drawn(cohort(20), query_with(), noise=careless)


def normal_noise(rng, times=1.0):
    """Rounded normal noise of the mechanism's scale: fast, for measuring estimates alone."""

    def draw(vector, *, sensitivity, rho_micro):
        scale = accounting.scale_of(sensitivity=sensitivity, rho_micro=rho_micro) * times
        values = np.rint(np.array(vector) + rng.normal(0, scale, len(vector))).astype(np.int64)
        return Noised(tuple(values.tolist()), scale, rho_micro)

    return draw


def test_intervals_cover_after_ranges_are_bought_and_groups_drawn_together():
    query = query_with(statistics=[BOUGHT, {**QUANTILES, "level": "first"}], **STAGED)
    bounded = contributions.bound_frames(cohort(600), query, first)
    rng = np.random.default_rng(8)
    exact = drawing.draw(bounded, query, noise=normal_noise(rng, 1e-6)).estimated.frame
    tables = [
        drawing.draw(bounded, query, noise=normal_noise(rng)).estimated.frame for _ in range(80)
    ]
    many, truth = pl.concat(tables), pl.concat([exact] * 80)
    for name in query.figure_names:
        shown = many[name].is_not_null()
        low, high = (many[name + end].filter(shown).to_numpy() for end in ("_low", "_high"))
        true = truth[name].filter(shown).to_numpy()
        covered = ((low <= true + 1e-6) & (true - 1e-6 <= high)).mean()
        assert 0.92 <= covered <= 0.995, name
