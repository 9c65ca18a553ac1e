"""Datasets, releases and the operator's part: success, then each refusal by its text."""

import secrets

import boa
import pytest

from tests.contracts.conftest import FEE_BPS, RHO_CAP, new_key
from tests.contracts.market import (
    PRICE,
    publish,
)


@pytest.fixture
def release(market, operator, dataset_on_chain, tree):
    return publish(market, operator, dataset_on_chain, tree)


def test_a_dataset_is_fixed_when_it_is_created(market, token, dataset_on_chain):
    assert market.dataset_of(dataset_on_chain) == (token.address, FEE_BPS, RHO_CAP, 0)


def test_only_the_operator_creates_publishes_halts_and_names_the_key(
    market, token, driver, dataset, tree
):
    with boa.env.prank(driver.address):
        for act in (
            lambda: market.create_dataset(dataset, token.address, 0, 1),
            lambda: market.publish(dataset, dataset, dataset, dataset, dataset, 1, 1, 1, 0),
            lambda: market.set_halted(True),
            lambda: market.set_builder_key(dataset),
        ):
            with boa.reverts("ownable: caller is not the owner"):
                act()


def test_it_refuses_a_bad_dataset(market, token, operator, dataset_on_chain):
    other = secrets.token_bytes(32)
    with boa.env.prank(operator.address):
        with boa.reverts("market: dataset exists"):
            market.create_dataset(dataset_on_chain, token.address, 0, 1)
        with boa.reverts("market: fee above 15%"):
            market.create_dataset(other, token.address, 1_501, 1)
        with boa.reverts("market: token has no code"):
            market.create_dataset(other, new_key().address, 0, 1)


def test_publishing_charges_the_privacy_cap(market, dataset_on_chain, release, tree):
    assert market.dataset_of(dataset_on_chain)[3] == 100_000
    _token, price, fee_bps, total, sales, root, manifest = market.release_of(release)
    assert (price, fee_bps, total, sales) == (PRICE, FEE_BPS, 3, 0)
    assert (root, manifest) == (tree.root, b"\x01" * 32)


def test_it_refuses_a_release_over_the_privacy_cap(market, operator, dataset_on_chain, tree):
    publish(market, operator, dataset_on_chain, tree, rho=RHO_CAP)
    with boa.reverts("market: privacy cap exceeded"):
        publish(market, operator, dataset_on_chain, tree, rho=1)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"contributors": bytes(32)}, "market: no contributors"),
        ({"total_weight": 0}, "market: no contributors"),
        ({"price": 0}, "market: no price"),
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


def test_the_operator_names_the_builder_key(market, operator):
    key = secrets.token_bytes(32)
    with boa.env.prank(operator.address):
        market.set_builder_key(key)
    assert market.builder_key() == key


def test_it_refuses_to_be_deployed_without_a_treasury(compiled):
    with boa.reverts("market: no treasury"):
        compiled["ReleaseMarket"].deploy("0x" + "00" * 20)
