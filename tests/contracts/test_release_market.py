"""Datasets, releases and the operator's part: success, then each refusal by its text."""

import secrets

import boa
import pytest

from protocol import allotment, merkle
from protocol.hashing import keccak256
from tests.contracts.conftest import FEE_BPS, RHO_CAP, new_key
from tests.contracts.market import (
    PRICE,
    publish,
)

GREEDY_STEWARDSHIP = """
# pragma version ==0.4.3
operator: public(immutable(address))

@deploy
def __init__(someone: address):
    operator = someone

@external
@view
def fee_bps() -> uint16:
    return 1_501
"""


def word_of_release(market, release) -> int:
    place = market.compiler_data.storage_layout["storage_layout"]["_releases"]["slot"]
    return int.from_bytes(keccak256(place.to_bytes(32) + release))


@pytest.fixture
def release(market, operator, dataset_on_chain, tree):
    return publish(market, operator, dataset_on_chain, tree)


def test_a_dataset_is_fixed_when_it_is_created(market, token, dataset_on_chain):
    assert market.dataset_of(dataset_on_chain) == (token.address, FEE_BPS, RHO_CAP, 0)


def test_only_the_operator_opens_datasets_and_publishes(market, token, driver, dataset):
    with boa.env.prank(driver.address):
        for act in (
            lambda: market.create_dataset(dataset, token.address, FEE_BPS, 1),
            lambda: market.publish(dataset, dataset, dataset, dataset, dataset, 1, 1, 1, 0),
        ):
            with boa.reverts("market: not the operator"):
                act()


def test_it_refuses_a_bad_dataset(market, token, operator, dataset_on_chain):
    other = secrets.token_bytes(32)
    with boa.env.prank(operator.address):
        with boa.reverts("market: dataset exists"):
            market.create_dataset(dataset_on_chain, token.address, FEE_BPS, 1)
        with boa.reverts("market: fee changed"):
            market.create_dataset(other, token.address, FEE_BPS - 1, 1)
        with boa.reverts("market: token has no code"):
            market.create_dataset(other, new_key().address, FEE_BPS, 1)


def test_publishing_charges_the_privacy_cap(market, dataset_on_chain, release, tree):
    assert market.dataset_of(dataset_on_chain)[3] == 100_000
    _token, price, fee_bps, total, sales, root, manifest = market.release_of(release)
    assert (price, fee_bps, total, sales) == (PRICE, FEE_BPS, 3, 0)
    assert (root, manifest) == (tree.root, b"\x01" * 32)
    assert market.dataset_of_release(release) == dataset_on_chain


def test_it_refuses_a_release_over_the_privacy_cap(market, operator, dataset_on_chain, tree):
    publish(market, operator, dataset_on_chain, tree, rho=RHO_CAP)
    with boa.reverts("market: privacy cap exceeded"):
        publish(market, operator, dataset_on_chain, tree, rho=1)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"contributors": bytes(32)}, "market: no contributors"),
        ({"total_weight": 0}, "market: no contributors"),
        ({"total_weight": 2**32}, "market: weight too high"),
        ({"price": 0}, "market: no price"),
        ({"price": 2**80}, "market: price too high"),
        ({"consent_block": 2**40}, "market: block not yet mined"),
    ],
)
def test_it_refuses_a_bad_release(market, operator, dataset_on_chain, tree, changed, reason):
    with boa.reverts(reason):
        publish(market, operator, dataset_on_chain, tree, **changed)


def test_it_refuses_a_release_of_no_dataset(market, operator, tree):
    with boa.reverts("market: no such dataset"):
        publish(market, operator, b"\x09" * 32, tree)


def test_a_release_is_published_once(market, operator, dataset_on_chain, tree, release):
    with boa.reverts("market: release exists"):
        publish(market, operator, dataset_on_chain, tree, release=release)


def test_it_refuses_to_be_deployed_without_a_stewardship(compiled):
    with boa.reverts("market: no stewardship"):
        compiled["ReleaseMarket"].deploy(new_key().address)


def test_it_refuses_a_fee_above_its_own_limit_whatever_the_stewardship_says(
    compiled, operator, token
):
    greedy = boa.loads(GREEDY_STEWARDSHIP, operator.address)
    market = compiled["ReleaseMarket"].deploy(greedy.address)
    with boa.env.prank(operator.address), boa.reverts("market: fee above 15%"):
        market.create_dataset(b"d" * 32, token.address, 1_501, 1)


def test_the_widest_facts_fit_beside_each_other(
    market, operator, token, developer, dataset_on_chain, driver
):
    total, price = 2**32 - 1, 2**80 - 1
    shares = [merkle.Share(driver.address, 0, 1), merkle.Share(driver.address, 1, total - 1)]
    tree = merkle.Tree(shares)
    release = publish(market, operator, dataset_on_chain, tree, total_weight=total, price=price)
    token.mint(developer.address, 2 * price)
    with boa.env.prank(developer.address):
        token.approve(market.address, 2 * price)
        for _ in range(2):
            market.buy(release, price, new_key().address)
    items = [(release, one.start, one.weight, tree.proof(at)) for at, one in enumerate(shares)]
    with boa.env.prank(driver.address):
        market.claim(driver.address, driver.address, items, 0, b"")
    pool = allotment.pool_units(price, FEE_BPS)
    assert market.release_of(release)[1:5] == (price, FEE_BPS, total, 2)
    assert token.balanceOf(driver.address) == market.paid_of(release) == 2 * pool


def test_sales_never_run_over_into_the_weights(market, operator, token, developer, release):
    slot = word_of_release(market, release)
    word = boa.env.get_storage(market.address, slot)
    boa.env.set_storage(market.address, slot, word | (2**32 - 1))
    with boa.env.prank(developer.address):
        token.approve(market.address, PRICE)
        with boa.reverts("market: sold out"):
            market.buy(release, PRICE, developer.address)
