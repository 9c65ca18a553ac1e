"""What a transaction may cost."""

from hypothesis import given
from hypothesis import strategies as st

from chain.domain import gas
from chain.domain.gas import Prices, Terms

GWEI = 10**9
CAP = 200 * GWEI
wei = st.integers(min_value=1, max_value=CAP)


def test_a_limit_has_a_quarter_of_room():
    assert gas.limit_for(100_001) == 125_002


def test_nothing_larger_than_a_block_or_than_the_chain_lets_through_fits():
    assert Terms(GWEI, 30_000_000).fits(gas.MOST_GAS)
    assert not Terms(GWEI, 30_000_000).fits(gas.MOST_GAS + 1)
    assert not Terms(GWEI, 5_000_000).fits(5_000_001)


def test_the_first_price_bears_a_doubled_base_fee():
    assert gas.fees_at(10 * GWEI, CAP) == Prices(21 * GWEI, GWEI)


def test_no_price_is_above_the_cap():
    assert gas.fees_at(150 * GWEI, CAP).most_wei == CAP
    assert gas.fees_at(150 * GWEI, GWEI // 2) == Prices(GWEI // 2, GWEI // 2)


def test_a_raise_follows_the_market():
    new = gas.raised(Prices(3 * GWEI, GWEI), 50 * GWEI, CAP)
    assert new == Prices(101 * GWEI, 1_125_000_000)


@given(most=wei, tip=wei, base=wei)
def test_a_raise_is_an_eighth_more_on_both_or_nothing(most, tip, base):
    old = Prices(max(most, tip), min(most, tip))
    new = gas.raised(old, base, CAP)
    if new is None:
        assert 1125 * old.most_wei > 1000 * CAP
        return
    assert new.tip_wei <= new.most_wei <= CAP
    assert 1000 * new.most_wei >= 1125 * old.most_wei
    assert 1000 * new.tip_wei >= 1125 * old.tip_wei
    assert new.most_wei >= gas.fees_at(base, CAP).most_wei
