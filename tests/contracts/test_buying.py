"""Sales: success, then each refusal by its text."""

import boa
import pytest

from protocol import allotment, typed_data
from tests.contracts.conftest import FEE_BPS, forked, high_s, new_key, now
from tests.contracts.consents import CONTRACT_ACCOUNT
from tests.contracts.market import (
    PRICE,
    buy,
    market_domain,
    open_dataset,
    order,
    publish,
)


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


def test_an_order_is_good_for_its_own_facts_alone(market, token, developer, release):
    good = order(market, token, developer, release)
    swapped = {1: new_key().address, 2: b"\x05" * 32, 3: PRICE + 1, 4: good[4] + 1}
    for place, value in swapped.items():
        with boa.reverts("market: wrong signature"):
            market.buy_with_order(*good[:place], value, *good[place + 1 :])
    assert not market.licensed(release, developer.address)


def test_an_order_follows_the_chain_into_a_fork(market, token, developer, release):
    before = order(market, token, developer, release)
    with forked():
        with boa.reverts("market: wrong signature"):
            market.buy_with_order(*before)
        without_permit = (*order(market, token, developer, release)[:-1], b"")
        with boa.env.prank(developer.address):
            token.approve(market.address, PRICE)
        market.buy_with_order(*without_permit)
        assert market.licensed(release, developer.address)


def test_a_contract_account_orders_by_eip_1271(market, token, release):
    account = boa.loads(CONTRACT_ACCOUNT, bytes.fromhex("1626ba7e"))
    token.mint(account.address, PRICE)
    with boa.env.prank(account.address):
        token.approve(market.address, PRICE)
    facts = (account.address, account.address, release, PRICE, now() + 9, b"any", 0, 0, b"")
    market.buy_with_order(*facts)
    assert market.licensed(release, account.address)


def test_an_expired_permit_is_refused_and_no_license_given(market, token, developer, release):
    sent = order(market, token, developer, release)
    late = (*sent[:7], now() - 1, sent[8])
    with boa.reverts("market: permit refused"):
        market.buy_with_order(*late)
    assert not market.licensed(release, developer.address)


def test_nothing_is_sold_while_the_stewardship_is_halted(
    market, stewardship, steward, operator, token, developer, release
):
    with boa.env.prank(operator.address):
        stewardship.halt()
    with boa.reverts("market: halted"):
        market.buy_with_order(*order(market, token, developer, release))
    with boa.env.prank(steward.address):
        stewardship.resume()
    market.buy_with_order(*order(market, token, developer, release))


@pytest.fixture
def of_token(market, operator, developer, tree):
    """Return what publishes a release that is paid for in this token."""

    def made(coin):
        coin.mint(developer.address, PRICE)
        return publish(market, operator, open_dataset(market, operator, coin), tree)

    return made


@pytest.mark.parametrize(
    ("name", "reason"),
    [("FeeToken", "market: token took a fee"), ("FalseToken", "market: not paid")],
)
def test_it_refuses_a_token_that_does_not_bring_the_price(
    market, compiled, developer, of_token, name, reason
):
    coin = compiled[name].deploy()
    release = of_token(coin)
    with boa.reverts(reason):
        buy(market, coin, developer, release, developer.address)
    assert not market.licensed(release, developer.address)
    assert market.fees_of(coin.address) == 0


def test_it_takes_a_token_that_returns_nothing(market, compiled, developer, of_token):
    coin = compiled["SilentToken"].deploy()
    buy(market, coin, developer, of_token(coin), developer.address)
    assert coin.balanceOf(market.address) == PRICE


def test_a_reentrant_token_gains_nothing(market, compiled, developer, of_token):
    coin = compiled["ReentrantToken"].deploy()
    release = of_token(coin)
    for again in (
        market.buy.prepare_calldata(release, PRICE, coin.address),
        market.withdraw_fees.prepare_calldata(coin.address),
    ):
        with boa.env.anchor():
            coin.aim(market.address, again)
            buy(market, coin, developer, release, developer.address)
            assert (coin.calls(), coin.successes()) == (1, 0)
            assert not market.licensed(release, coin.address)
