"""A market that breaks down or takes another price than it said: what the escrow gives it."""

import boa
import pytest

from tests.contracts.campaigns import BOUNTY, fund, past, refund, settle
from tests.contracts.market import PRICE


def test_a_refund_asks_neither_market_nor_stewardship(compiled, token, developer, relayer):
    broken = compiled["OddMarket"].deploy(token.address, PRICE)
    escrow = compiled["CampaignEscrow"].deploy(broken.address, broken.address)
    facts = fund(escrow, token, developer, b"\x01" * 32)
    broken.break_down()
    past(facts)
    refund(escrow, relayer, developer, facts["request"])
    assert token.balanceOf(escrow.address) == 0


@pytest.mark.parametrize("taken", [PRICE - 1, 0])
def test_a_market_that_takes_another_price_gets_nothing(compiled, token, developer, taken):
    odd = compiled["OddMarket"].deploy(token.address, PRICE)
    escrow = compiled["CampaignEscrow"].deploy(odd.address, odd.address)
    facts = fund(escrow, token, developer, b"\x01" * 32)
    odd.take(taken)
    with boa.reverts("escrow: wrong price taken"):
        settle(escrow, developer, developer, facts["request"], b"\x01" * 32)
    assert token.balanceOf(escrow.address) == BOUNTY


def test_a_market_cannot_take_another_campaigns_bounty(compiled, token, developer):
    odd = compiled["OddMarket"].deploy(token.address, PRICE)
    escrow = compiled["CampaignEscrow"].deploy(odd.address, odd.address)
    facts, _other = (fund(escrow, token, developer, b"\x01" * 32) for _ in range(2))
    odd.take(PRICE + 1)
    with boa.reverts("erc20: insufficient allowance"):
        settle(escrow, developer, developer, facts["request"], b"\x01" * 32)
    assert token.balanceOf(escrow.address) == 2 * BOUNTY
