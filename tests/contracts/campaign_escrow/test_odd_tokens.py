"""Tokens that take a fee, say no, say nothing or call back: what the escrow makes of them."""

import boa

from tests.contracts.campaigns import BOUNTY, campaign, change, fund, padded, refund, settle
from tests.contracts.conftest import now
from tests.contracts.market import PRICE, open_dataset, publish


def odd_token(compiled, name, funder):
    coin = compiled[name].deploy()
    coin.mint(funder.address, 10 * BOUNTY)
    return coin


def test_it_refuses_a_token_that_takes_a_fee(compiled, house, operator, developer):
    coin = odd_token(compiled, "FeeToken", developer)
    dataset = open_dataset(house.market, operator, coin)
    with boa.reverts("escrow: token took a fee"):
        fund(house.escrow, coin, developer, dataset)


def test_a_fee_that_begins_later_never_touches_another_campaign(
    compiled, house, operator, developer, tree
):
    coin = odd_token(compiled, "FeeToken", developer)
    coin.set_fee_bps(0)
    dataset = open_dataset(house.market, operator, coin)
    release = publish(house.market, operator, dataset, tree)
    ended, kept = (fund(house.escrow, coin, developer, dataset) for _ in range(2))
    coin.set_fee_bps(100)
    with boa.reverts("market: token took a fee"):
        settle(house.escrow, operator, developer, ended["request"], release)
    refund(house.escrow, operator, developer, ended["request"])
    assert coin.balanceOf(house.escrow.address) == BOUNTY
    refund(house.escrow, operator, developer, kept["request"])
    assert coin.balanceOf(house.escrow.address) == 0


def test_it_refuses_a_token_that_answers_false(compiled, house, operator, developer):
    coin = odd_token(compiled, "FalseToken", developer)
    dataset = open_dataset(house.market, operator, coin)
    with boa.reverts("escrow: not paid"):
        fund(house.escrow, coin, developer, dataset)


def test_a_token_that_answers_false_later_leaves_the_campaign_open(
    compiled, house, operator, developer, tree
):
    coin = odd_token(compiled, "FalseToken", developer)
    coin.set_honest(True)
    dataset = open_dataset(house.market, operator, coin)
    release = publish(house.market, operator, dataset, tree)
    facts = fund(house.escrow, coin, developer, dataset)
    coin.set_honest(False)
    with boa.reverts("escrow: not paid out"):
        refund(house.escrow, operator, developer, facts["request"])
    with boa.reverts("escrow: not approved"):
        settle(house.escrow, operator, developer, facts["request"], release)
    coin.set_honest(True)
    refund(house.escrow, operator, developer, facts["request"])
    assert coin.balanceOf(house.escrow.address) == 0


def test_a_token_that_answers_nothing_is_money_too(compiled, house, operator, developer, tree):
    coin = odd_token(compiled, "SilentToken", developer)
    dataset = open_dataset(house.market, operator, coin)
    release = publish(house.market, operator, dataset, tree)
    settled, refunded = (fund(house.escrow, coin, developer, dataset) for _ in range(2))
    settle(house.escrow, operator, developer, settled["request"], release)
    refund(house.escrow, operator, developer, refunded["request"])
    assert coin.balanceOf(house.escrow.address) == 0
    assert coin.balanceOf(developer.address) == 10 * BOUNTY - PRICE


def test_a_reentrant_token_gains_nothing(compiled, house, operator, developer, relayer, keys, tree):
    """The token is the operator and has money: only the lock stands between it and the calls."""
    escrow, coin = house.escrow, odd_token(compiled, "ReentrantToken", developer)
    dataset = open_dataset(house.market, operator, coin)
    release = publish(house.market, operator, dataset, tree)
    change(house.stewardship, keys, "operator", padded(coin.address))
    coin.mint(coin.address, BOUNTY)
    with boa.env.prank(coin.address):
        coin.approve(escrow.address, BOUNTY)
    due, sold, other = (
        fund(escrow, coin, developer, dataset, deadline=now() + seconds)
        for seconds in (60, 7_200, 7_200)
    )
    boa.env.time_travel(seconds=3_600)
    for call in (
        escrow.refund.prepare_calldata(developer.address, other["request"]),
        escrow.settle.prepare_calldata(developer.address, other["request"], release),
        escrow.fund.prepare_calldata(*campaign(dataset).values()),
    ):
        with boa.env.anchor():
            coin.aim(escrow.address, call)
            refund(escrow, relayer, developer, due["request"])
            assert (coin.calls(), coin.successes()) == (1, 0)
            coin.aim(escrow.address, call)
            settle(escrow, developer, developer, sold["request"], release)
            assert (coin.calls(), coin.successes()) == (2, 0)
            coin.aim(escrow.address, call)
            fund(escrow, coin, developer, dataset)
            assert (coin.calls(), coin.successes()) == (3, 0)
            assert coin.balanceOf(escrow.address) == 2 * BOUNTY
