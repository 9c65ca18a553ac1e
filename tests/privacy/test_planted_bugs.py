"""Every sensitivity bug that we plant is caught: by the exact sum, by a guesser, by a guard."""

from dataclasses import replace

import numpy as np
import pytest

from anonymize.domain import (
    cells,
    contributions,
    drawing,
    joint,
    mechanisms,
    parts,
    splitting,
)
from anonymize.domain.accounting import scale_of
from anonymize.domain.mechanisms import Noised
from anonymize.domain.parts import Part
from bench.auditing import bounds, guessing, planted, worst
from bench.auditing.planted import BUGS, CHARGED_MU, RHO_MICRO
from tests.anonymize.making import BOUGHT, HOURS, MEAN, cohort, first, frame, query_with, session

HONEST_BOUND = vars(Part)["bound_squared"].fget
TWO_MODELS = {"key": "vehicle_model", "domain": ["Small", "Large"]}
HIGH = frame(session(energy_wh=10**6, hour=1), session(energy_wh=10**6, hour=9))


def test_right_code_passes_the_exact_property():
    assert 0.999 <= planted.right().over <= 1


@pytest.mark.parametrize("name", BUGS)
def test_the_exact_property_catches(name):
    assert BUGS[name]().over > 1.02


@pytest.mark.parametrize("name", [name for name in BUGS if name != "range_for_free"])
def test_a_guesser_catches(name):
    """More loss is measured than was charged; missed less than once in a million runs."""
    bug = BUGS[name]()
    right = sum(guessing.right_guesses(step, bug.games) for step in bug.steps)
    assert bounds.mu_at_least(right, bug.games) > CHARGED_MU


# --- The guards that stop the same bugs in a build ---------------------------------------


@pytest.fixture
def query():
    return query_with(group_by=[HOURS], statistics=[MEAN], l0=2)


@pytest.fixture
def bounded(query):
    return contributions.bound_frames({"driver": HIGH}, query, first)


def test_a_build_refuses_a_driver_in_more_groups_than_are_charged(query, bounded):
    layout = cells.layout_of(replace(query, l0=1))
    with pytest.raises(ValueError, match="passes its bound"):
        cells.encode(bounded, layout)


def test_a_build_refuses_values_that_are_not_clamped(query, bounded, monkeypatch):
    honest = parts.features
    monkeypatch.setattr(
        parts,
        "features",
        lambda part, *rows: honest(part, *rows) * (10 if part.shape == "value" else 1),
    )
    with pytest.raises(ValueError, match="passes its bound"):
        cells.encode(bounded, cells.layout_of(query))


def test_a_build_refuses_parts_of_a_driver_that_were_not_merged(query):
    """Two rows of one driver in one group: each is within its bound, together they are not."""
    table = contributions.bound({"driver": contributions.partials(HIGH, query)}, query, first)
    with pytest.raises(ValueError, match="passes its bound"):
        cells.encode(table.vstack(table), cells.layout_of(query))


def test_a_build_refuses_a_bound_without_the_counts(query, bounded, monkeypatch):
    monkeypatch.setattr(
        Part,
        "bound_squared",
        property(lambda part: 1 if part.shape == "drivers" else HONEST_BOUND(part)),
    )
    with pytest.raises(ValueError, match="passes its bound"):
        cells.encode(bounded, cells.layout_of(query))


def test_a_build_refuses_rows_that_are_bounded_together_and_not_scaled(monkeypatch):
    monkeypatch.setattr(
        joint,
        "scaled",
        lambda values, _owners, _groups, columns, _most: np.rint(
            10 * values * joint.units(columns)
        ).astype(np.int64),
    )
    query = query_with(statistics=[BOUGHT], group_by=[TWO_MODELS, HOURS], l0=3, l0_first=1)
    centres = (0.0,) * len(query.groups)
    about = splitting.part_of(query, 0, contributions.CROSS, centre=centres, half=1.0)
    layout = cells.layout_of_shares(query, [(replace(about, mixed=3), 1.0)])
    table = contributions.bound_frames({"driver": HIGH}, query, first)
    with pytest.raises(ValueError, match="passes its bound"):
        cells.encode(table, layout)
    monkeypatch.undo()
    assert any(cells.encode(table, layout))


def test_the_mechanisms_own_map_refuses_a_scale_made_for_another_unit(monkeypatch):
    monkeypatch.setattr(
        mechanisms,
        "scale_of",
        lambda *, sensitivity, rho_micro: scale_of(
            sensitivity=sensitivity, rho_micro=rho_micro * 1_000
        ),
    )
    with pytest.raises(ValueError, match="costs more"):
        mechanisms.noise([0], sensitivity=1e9, rho_micro=RHO_MICRO)


def test_an_answer_whose_steps_cost_more_than_was_asked_is_not_given(monkeypatch):
    """The step that buys a range, on top of figures that cost the whole loss."""
    query = query_with(statistics=[BOUGHT], group_by=[], rho_micro=RHO_MICRO)
    bounded = contributions.bound_frames(cohort(30), query, first)
    spent = splitting.range_micro(query)

    def on_top(vector, *, sensitivity, rho_micro):
        asked = rho_micro if rho_micro == spent else RHO_MICRO
        return mechanisms.noise(vector, sensitivity=sensitivity, rho_micro=asked)

    with pytest.raises(ValueError, match="cost more"):
        drawing.draw(bounded, query, noise=on_top)


def test_a_range_that_is_told_to_cost_nothing_is_seen_by_the_exact_sum():
    """No guard can see noise that lies about its cost; the sum over steps as they were drawn can.

    What a driver may move a step, over the noise that it truly has, squared and summed.
    """
    query = query_with(statistics=[BOUGHT], group_by=[], rho_micro=RHO_MICRO)
    bounded = contributions.bound_frames(cohort(30), query, first)
    spent = splitting.range_micro(query)

    def lying(vector, *, sensitivity, rho_micro):
        asked = rho_micro if rho_micro == spent else RHO_MICRO
        told = mechanisms.noise(vector, sensitivity=sensitivity, rho_micro=asked)
        return Noised(told.values, told.scale, 0 if rho_micro == spent else RHO_MICRO)

    for noise, passes in ((mechanisms.noise, True), (lying, False)):
        steps = drawing.draw(bounded, query, noise=noise).steps
        loss = sum((one.layout.sensitivity / one.noised.scale) ** 2 / 2 for one in steps)
        assert (loss * 1e6 <= query.rho_micro) is passes


def test_the_worst_data_of_a_bug_are_those_of_right_code():
    """What is planted differs in its noise or bound, not in how it was looked for."""
    assert planted.right().steps[0].mu == pytest.approx(worst.added_to_groups(RHO_MICRO).mu)
