"""Claims: exact to the unit, and never stopped."""

import boa
import pytest

from protocol import allotment, merkle
from tests.contracts.conftest import FEE_BPS, forked, high_s, new_key, now
from tests.contracts.consents import CONTRACT_ACCOUNT
from tests.contracts.market import (
    HOUR_S,
    PRICE,
    buy,
    claim_item,
    claim_signature,
    open_dataset,
    publish,
)


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
    for nowhere in ("0x" + "00" * 20, market.address):
        refused("market: no recipient", key.address, nowhere, [item], deadline, signature)
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
    starts = (0, 0, 1)
    greedy = [
        merkle.Share(key.address, start, 3 - start)
        for key, start in zip(contributors, starts, strict=True)
    ]
    tree = merkle.Tree(greedy)
    release = publish(market, operator, dataset_on_chain, tree)
    honest = publish(market, operator, dataset_on_chain, tree)
    buy(market, token, developer, release)
    buy(market, token, developer, honest)

    def take(index):
        share = greedy[index]
        item = (release, share.start, share.weight, tree.proof(index))
        with boa.env.prank(share.address):
            market.claim(share.address, share.address, [item], 0, b"")
        return token.balanceOf(share.address)

    pool = allotment.pool_units(PRICE, FEE_BPS)
    assert take(0) == pool
    assert take(1) == 0  # its place is taken: one start is paid once
    with boa.reverts("market: pool is empty"):
        take(2)
    assert market.paid_of(release) == pool


def test_a_release_named_twice_in_one_claim_pays_once(
    market, token, developer, contributors, tree, release
):
    buy(market, token, developer, release)
    key, deadline = contributors[0], now() + HOUR_S
    items = [claim_item(tree, contributors, 0, release)] * 2
    signature = claim_signature(market, key, key.address, [release] * 2, deadline)
    owed = market.claimable(release, 0, 1)
    market.claim(key.address, key.address, items, deadline, signature)
    assert token.balanceOf(key.address) == owed == market.paid_of(release)


def test_neighbours_in_one_word_do_not_touch(market, operator, token, developer, dataset_on_chain):
    keys = sorted((new_key() for _ in range(17)), key=lambda key: int(key.address, 16))
    tree = merkle.Tree(merkle.shares_of([key.address for key in keys]))
    release = publish(market, operator, dataset_on_chain, tree, total=17)
    expected = dict.fromkeys(range(17), 0)
    for takers in ((3, 8, 15), (0, 3, 7, 16)):
        buy(market, token, developer, release)
        for place in takers:
            with boa.env.prank(keys[place].address):
                item = claim_item(tree, keys, place, release)
                market.claim(keys[place].address, keys[place].address, [item], 0, b"")
            expected[place] = market.release_of(release)[4]
        assert {at: market.claimed_sales(release, at) for at in range(17)} == expected


def test_an_inner_node_cannot_pass_for_a_leaf(market, operator, token, developer, dataset_on_chain):
    keys = sorted((new_key() for _ in range(4)), key=lambda key: int(key.address, 16))
    tree = merkle.Tree(merkle.shares_of([key.address for key in keys]))
    release = publish(market, operator, dataset_on_chain, tree, total=4)
    buy(market, token, developer, release)
    left, right = tree.levels[1]
    forger = "0x" + left[12:].hex()
    with boa.env.prank(forger), boa.reverts("market: wrong proof"):
        market.claim(forger, forger, [(release, 0, 4, [right])], 0, b"")
    leaf = tree.levels[0][0]
    with boa.env.prank(forger), boa.reverts("market: wrong proof"):
        market.claim(forger, forger, [(release, 0, 1, [leaf, tree.levels[0][1], right])], 0, b"")


def test_a_share_of_no_weight_is_paid_nothing_and_takes_no_place(
    market, operator, token, developer, dataset_on_chain, contributors
):
    empty, whole = contributors[:2]
    shares = [merkle.Share(empty.address, 0, 0), merkle.Share(whole.address, 0, 3)]
    tree = merkle.Tree(shares)
    release = publish(market, operator, dataset_on_chain, tree)
    buy(market, token, developer, release)
    for index, key in enumerate((empty, whole)):
        item = (release, 0, shares[index].weight, tree.proof(index))
        with boa.env.prank(key.address):
            market.claim(key.address, key.address, [item], 0, b"")
    assert token.balanceOf(empty.address) == 0
    assert token.balanceOf(whole.address) == allotment.pool_units(PRICE, FEE_BPS)


def test_nothing_is_claimable_where_there_is_no_share(market, token, developer, release):
    buy(market, token, developer, release)
    assert market.claimable(b"\x05" * 32, 0, 0) == 0
    assert market.claimable(release, 1, 3) == 0
    assert market.claimable(release, 2**256 - 1, 2) == 0
    assert market.claimable(release, 0, 3) == allotment.pool_units(PRICE, FEE_BPS)


def test_a_claim_signed_for_another_chain_pays_nothing(
    market, token, developer, contributors, tree, release
):
    buy(market, token, developer, release)
    key, deadline = contributors[0], now() + HOUR_S
    item = claim_item(tree, contributors, 0, release)
    signature = claim_signature(market, key, key.address, [release], deadline)
    with forked(), boa.reverts("market: wrong signature"):
        market.claim(key.address, key.address, [item], deadline, signature)


def test_a_contract_account_claims_by_eip_1271(
    market, operator, token, developer, dataset_on_chain
):
    account = boa.loads(CONTRACT_ACCOUNT, bytes.fromhex("1626ba7e"))
    silent = boa.loads(CONTRACT_ACCOUNT, bytes(4))
    tree = merkle.Tree([merkle.Share(account.address, 0, 1), merkle.Share(silent.address, 1, 1)])
    release = publish(market, operator, dataset_on_chain, tree, total=2)
    buy(market, token, developer, release)
    to, deadline = new_key().address, now() + HOUR_S
    market.claim(account.address, to, [(release, 0, 1, tree.proof(0))], deadline, b"any")
    assert token.balanceOf(to) == market.paid_of(release) > 0
    with boa.reverts("market: wrong signature"):
        market.claim(silent.address, to, [(release, 1, 1, tree.proof(1))], deadline, b"any")


def test_a_token_that_is_called_back_from_a_claim_pays_once(
    market, compiled, operator, developer, driver
):
    coin = compiled["ReentrantToken"].deploy()
    coin.mint(developer.address, PRICE)
    tree = merkle.Tree([merkle.Share(coin.address, 0, 1), merkle.Share(driver.address, 1, 1)])
    release = publish(market, operator, open_dataset(market, operator, coin), tree, total=2)
    buy(market, coin, developer, release)
    own = (coin.address, coin.address, [(release, 0, 1, tree.proof(0))], 0, b"")
    coin.aim(market.address, market.claim.prepare_calldata(*own))
    with boa.env.prank(driver.address):
        item = (release, 1, 1, tree.proof(1))
        market.claim(driver.address, driver.address, [item], 0, b"")
    assert (coin.calls(), coin.successes()) == (1, 0)


def test_a_token_that_says_no_leaves_the_claim_open(market, compiled, operator, developer, driver):
    coin = compiled["FalseToken"].deploy()
    coin.set_honest(True)
    coin.mint(developer.address, PRICE)
    tree = merkle.Tree([merkle.Share(driver.address, 0, 1)])
    release = publish(market, operator, open_dataset(market, operator, coin), tree, total=1)
    buy(market, coin, developer, release)
    coin.set_honest(False)
    with boa.env.prank(driver.address), boa.reverts("market: not paid out"):
        market.claim(driver.address, driver.address, [(release, 0, 1, [])], 0, b"")
    coin.set_honest(True)
    with boa.env.prank(driver.address):
        market.claim(driver.address, driver.address, [(release, 0, 1, [])], 0, b"")
    assert coin.balanceOf(driver.address) == allotment.pool_units(PRICE, FEE_BPS)


def test_each_token_of_a_claim_is_paid_in_itself(
    market, compiled, operator, token, developer, dataset_on_chain, contributors, tree
):
    silent = compiled["SilentToken"].deploy()
    silent.mint(developer.address, PRICE)
    other = publish(market, operator, open_dataset(market, operator, silent), tree)
    first, last = (publish(market, operator, dataset_on_chain, tree) for _ in range(2))
    for coin, release in ((token, first), (silent, other), (token, last)):
        buy(market, coin, developer, release)
    key = contributors[0]
    items = [claim_item(tree, contributors, 0, release) for release in (first, other, last)]
    share = market.claimable(first, 0, 1)
    with boa.env.prank(key.address):
        market.claim(key.address, key.address, items, 0, b"")
    assert token.balanceOf(key.address) == 2 * share
    assert silent.balanceOf(key.address) == share


def test_halting_stops_sales_and_releases_and_no_claim(
    market,
    stewardship,
    operator,
    token,
    developer,
    contributors,
    tree,
    dataset_on_chain,
    release,
    treasury,
):
    buy(market, token, developer, release)
    with boa.env.prank(operator.address):
        stewardship.halt()
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
