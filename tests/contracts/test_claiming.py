"""Claims: exact to the unit, and never stopped."""

import boa
import pytest

from protocol import allotment, merkle
from tests.contracts.conftest import FEE_BPS, high_s, new_key, now
from tests.contracts.market import HOUR_S, PRICE, buy, claim_item, claim_signature, publish


@pytest.fixture
def release(market, operator, dataset_on_chain, tree):
    return publish(market, operator, dataset_on_chain, tree)


def test_contributors_take_exactly_the_pool(market, token, developer, contributors, tree, release):
    for _ in range(2):
        buy(market, token, developer, release)
    pool = allotment.pool_units(PRICE, FEE_BPS)
    for index, key in enumerate(contributors):
        with boa.env.prank(key.address):
            item = claim_item(tree, contributors, index, release)
            market.claim(key.address, key.address, [item], 0, b"")
        expected = 2 * allotment.share_units(pool, 3, index, 1)
        assert token.balanceOf(key.address) == expected
    assert market.paid_of(release) == 2 * pool
    assert token.balanceOf(market.address) == market.fees_of(token.address)


def test_a_signed_claim_pays_any_address_and_only_what_is_new(
    market, token, developer, contributors, tree, release, relayer
):
    buy(market, token, developer, release)
    key, to, deadline = contributors[0], new_key().address, now() + HOUR_S
    item = claim_item(tree, contributors, 0, release)
    signature = claim_signature(market, key, to, [release], deadline)
    with boa.env.prank(relayer.address):
        market.claim(key.address, to, [item], deadline, signature)
        first = token.balanceOf(to)
        market.claim(key.address, to, [item], deadline, signature)
    assert token.balanceOf(to) == first > 0
    buy(market, token, developer, release)
    market.claim(key.address, to, [item], deadline, signature)
    assert token.balanceOf(to) == 2 * first


def test_one_claim_takes_from_many_releases(
    market, operator, token, developer, contributors, tree, dataset_on_chain
):
    releases = [publish(market, operator, dataset_on_chain, tree) for _ in range(3)]
    for release in releases:
        buy(market, token, developer, release)
    key, deadline = contributors[1], now() + HOUR_S
    items = [claim_item(tree, contributors, 1, release) for release in releases]
    signature = claim_signature(market, key, key.address, releases, deadline)
    market.claim(key.address, key.address, items, deadline, signature)
    share = allotment.share_units(allotment.pool_units(PRICE, FEE_BPS), 3, 1, 1)
    assert token.balanceOf(key.address) == 3 * share


def test_it_refuses_a_bad_claim(market, token, developer, driver, contributors, tree, release):
    buy(market, token, developer, release)
    key, deadline = contributors[0], now() + HOUR_S
    item = claim_item(tree, contributors, 0, release)
    signature = claim_signature(market, key, key.address, [release], deadline)

    def refused(reason, *sent):
        with boa.reverts(reason):
            market.claim(*sent)

    refused("market: wrong signature", key.address, driver.address, [item], deadline, signature)
    refused("market: wrong signature", key.address, key.address, [item], deadline, b"")
    refused("market: wrong signature", key.address, key.address, [], deadline, signature)
    second_form = high_s(signature)
    refused("market: wrong signature", key.address, key.address, [item], deadline, second_form)
    refused("market: claim expired", key.address, key.address, [item], now() - 1, signature)
    refused("market: no recipient", key.address, "0x" + "00" * 20, [item], deadline, signature)
    with boa.env.prank(key.address):
        own = (key.address, key.address)
        refused("market: wrong proof", *own, [(release, 1, 1, item[3])], 0, b"")
        refused("market: wrong proof", *own, [(release, 0, 2, item[3])], 0, b"")
        refused("market: wrong proof", *own, [(release, 2**255, 2**255, item[3])], 0, b"")
        refused("market: wrong proof", *own, [(release, 0, 1, item[3][:-1])], 0, b"")
        refused("market: no such release", *own, [(b"\x05" * 32, 0, 1, item[3])], 0, b"")


def test_a_root_that_promises_too_much_takes_nothing_from_other_releases(
    market, operator, token, developer, dataset_on_chain, contributors
):
    greedy = [merkle.Share(key.address, 0, 3) for key in contributors]
    tree = merkle.Tree(greedy)
    release = publish(market, operator, dataset_on_chain, tree)
    honest = publish(market, operator, dataset_on_chain, tree)
    buy(market, token, developer, release)
    buy(market, token, developer, honest)
    for index, (key, refusal) in enumerate(
        zip(contributors[:2], [None, "market: pool is empty"], strict=True)
    ):
        with boa.env.prank(key.address):
            claim = (key.address, key.address, [(release, 0, 3, tree.proof(index))], 0, b"")
            if refusal:
                with boa.reverts(refusal):
                    market.claim(*claim)
            else:
                market.claim(*claim)


def test_halting_stops_sales_and_releases_and_no_claim(
    market, operator, token, developer, contributors, tree, dataset_on_chain, release, treasury
):
    buy(market, token, developer, release)
    with boa.env.prank(operator.address):
        market.set_halted(True)
    with boa.reverts("market: halted"):
        buy(market, token, developer, release)
    with boa.reverts("market: halted"):
        publish(market, operator, dataset_on_chain, tree)
    key = contributors[2]
    with boa.env.prank(key.address):
        item = claim_item(tree, contributors, 2, release)
        market.claim(key.address, key.address, [item], 0, b"")
    assert token.balanceOf(key.address) > 0
    market.withdraw_fees(token.address)
    assert token.balanceOf(treasury.address) == allotment.fee_units(PRICE, FEE_BPS)
