"""A developer reads the standard products, asks what they would be worth, and takes their spec."""

import pytest

from odometer.client import Client
from odometer.errors import NotFound
from tests.sdk.wire import session

TOLD = {
    "object": "standard_product",
    "id": "energy_use",
    "title": "Energy use",
    "card": {"tells": "The mean consumption.", "cannot_tell": "Why."},
    "template": {"version": 1, "rho_micro": 100_000},
    "suggested_windows": ["2026-10"],
    "least_drivers": 956,
}


def test_every_product_comes_with_its_card():
    caller, _wire = session((200, {"results": [TOLD], "next": None}))
    (product,) = Client(session=caller).standard_products()
    assert (product.name, product.title, product.least_drivers) == ("energy_use", "Energy use", 956)
    assert product.card["cannot_tell"] == "Why."


def test_its_spec_has_the_months_that_were_chosen_or_the_suggested_ones():
    caller, _wire = session((200, TOLD))
    product = Client(session=caller).standard_product("energy_use")
    assert product.spec(["2026-08", "2026-09"])["windows"] == ["2026-08", "2026-09"]
    assert product.spec() == {"version": 1, "rho_micro": 100_000, "windows": ["2026-10"]}


def test_the_estimate_is_asked_for_so_many_drivers_and_these_months():
    caller, wire = session((200, TOLD), (200, {**TOLD, "estimate": {"verdict": "useful"}}))
    product = Client(session=caller).standard_product("energy_use")
    asked = product.estimate(drivers=2_000, windows=["2026-08", "2026-09"])
    assert asked == {"verdict": "useful"}
    assert str(wire.asked[1].url).endswith(
        "/standard-products/energy_use?drivers=2000&windows=2026-08&windows=2026-09"
    )


def test_a_name_that_is_not_known_is_not_found():
    caller, _wire = session((404, {"code": "no_such_standard_product", "status": 404}))
    with pytest.raises(NotFound) as refusal:
        Client(session=caller).standard_product("number_plates")
    assert refusal.value.code == "no_such_standard_product"
