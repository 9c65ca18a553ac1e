"""What the chain says about sales and claims, however often it is said."""

from typing import Any

import pytest

from payouts import events, selectors
from payouts.models import Claim, Pool, Sale, Share

pytestmark = pytest.mark.django_db


def facts() -> tuple[list[Any], ...]:
    return (
        list(Pool.objects.values().order_by("id")),
        list(Share.objects.values().order_by("id")),
        list(Sale.objects.values("tx_hash", "log_index", "price_units").order_by("tx_hash")),
        list(Claim.objects.values().order_by("id")),
    )


def test_a_sale_counts_once_however_often_it_is_heard(pool, bought):
    for _ in range(3):
        events.bought(bought(pool))
    events.bought(bought(pool, block=8))
    assert Pool.objects.get().sales == 2


def test_a_sale_whose_block_left_the_chain_is_taken_back(pool, bought):
    events.bought(bought(pool))
    before = facts()
    events.bought(bought(pool, block=8))
    events.sale_undone(bought(pool, block=8))
    assert facts() == before


def test_a_payment_settles_the_claim(pool, share, bought, paid, claim_of):
    events.bought(bought(pool))
    claim_of(share.driver, pool)
    events.claimed(paid(pool, share, sales=1))
    claim, row = Claim.objects.get(), Share.objects.get(id=share.id)
    assert (claim.state, claim.tx_hash) == ("confirmed", "0x" + f"{9:064x}")
    assert (row.claimed_sales, row.claimed_units) == (1, share.per_sale_units)


def test_a_payment_made_without_us_is_recorded_too(pool, share, bought, paid):
    events.bought(bought(pool))
    events.claimed(paid(pool, share, sales=1))
    assert Share.objects.get(id=share.id).claimed_units == share.per_sale_units


def test_a_payment_heard_twice_counts_once(pool, share, bought, paid):
    events.bought(bought(pool))
    record = paid(pool, share, sales=1)
    events.claimed(record)
    before = facts()
    events.claimed(record)
    assert facts() == before


def test_a_claim_of_two_releases_is_settled_when_both_are_paid(
    driver, new_pool, bought, paid, claim_of
):
    pools = [new_pool(), new_pool(30)]
    for block, pool in enumerate(pools, start=7):
        events.bought(bought(pool, block=block))
    claim_of(driver, *pools)
    events.claimed(paid(pools[0], pools[0].shares.get(driver=driver), sales=1))
    assert Claim.objects.get().state == "queued"
    events.claimed(paid(pools[1], pools[1].shares.get(driver=driver), sales=1))
    assert Claim.objects.get().state == "confirmed"


def test_a_payment_whose_block_left_the_chain_is_owed_again(pool, share, bought, paid, claim_of):
    events.bought(bought(pool))
    claim_of(share.driver, pool)
    before = facts()
    record = paid(pool, share, sales=1)
    events.claimed(record)
    events.claim_undone(record)
    assert facts() == before


def test_what_was_paid_and_what_is_owed_is_what_the_pools_took_in(
    driver, other_driver, pool, bought, paid
):
    share = pool.shares.get(driver=driver)
    for block in (7, 8, 9):
        events.bought(bought(pool, block=block))
    events.claimed(paid(pool, share, sales=2, block=10))
    sums = [selectors.sums_of(person) for person in (driver, other_driver)]
    took_in = sum(sale.price_units - sale.fee_units for sale in Sale.objects.all())
    assert sum(one.earned_units for one in sums) == took_in
    assert sum(one.claimed_units + one.claimable_units for one in sums) == took_in
    assert sums[0].claimed_units == 2 * share.per_sale_units


def test_a_release_that_is_not_ours_is_left_alone(pool, bought, heard):
    events.bought(heard("Bought", pool, release=b"\xff" * 32, price=1, fee=0))
    assert not Sale.objects.exists()
