"""The standard products can be asked, are useful at a fair size, and say what they do not know."""

from datetime import date

import pytest

from anonymize.domain import products, promises, queries
from anonymize.domain.errors import SpecRefused
from anonymize.domain.signals import CHARGING
from anonymize.errors import NoSuchStandardProduct
from anonymize.formats import sessions, trips

NAMES = [product.name for product in products.standard_products()]
THOUSAND = 1_000


def query_of(name):
    return queries.plan_of(products.spec_of(name, ["2026-10"]))


def test_the_products_ship():
    assert set(NAMES) == {
        "battery_ageing",
        "battery_by_age",
        "energy_use",
        "charging_behaviour",
        "driving_style",
        "trip_patterns",
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_signal_and_key_is_a_column_that_importers_make(name):
    query = query_of(name)
    made = sessions.SCHEMA if products.product_of(name).source == CHARGING else trips.SCHEMA
    needed = {signal.column for signal in query.signals} | {key.column for key in query.group_by}
    assert needed <= {*made, "vehicle_age_y"}  # the age is known from registration


@pytest.mark.parametrize("name", NAMES)
def test_a_thousand_drivers_make_it_useful(name):
    assert products.promise_of(name, THOUSAND).verdict == "useful"


@pytest.mark.parametrize("name", NAMES)
def test_the_least_cohort_is_the_first_that_the_promise_calls_useful(name):
    least = products.least_drivers(name)
    query = query_of(name)
    assert promises.promise(query, least).verdict == "useful"
    assert promises.promise(query, least * 98 // 100).verdict != "useful"


@pytest.mark.parametrize("name", NAMES)
def test_two_of_them_fit_into_what_a_driver_gives_in_a_month(name):
    assert 2 * products.product_of(name).rho_micro <= queries.MAX_RHO_MICRO


@pytest.mark.parametrize("name", NAMES)
def test_every_part_of_the_card_is_said(name):
    card = products.product_of(name).card
    words = (card.title, card.question, card.tells, card.cannot_tell, card.missing, card.example)
    assert all(word.strip() for word in words)


def test_a_template_is_the_callers_own():
    products.product_of("energy_use").template["rho_micro"] = 1
    assert products.product_of("energy_use").rho_micro > 1


def test_the_months_are_the_callers_choice():
    assert products.spec_of("energy_use", ["2026-08", "2026-09"])["windows"] == [
        "2026-08",
        "2026-09",
    ]
    with pytest.raises(SpecRefused):
        products.spec_of("energy_use", [])


def test_it_suggests_the_last_month_that_is_over():
    assert products.suggested_windows("energy_use", date(2026, 11, 22)) == ["2026-10"]
    assert products.suggested_windows("energy_use", date(2026, 1, 1)) == ["2025-12"]


def test_a_name_that_no_product_has_is_refused_with_those_there_are():
    with pytest.raises(NoSuchStandardProduct) as refusal:
        products.product_of("number_plates")
    assert "energy_use" in refusal.value.facts["known"]
