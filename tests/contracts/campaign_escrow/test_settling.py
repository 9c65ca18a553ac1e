"""Settling a campaign: success, then each refusal by its text."""

import boa

from tests.contracts.campaigns import (
    BOUNTY,
    SETTLED,
    change,
    events_of,
    fund,
    number,
    padded,
    past,
    refund,
    settle,
)
from tests.contracts.conftest import COIN, FEE_BPS, new_key, now
from tests.contracts.market import PRICE, buy, open_dataset, publish


def test_settling_buys_the_license_and_gives_the_change_back(
    house, token, developer, operator, asked, release
):
    before = token.balanceOf(developer.address)
    facts = fund(house.escrow, token, developer, asked)
    settle(house.escrow, operator, developer, facts["request"], release)
    (log,) = events_of(house.escrow, "Settled")
    assert (log.funder, log.request, log.release) == (
        *(developer.address, facts["request"], release),
    )
    assert (log.price, log.change) == (PRICE, BOUNTY - PRICE)
    assert house.market.licensed(release, facts["recipient"])
    assert token.balanceOf(developer.address) == before - PRICE
    assert token.balanceOf(house.market.address) == PRICE
    assert token.balanceOf(house.escrow.address) == 0
    assert token.allowance(house.escrow.address, house.market.address) == 0
    kept = house.escrow.campaign_of(developer.address, facts["request"])
    assert kept[:2] == (asked, facts["recipient"])
    assert kept[2:] == (token.address, BOUNTY, 3, facts["deadline"], SETTLED)


def test_the_funder_settles_without_change(house, token, developer, asked, release):
    facts = fund(house.escrow, token, developer, asked, bounty=PRICE)
    settle(house.escrow, developer, developer, facts["request"], release)
    assert [log.change for log in events_of(house.escrow, "Settled")] == [0]
    assert house.market.licensed(release, facts["recipient"])


def test_a_campaign_settles_in_its_last_second(house, token, developer, asked, release):
    facts = fund(house.escrow, token, developer, asked)
    boa.env.time_travel(seconds=facts["deadline"] - now())
    with boa.reverts("escrow: before the deadline"):
        refund(house.escrow, developer, developer, facts["request"])
    settle(house.escrow, developer, developer, facts["request"], release)


def test_only_the_present_operator_or_the_funder_settles(
    house, token, developer, driver, operator, keys, asked, release
):
    facts = fund(house.escrow, token, developer, asked)
    for stranger in (driver, *keys):
        with boa.reverts("escrow: not the operator"):
            settle(house.escrow, stranger, developer, facts["request"], release)
    newcomer = new_key()
    change(house.stewardship, keys, "operator", padded(newcomer.address))
    with boa.reverts("escrow: not the operator"):
        settle(house.escrow, operator, developer, facts["request"], release)
    settle(house.escrow, newcomer, developer, facts["request"], release)


def test_it_does_not_settle_after_the_deadline(house, token, developer, operator, asked, release):
    facts = fund(house.escrow, token, developer, asked)
    past(facts)
    for sender in (operator, developer):
        with boa.reverts("escrow: past the deadline"):
            settle(house.escrow, sender, developer, facts["request"], release)


def test_it_does_not_settle_with_a_release_that_was_not_agreed(
    house, token, developer, operator, asked, tree, release
):
    def refused(reason, release, **changed):
        facts = fund(house.escrow, token, developer, asked, **changed)
        with boa.reverts(reason):
            settle(house.escrow, operator, developer, facts["request"], release)
        refund(house.escrow, operator, developer, facts["request"])

    other = publish(house.market, operator, open_dataset(house.market, operator, token), tree)
    refused("escrow: another dataset", other)
    refused("escrow: another dataset", b"\x07" * 32)
    refused("escrow: too few contributors", release, threshold=4)
    refused("escrow: price above bounty", release, bounty=PRICE - 1)
    assert token.balanceOf(house.escrow.address) == 0


def test_a_recipient_licensed_already_leaves_the_refund(
    house, token, developer, operator, asked, release
):
    facts = fund(house.escrow, token, developer, asked)
    buy(house.market, token, developer, release, facts["recipient"])
    with boa.reverts("market: already licensed"):
        settle(house.escrow, operator, developer, facts["request"], release)
    before = token.balanceOf(developer.address)
    refund(house.escrow, operator, developer, facts["request"])
    assert token.balanceOf(developer.address) == before + BOUNTY


def test_a_change_of_fee_reaches_no_campaign(
    house, token, developer, operator, keys, asked, release
):
    facts = fund(house.escrow, token, developer, asked)
    change(house.stewardship, keys, "fee_bps", number(1_500))
    settle(house.escrow, operator, developer, facts["request"], release)
    assert house.market.fees_of(token.address) == PRICE * FEE_BPS // 10_000


def test_what_lies_in_escrow_is_the_sum_of_the_open_campaigns(
    house, token, developer, operator, asked, release, tree
):
    facts = [
        fund(house.escrow, token, developer, asked, bounty=PRICE + extra) for extra in range(6)
    ]
    other = publish(house.market, operator, asked, tree, price=7)
    settle(house.escrow, operator, developer, facts[0]["request"], release)
    settle(house.escrow, operator, developer, facts[1]["request"], other)
    refund(house.escrow, operator, developer, facts[2]["request"])
    left = sum(fact["bounty"] for fact in facts[3:])
    assert token.balanceOf(house.escrow.address) == left
    assert token.balanceOf(house.market.address) == PRICE + 7
    assert token.balanceOf(developer.address) == 10**6 * COIN - left - PRICE - 7
