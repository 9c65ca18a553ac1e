"""Shares, proofs and pay of one release."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payouts.domain.leaves import leaves_of
from payouts.errors import AddressMalformed
from protocol import allotment, merkle, typed_data

ADDRESSES = [typed_data.address_of(bytes([number]) * 32) for number in range(1, 41)]

crowds = st.lists(st.sampled_from(ADDRESSES), min_size=1, unique=True)
pools = st.integers(min_value=0, max_value=2**62)


@given(crowds, pools, st.integers(min_value=0, max_value=1_000_000))
def test_the_shares_of_any_number_of_sales_sum_to_the_pools_exactly(addresses, pool, sales):
    leaves = leaves_of(addresses, pool_per_sale_units=pool).leaves
    owed = [
        allotment.due_units(leaf.per_sale_units, sales=sales, sales_claimed=0) for leaf in leaves
    ]
    assert sum(owed) == pool * sales


@given(crowds, pools)
def test_equal_weights_differ_by_one_unit_at_most(addresses, pool):
    pay = [leaf.per_sale_units for leaf in leaves_of(addresses, pool_per_sale_units=pool).leaves]
    assert max(pay) - min(pay) <= 1


@given(crowds)
def test_every_leaf_proves_itself_and_the_order_of_the_addresses_is_no_matter(addresses):
    leaves = leaves_of(addresses, pool_per_sale_units=100)
    assert leaves_of(addresses[::-1], pool_per_sale_units=100) == leaves
    for leaf in leaves.leaves:
        share = merkle.Share(leaf.address, leaf.start, leaf.weight)
        proof = [bytes.fromhex(sibling[2:]) for sibling in leaf.proof]
        assert merkle.verify(bytes.fromhex(leaves.root[2:]), share, proof)


@pytest.mark.parametrize("addresses", [[], ["0x12"], ["nobody"], [ADDRESSES[0], ADDRESSES[0]]])
def test_it_refuses_contributors_that_cannot_be_paid(addresses):
    with pytest.raises(AddressMalformed):
        leaves_of(addresses, pool_per_sale_units=1)
