"""Quote, buy with a signed order, hold a license; nothing moves on a bad signature."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chain import standing
from chain.models import OutboundCall
from marketplace import events
from marketplace.models import License, Purchase, Quote
from protocol.ids import to_bytes32
from tests.marketplace.sales import bought

pytestmark = pytest.mark.django_db


@pytest.fixture
def quote(accredited, as_developer, post, on_sale, wallet):
    body = {"release_id": str(on_sale.id), "buyer": wallet.address}
    return post(as_developer, "quotes", body).data


@pytest.fixture
def order(quote, wallet):
    return {
        "quote_id": quote["id"],
        "order_signature": wallet.sign(quote["order_typed_data"]),
        "permit_signature": wallet.sign(quote["permit_typed_data"]),
    }


def test_a_quote_adds_up_to_the_unit(quote):
    price, fee = int(quote["price_units"]), int(quote["fee_units"])
    assert (price, fee) == (11_000_001, 1_500_000)
    assert price + fee == int(quote["total_units"]) == 12_500_001


def test_the_order_binds_release_price_and_buyer(quote, on_sale, wallet):
    message = quote["order_typed_data"]["message"]
    assert message["release"] == "0x" + to_bytes32(on_sale.id).hex()
    assert message["maxPrice"] == "12500001"
    assert message["buyer"] == message["recipient"] == wallet.address


def test_asking_for_the_key_without_a_license_is_402_with_the_price(
    accredited, as_developer, on_sale
):
    response = as_developer.get(f"/api/v1/releases/{on_sale.id}/key")
    assert (response.status_code, response.data["code"]) == (402, "license_required")
    assert response.data["quote"]["total_units"] == "12500001"
    assert response.data["x402"]["accepts"][0]["amount"] == "12500001"


def test_an_address_in_the_wrong_form_is_refused(accredited, as_developer, post, on_sale, wallet):
    body = {"release_id": str(on_sale.id), "buyer": wallet.address.lower()}
    response = post(as_developer, "quotes", body)
    assert response.status_code == 422
    assert response.data["fields"][0]["pointer"] == "#/buyer"


def test_a_signed_order_is_on_its_way_and_needs_no_second_one(order, as_developer, post):
    first = post(as_developer, "purchases", order)
    again = post(as_developer, "purchases", order)
    assert (first.status_code, first.data["state"]) == (202, "submitted")
    assert again.data["id"] == first.data["id"]
    assert OutboundCall.objects.get().function == "buy_with_order"


def test_an_order_signed_by_somebody_else_moves_nothing(
    quote, order, as_developer, post, other_wallet
):
    order["order_signature"] = other_wallet.sign(quote["order_typed_data"])
    response = post(as_developer, "purchases", order)
    assert (response.status_code, response.data["code"]) == (403, "wrong_signature")
    assert not Purchase.objects.exists()
    assert not OutboundCall.objects.exists()


def test_an_expired_quote_is_not_sold(quote, order, as_developer, post):
    Quote.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = post(as_developer, "purchases", order)
    assert (response.status_code, response.data["code"]) == (409, "quote_expired")
    assert not Purchase.objects.exists()


def test_an_order_below_the_price_is_refused(quote, order, as_developer, post, wallet):
    row = Quote.objects.get()
    row.order["message"]["maxPrice"] = "12500000"
    row.save()
    order["order_signature"] = wallet.sign(row.order)
    response = post(as_developer, "purchases", order)
    assert (response.status_code, response.data["code"]) == (422, "price_above_maximum")


def test_the_chain_makes_the_license(order, as_developer, post, on_sale, wallet):
    row = post(as_developer, "purchases", order).data
    for _ in range(2):  # hearing it again changes nothing
        events.license_bought(bought(on_sale, wallet, at=timezone.now()))
    shown = as_developer.get(f"/api/v1/purchases/{row['id']}").data
    assert shown["state"] == "licensed"
    assert shown["license_id"] == str(License.objects.get().id)


def test_a_licensee_is_led_to_the_key(order, as_developer, post, on_sale, wallet):
    post(as_developer, "purchases", order)
    events.license_bought(bought(on_sale, wallet, at=timezone.now()))
    response = as_developer.get(f"/api/v1/releases/{on_sale.id}/key")
    assert response.status_code == 303
    assert response.headers["Location"].endswith(f"/licenses/{License.objects.get().id}/key")


def test_a_license_bought_without_us_is_known_all_the_same(quote, on_sale, wallet, accredited):
    events.license_bought(bought(on_sale, wallet, at=timezone.now()))
    assert License.objects.get().developer == accredited


def test_an_order_the_contract_refuses_says_why(order, as_developer, post):
    row = post(as_developer, "purchases", order).data
    events.order_refused(f"marketplace.purchase:{row['id']}", "market: halted")
    shown = as_developer.get(f"/api/v1/purchases/{row['id']}").data
    assert (shown["state"], shown["failure"]) == ("failed", "market: halted")


def test_while_the_market_is_halted_nobody_is_asked_to_sign(
    accredited, as_developer, post, on_sale, wallet, monkeypatch
):
    monkeypatch.setattr(standing, "is_halted", lambda: True)
    body = {"release_id": str(on_sale.id), "buyer": wallet.address}
    refusal = post(as_developer, "quotes", body)
    assert (refusal.status_code, refusal.data["code"]) == (409, "market_halted")
    assert not Quote.objects.exists()


def test_an_order_signed_before_the_halt_is_not_sent(as_developer, post, order, monkeypatch):
    monkeypatch.setattr(standing, "is_halted", lambda: True)
    refusal = post(as_developer, "purchases", order)
    assert (refusal.status_code, refusal.data["code"]) == (409, "market_halted")
    assert not OutboundCall.objects.exists()


def test_a_purchase_made_before_the_halt_is_still_shown(as_developer, post, order, monkeypatch):
    first = post(as_developer, "purchases", order).data
    monkeypatch.setattr(standing, "is_halted", lambda: True)
    assert post(as_developer, "purchases", order).data["id"] == first["id"]
