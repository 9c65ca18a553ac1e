import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import allotment
from protocol.errors import ProtocolError
from tests.protocol import vectors


@pytest.mark.parametrize("case", vectors.read("allotment"), ids=lambda case: case["pool_units"])
def test_shares_are_those_of_the_vectors(case):
    pool, total, weight = int(case["pool_units"]), case["total_weight"], case["weight"]

    shares = [allotment.share_units(pool, total, i, weight) for i in range(0, total, weight)]

    assert [str(share) for share in shares] == case["share_units"]


@given(st.integers(0, 2**128), st.lists(st.integers(1, 10**6), min_size=1, max_size=50))
def test_shares_sum_to_the_pool_and_lie_within_a_unit_of_fair(pool, weights):
    total = sum(weights)
    starts = [sum(weights[:index]) for index in range(len(weights))]
    shares = [
        allotment.share_units(pool, total, start, weight)
        for start, weight in zip(starts, weights, strict=True)
    ]

    assert sum(shares) == pool
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * total - pool * weight) < total


@given(st.integers(0, 2**128), st.integers(0, 1500))
def test_fee_and_pool_are_the_price(price, fee_bps):
    fee, pool = allotment.fee_units(price, fee_bps), allotment.pool_units(price, fee_bps)

    assert fee + pool == price
    assert fee * 10_000 <= price * fee_bps


@given(st.integers(0, 10**12), st.integers(0, 1000), st.integers(0, 1000))
def test_what_is_due_and_what_was_claimed_is_what_was_earned(share, earlier, later):
    sales = earlier + later
    claimed = allotment.due_units(share, sales=earlier, sales_claimed=0)

    due = allotment.due_units(share, sales=sales, sales_claimed=earlier)

    assert claimed + due == share * sales


@pytest.mark.parametrize("place", [(10, 3, 3, 1), (10, 3, -1, 1), (10, 3, 0, 0), (-1, 3, 0, 1)])
def test_it_refuses_a_share_outside_its_pool(place):
    with pytest.raises(ProtocolError) as refusal:
        allotment.share_units(*place)

    assert refusal.value.code == "bad_share"


def test_it_refuses_more_claims_than_sales():
    with pytest.raises(ProtocolError):
        allotment.due_units(1, sales=1, sales_claimed=2)
