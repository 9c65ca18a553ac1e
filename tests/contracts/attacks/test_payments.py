"""What somebody could try to be paid more, or instead of another, and what it gains: nothing."""

import secrets

import boa
import pytest

from protocol import allotment, merkle
from tests.contracts.conftest import FEE_BPS, new_key, now
from tests.contracts.market import PRICE, buy, claim_item, open_dataset, order, publish

MONEY = ("buy", "buy_with_order", "claim", "withdraw_fees")


@pytest.fixture
def coin_as_operator(compiled, operator, treasury, developer):
    """Return a token that calls back and is the operator, and a market with a release for it."""
    coin = compiled["ReentrantToken"].deploy()
    people = [new_key().address for _ in range(3)]
    rules = compiled["Stewardship"].deploy(
        *(people[0], people[1], coin.address, people[2], treasury.address), FEE_BPS, bytes(32)
    )
    market = compiled["ReleaseMarket"].deploy(rules.address)
    dataset = secrets.token_bytes(32)
    for owner in (developer, coin):
        coin.mint(owner.address, 10 * PRICE)
    with boa.env.prank(coin.address):
        coin.approve(market.address, 10 * PRICE)
        market.create_dataset(dataset, coin.address, FEE_BPS, 10**6)
    return coin, market, dataset


@pytest.mark.parametrize("door", ["buy", "claim", "withdraw_fees"])
@pytest.mark.parametrize("back", [*MONEY, "publish", "create_dataset"])
def test_no_door_of_the_market_opens_from_inside_a_payment(
    coin_as_operator, developer, driver, door, back
):
    coin, market, dataset = coin_as_operator
    shares = [merkle.Share(coin.address, 0, 1), merkle.Share(driver.address, 1, 1)]
    tree = merkle.Tree(shares)
    release = publish(market, coin, dataset, tree, total=2)
    buy(market, coin, developer, release)
    signed = order(market, _no_permit(coin), developer, release, recipient=new_key().address)
    own = (coin.address, coin.address, [(release, 0, 1, tree.proof(0))], 0, b"")
    facts = (*(b"\x01" * 32,) * 2, tree.root, 2, 1, 1, 0)
    calls = {
        "buy": lambda: market.buy.prepare_calldata(release, PRICE, new_key().address),
        "buy_with_order": lambda: market.buy_with_order.prepare_calldata(*signed[:-1], b""),
        "claim": lambda: market.claim.prepare_calldata(*own),
        "withdraw_fees": lambda: market.withdraw_fees.prepare_calldata(coin.address),
        "publish": lambda: market.publish.prepare_calldata(b"\x02" * 32, dataset, *facts),
        "create_dataset": lambda: market.create_dataset.prepare_calldata(
            b"\x03" * 32, coin.address, FEE_BPS, 1
        ),
    }
    coin.aim(market.address, calls[back]())
    if door == "buy":
        buy(market, coin, developer, release)
    elif door == "withdraw_fees":
        market.withdraw_fees(coin.address)
    else:
        with boa.env.prank(driver.address):
            item = (release, 1, 1, tree.proof(1))
            market.claim(driver.address, driver.address, [item], 0, b"")
    assert (coin.calls(), coin.successes()) == (1, back not in MONEY)
    sales, fee = market.release_of(release)[4], allotment.fee_units(PRICE, FEE_BPS)
    held = sales * (PRICE - fee) - market.paid_of(release) + market.fees_of(coin.address)
    assert coin.balanceOf(market.address) == held


def _no_permit(coin):
    """Return the token as `order` wants it: this one knows no permits."""
    return type("Coin", (), {"address": coin.address, "nonces": lambda *_: 0})()


def test_a_fee_that_begins_later_takes_nothing_from_another_release(
    compiled, market, operator, developer, tree, contributors
):
    coin = compiled["FeeToken"].deploy()
    coin.set_fee_bps(0)
    coin.mint(developer.address, 2 * PRICE)
    dataset = open_dataset(market, operator, coin)
    first, second = (publish(market, operator, dataset, tree) for _ in range(2))
    for release in (first, second):
        buy(market, coin, developer, release)
    coin.set_fee_bps(1_000)
    for index, key in enumerate(contributors):
        with boa.env.prank(key.address):
            item = claim_item(tree, contributors, index, first)
            market.claim(key.address, key.address, [item], 0, b"")
    pool = allotment.pool_units(PRICE, FEE_BPS)
    assert coin.balanceOf(market.address) == pool + market.fees_of(coin.address)


def test_nobody_claims_with_the_proof_of_another(
    market, token, developer, contributors, tree, release, driver
):
    buy(market, token, developer, release)
    for thief in (driver, contributors[1]):
        with boa.env.prank(thief.address), boa.reverts("market: wrong proof"):
            item = claim_item(tree, contributors, 0, release)
            market.claim(thief.address, thief.address, [item], 0, b"")


def test_the_last_place_of_the_widest_tree_is_its_own(
    market, operator, token, developer, dataset_on_chain, contributors
):
    total, (first, last, _) = 2**32 - 1, contributors
    shares = [
        merkle.Share(first.address, 0, total - 1),
        merkle.Share(last.address, total - 1, 1),
        merkle.Share(last.address, total - 1, 2),
        merkle.Share(last.address, total, 1),
        merkle.Share(last.address, 2**256 - 1, 2),
    ]
    tree = merkle.Tree(shares)
    price = 2**80 - 1
    release = publish(market, operator, dataset_on_chain, tree, total_weight=total, price=price)
    token.mint(developer.address, price)
    with boa.env.prank(developer.address):
        token.approve(market.address, price)
        market.buy(release, price, developer.address)
    with boa.env.prank(last.address):
        for beyond in (2, 3, 4):
            share = shares[beyond]
            item = (release, share.start, share.weight, tree.proof(beyond))
            with boa.reverts("market: wrong proof"):
                market.claim(last.address, last.address, [item], 0, b"")
        item = (release, total - 1, 1, tree.proof(1))
        market.claim(last.address, last.address, [item], 0, b"")
    pool = allotment.pool_units(price, FEE_BPS)
    assert market.paid_of(release) == allotment.share_units(pool, total, total - 1, 1)
    assert (market.claimed_sales(release, total - 1), market.claimed_sales(release, 0)) == (1, 0)


@pytest.mark.parametrize("shape", ["whole", "left out"])
def test_a_leaf_of_nobody_pays_nobody(market, operator, token, developer, dataset_on_chain, shape):
    nobody = "0x" + "00" * 20
    shares = [merkle.Share(nobody, 0, 3)]
    tree = merkle.Tree(shares)
    release = publish(market, operator, dataset_on_chain, tree)
    buy(market, token, developer, release)
    signature = b"" if shape == "left out" else bytes(64) + b"\x1b"
    with boa.reverts("market: wrong signature"):
        market.claim(nobody, developer.address, [(release, 0, 3, [])], now() + 9, signature)
