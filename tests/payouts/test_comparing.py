"""Sales and payments are facts of their own; rows that differ from them are named."""

import pytest

from chain import subscriptions
from payouts import comparing, events, recording
from payouts.models import Payment, Pool, Sale, Share

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold_and_paid(pool, share, bought, paid):
    subscriptions.dispatch_all([bought(pool, block=7), bought(pool, block=8)])
    subscriptions.dispatch_all([paid(pool, share, sales=1, block=9)])
    share.refresh_from_db()
    subscriptions.dispatch_all([paid(pool, share, sales=2, block=10)])
    return pool


def derived():
    return (
        list(Pool.objects.values()),
        list(Share.objects.order_by("id").values()),
    )


def test_pools_and_shares_agree_with_what_was_heard(sold_and_paid, share):
    assert list(comparing.differences()) == []
    assert [one.amount_units for one in Payment.objects.all()] == [share.per_sale_units] * 2


def test_rows_that_say_something_else_are_named(sold_and_paid, share):
    Pool.objects.update(sales=3)
    Share.objects.filter(id=share.id).update(claimed_units=1)
    lines = list(comparing.differences())
    assert len(lines) == 2
    assert str(sold_and_paid.release_id) in lines[0]
    assert str(share.id) in lines[1]


def test_what_is_forgotten_is_taken_back_and_comes_again(sold_and_paid, share, bought, paid):
    before = derived()
    recording.forget(9)
    assert Share.objects.get(id=share.id).claimed_sales == 1
    assert list(comparing.differences()) == []
    recording.forget(-1)
    assert not Sale.objects.exists()
    assert not Payment.objects.exists()
    assert Pool.objects.get().sales == 0
    assert Share.objects.get(id=share.id).claimed_units == 0
    share.refresh_from_db()
    first = paid(sold_and_paid, share, sales=1, block=9)
    share.claimed_sales = 1
    second = paid(sold_and_paid, share, sales=2, block=10)
    sales = [bought(sold_and_paid, block=7), bought(sold_and_paid, block=8)]
    subscriptions.dispatch_all([*sales, first, second])
    assert derived() == before


def test_a_sale_and_a_payment_need_no_pool(heard, pool, bought, paid, share):
    records = bought(pool), paid(pool, share, sales=1)
    Share.objects.all().delete()
    Pool.objects.all().delete()
    for door, record in zip((events.bought, events.claimed), records, strict=True):
        door(record)
        door(record)
    assert (Sale.objects.count(), Payment.objects.count()) == (1, 1)
    sale = Sale.objects.get()
    assert sale.buyer == sale.recipient == records[0].args["buyer"]
