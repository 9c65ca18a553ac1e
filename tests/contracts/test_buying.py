"""Sales: success, then each refusal by its text."""

import secrets

import boa
import pytest

from protocol import allotment, typed_data
from tests.contracts.conftest import FEE_BPS, high_s, new_key, now
from tests.contracts.market import (
    PRICE,
    buy,
    market_domain,
    order,
    publish,
)

FEE_TOKEN = """
# pragma version ==0.4.3
balanceOf: public(HashMap[address, uint256])

@deploy
def __init__(holder: address):
    self.balanceOf[holder] = 10**18

@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    self.balanceOf[owner] -= amount
    self.balanceOf[to] += amount - amount // 100
    return True
"""

REENTRANT_TOKEN = """
# pragma version ==0.4.3
interface Market:
    def buy(release: bytes32, max_price: uint256, recipient: address): nonpayable

balanceOf: public(HashMap[address, uint256])
release: bytes32

@external
def aim(release: bytes32):
    self.release = release

@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    extcall Market(to).buy(self.release, max_value(uint256), self)
    return True
"""


@pytest.fixture
def release(market, operator, dataset_on_chain, tree):
    return publish(market, operator, dataset_on_chain, tree)


def test_a_sale_gives_one_license_and_splits_the_price(market, token, developer, release):
    recipient = new_key().address
    buy(market, token, developer, release, recipient)
    assert market.licensed(release, recipient)
    assert token.balanceOf(market.address) == PRICE
    assert market.fees_of(token.address) == allotment.fee_units(PRICE, FEE_BPS)
    with boa.reverts("market: already licensed"):
        buy(market, token, developer, release, recipient)


def test_a_relayed_order_pays_with_its_permit(market, token, developer, relayer, release):
    with boa.env.prank(relayer.address):
        market.buy_with_order(*order(market, token, developer, release))
    (bought,) = [log for log in market.get_logs() if type(log).__name__ == "Bought"]
    fee = allotment.fee_units(PRICE, FEE_BPS)
    assert (bought.buyer, bought.price, bought.fee) == (developer.address, PRICE, fee)
    assert market.licensed(release, developer.address)


def test_a_permit_that_somebody_used_already_does_no_harm(market, token, developer, release):
    sent = order(market, token, developer, release)
    *_, value, deadline, permit = sent
    parts = (permit[64], permit[:32], permit[32:64])
    token.permit(developer.address, market.address, value, deadline, *parts)
    market.buy_with_order(*sent)
    assert market.licensed(release, developer.address)


def test_an_order_without_permit_uses_the_allowance(market, token, developer, release):
    sent = order(market, token, developer, release)
    with boa.env.prank(developer.address):
        token.approve(market.address, PRICE)
    market.buy_with_order(*sent[:-1], b"")
    assert market.licensed(release, developer.address)


def test_it_refuses_a_bad_order(market, token, developer, driver, release):
    def refused(reason, sent):
        with boa.reverts(reason):
            market.buy_with_order(*sent)

    good = order(market, token, developer, release)
    refused("market: wrong signature", order(market, token, developer, release, signer=driver))
    refused("market: wrong signature", (good[0], driver.address, *good[2:]))
    refused("market: wrong signature", (*good[:5], high_s(good[5]), *good[6:]))
    refused("market: order expired", order(market, token, developer, release, deadline=now() - 1))
    refused("market: price above maximum", order(market, token, developer, release, max_price=1))
    refused("market: no such release", order(market, token, developer, b"\x05" * 32))
    refused(
        "market: permit refused",
        (
            *good[:8],
            driver.sign(
                typed_data.order(
                    market_domain(market),
                    buyer=developer.address,
                    recipient=developer.address,
                    release=release,
                    max_price=1,
                    deadline=1,
                )
            ),
        ),
    )


def test_it_refuses_an_order_twice(market, token, developer, release):
    sent = order(market, token, developer, release)
    market.buy_with_order(*sent)
    with boa.reverts("market: already licensed"):
        market.buy_with_order(*sent[:-1], b"")


def test_it_refuses_a_recipient_that_is_nobody(market, token, developer, release):
    with boa.reverts("market: no recipient"):
        buy(market, token, developer, release, "0x" + "00" * 20)


def test_it_refuses_a_token_that_takes_a_fee(market, operator, developer, tree):
    coin = boa.loads(FEE_TOKEN, developer.address)
    dataset = secrets.token_bytes(32)
    with boa.env.prank(operator.address):
        market.create_dataset(dataset, coin.address, 0, 1)
    release = publish(market, operator, dataset, tree, rho=1)
    with boa.env.prank(developer.address), boa.reverts("market: token took a fee"):
        market.buy(release, PRICE, developer.address)


def test_a_reentrant_token_gains_nothing(market, operator, developer, tree):
    coin = boa.loads(REENTRANT_TOKEN)
    dataset = secrets.token_bytes(32)
    with boa.env.prank(operator.address):
        market.create_dataset(dataset, coin.address, 0, 1)
    release = publish(market, operator, dataset, tree, rho=1)
    coin.aim(release)
    with boa.env.prank(developer.address), boa.reverts():
        market.buy(release, PRICE, developer.address)
