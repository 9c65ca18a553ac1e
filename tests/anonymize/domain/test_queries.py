"""What may be asked, and how a refusal tells what would pass."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.domain import errors, queries
from common.errors import InvalidInput
from tests.anonymize.making import (
    COUNT,
    EVERY_KIND,
    HISTOGRAM,
    HOURS,
    MEAN,
    MODELS,
    QUANTILES,
    RATE,
    query_with,
    spec_with,
)


def test_it_reads_a_spec_into_a_query():
    query = query_with(group_by=[MODELS, HOURS], l0=3)
    assert [key.key for key in query.group_by] == ["vehicle_model", "hour_of_day"]
    assert query.means[0].signal.column == "energy_wh"
    assert (query.means[0].clamp.centre, query.means[0].clamp.half) == (20.0, 20.0)
    assert query.histograms[0].labels == ("0-8", "8-16", "16-24")
    assert query.groups[:2] == (("Small", "00-08"), ("Small", "08-16"))


@pytest.mark.parametrize(
    ("changes", "refusal", "pointer"),
    [
        ({"version": 2}, errors.SpecMalformed, "/version"),
        ({"source": "trips"}, errors.UnknownSource, "/source"),
        ({"group_by": [{"key": "vin", "domain": ["x"]}]}, errors.UnknownKey, "/group_by/0/key"),
        (
            {"statistics": [{**MEAN, "signal": "position"}]},
            errors.UnknownSignal,
            "/statistics/0/signal",
        ),
        ({"statistics": [{**MEAN, "unit": "Wh"}]}, errors.WrongUnit, "/statistics/0/unit"),
        ({"min_cohort": 2}, errors.CohortTooSmall, "/min_cohort"),
        ({"rho_micro": 2_000_000}, errors.LossTooGreat, "/rho_micro"),
        (
            {"group_by": [{"key": "hour_of_day", "domain": ["00-08", "07-24"]}]},
            errors.HoursUnclear,
            "/group_by/0/domain",
        ),
        (
            {"group_by": [{"key": "hour_of_day", "domain": ["morning"]}]},
            errors.HoursUnclear,
            "/group_by/0/domain",
        ),
        ({"l0_first": 1}, errors.LevelMissing, "/l0_first"),
        (
            {"statistics": [{**MEAN, "level": "first"}]},
            errors.LevelMissing,
            "/statistics/0/level",
        ),
        (
            {"statistics": [{**COUNT, "clamp": ["-1", "5"]}]},
            errors.ClampBelowZero,
            "/statistics/0/clamp",
        ),
        (
            {
                "statistics": [
                    {**RATE, "per": {"signal": "plug_in_hour", "unit": "km", "clamp": ["0", "300"]}}
                ]
            },
            errors.WrongUnit,
            "/statistics/0/per/unit",
        ),
        (
            {"group_by": [{"key": "start_soc", "unit": "kWh", "bins": ["0", "1"]}]},
            errors.WrongUnit,
            "/group_by/0/unit",
        ),
        (
            {"statistics": [{**QUANTILES, "at": ["0.5", "0.1"]}]},
            errors.SpecMalformed,
            "/statistics/0/at",
        ),
        (
            {"statistics": [MEAN, {**MEAN, "name": "energy_mean_low"}]},
            errors.NamesCollide,
            "/statistics",
        ),
    ],
)
def test_it_refuses_what_cannot_be_asked_and_points_at_it(changes, refusal, pointer):
    with pytest.raises(refusal) as caught:
        queries.plan_of(spec_with(**changes))
    assert caught.value.fields[0]["pointer"] == pointer
    assert str(caught.value)


def test_it_refuses_too_fine_a_question_and_suggests_one_that_passes():
    many = [f"model {number}" for number in range(200)]
    sites = [f"site {number}" for number in range(100)]
    asked = spec_with(
        group_by=[{"key": "vehicle_model", "domain": many}, {"key": "site", "domain": sites}]
    )
    with pytest.raises(errors.TooFine) as caught:
        queries.plan_of(asked)
    queries.plan_of({**asked, **(caught.value.suggestion or {})})


@pytest.mark.parametrize("changes", [{"min_cohort": 1}, {"rho_micro": 9_999_999}])
def test_its_suggestion_passes(changes):
    with pytest.raises(errors.SpecRefused) as caught:
        queries.plan_of(spec_with(**changes))
    queries.plan_of(spec_with(**{**changes, **(caught.value.suggestion or {})}))


_junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(spec_with())), _junk), st.booleans())
def test_any_document_is_read_or_refused(changes, is_whole):
    document = {**spec_with(), **changes} if is_whole else changes
    try:
        queries.plan_of(document)
    except InvalidInput as refusal:
        assert refusal.code.startswith("spec_")  # noqa: PT017  # both ends are fine


def test_two_histograms_and_no_mean_can_be_asked():
    other = {**HISTOGRAM, "name": "energy", "signal": "energy_per_session", "unit": "kWh"}
    assert len(query_with(statistics=[HISTOGRAM, other]).figure_names) == 6


def test_every_kind_can_be_asked_and_names_its_columns():
    query = query_with(statistics=EVERY_KIND)
    assert "energy_quantiles_p50" in query.figure_names
    assert len(query.figure_names) == 1 + 3 + 3 + 1 + 1 + 1 + 1


def test_trips_can_be_asked_about():
    soh = {**QUANTILES, "signal": "state_of_health", "unit": "%", "clamp": ["60", "100"]}
    key = {"key": "odometer", "unit": "km", "bins": ["0", "50000", "200000"]}
    query = query_with(source="driving", statistics=[soh], group_by=[key])
    assert query.group_by[0].domain == ("0..50000", "50000..200000")
    assert query.group_by[0].edges == (0.0, 5e7, 2e8)
