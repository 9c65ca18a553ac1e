"""What a refusal suggests is put where it points, and makes a question that can be asked."""

import pytest

from anonymize.domain import products, queries
from anonymize.domain.errors import SpecRefused
from marketplace.domain import changing


@pytest.fixture
def spec():
    return products.spec_of("energy_use", ["2026-10"])


def refused(spec):
    with pytest.raises(SpecRefused) as caught:
        queries.plan_of(spec)
    assert caught.value.suggestion is not None
    return changing.applied(spec, caught.value.suggestion, caught.value.fields[0]["pointer"])


def test_a_change_of_the_whole_question_is_made_at_the_top(spec):
    better = refused(spec | {"rho_micro": 300_000})
    assert better["rho_micro"] == queries.MAX_RHO_MICRO
    queries.plan_of(better)


def test_a_change_inside_a_statistic_is_made_there_and_nowhere_else(spec):
    spec["statistics"][1]["unit"] = "kWh"
    better = refused(spec)
    assert [one["unit"] for one in better["statistics"]] == ["Wh/km", "Wh/km"]
    assert spec["statistics"][1]["unit"] == "kWh"
    queries.plan_of(better)


def test_a_change_inside_a_key_is_made_there(spec):
    spec["group_by"][0]["unit"] = "km"
    assert refused(spec)["group_by"][0]["unit"] == "degC"


def test_rows_for_the_first_key_leave_with_the_second_key(spec):
    better = changing.applied(spec, {"group_by": spec["group_by"][:1]})
    assert "l0_first" not in better
    assert [one.get("level", "group") for one in better["statistics"]] == ["group", "group"]
    queries.plan_of(better)


def test_what_is_missing_at_the_top_is_added_at_the_top(spec):
    del spec["l0_first"]
    assert refused(spec)["l0_first"] == 1


def test_a_whole_question_replaces_the_other(spec):
    better = refused(spec | {"group_by": spec["group_by"][:1]})
    assert "l0_first" not in better
