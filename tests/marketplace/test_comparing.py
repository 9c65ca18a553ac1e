"""A license stands exactly when the chain told of its sale; a sale that is unsaid takes it back."""

from datetime import UTC, datetime

import pytest

from chain import subscriptions
from chain.domain.calls import EventRecord
from marketplace import comparing, events
from marketplace.models import License, Purchase, Quote
from tests.marketplace import sales

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(on_sale, wallet):
    return sales.bought(on_sale, wallet, at=datetime(2026, 1, 1, tzinfo=UTC))


def test_a_license_and_its_sale_agree(bought, wallet):
    subscriptions.dispatch_all([bought])
    assert list(comparing.differences()) == []
    License.objects.all().delete()
    (line,) = comparing.differences()
    assert line.startswith(f"{wallet.address} bought")


def test_a_license_without_a_sale_is_named(bought, wallet):
    events.license_bought(bought)
    (line,) = comparing.differences()
    assert line.startswith(f"{wallet.address} has a license")


def test_a_sale_that_left_the_chain_takes_the_license_back(bought, on_sale, accredited, wallet):
    quote = Quote.objects.create(
        release=on_sale,
        developer=accredited,
        buyer=wallet.address,
        price_units=12_500_001,
        fee_units=1_500_000,
        order={},
        permit={},
        expires_at=bought.block_at,
    )
    Purchase.objects.create(quote=quote, developer=accredited)
    subscriptions.dispatch_all([bought])
    assert Purchase.objects.get().state == "licensed"
    subscriptions.dispatch_undone(bought)
    assert not License.objects.exists()
    assert Purchase.objects.get().state == "submitted"
    subscriptions.dispatch_all([bought])
    assert (License.objects.count(), Purchase.objects.get().state) == (1, "licensed")


def test_a_release_that_is_none_of_ours_is_left_alone(bought):
    foreign = EventRecord(**{**bought.__dict__, "args": bought.args | {"release": b"\xff" * 32}})
    subscriptions.dispatch_all([foreign])
    subscriptions.dispatch_undone(foreign)
    assert not License.objects.exists()
