"""Refunding a campaign: who may when, once, and whatever the stewards do."""

import boa

from tests.contracts.campaigns import (
    BOUNTY,
    REFUNDED,
    campaign,
    events_of,
    fund,
    fund_order,
    past,
    refund,
    settle,
    state,
)


def halt(house, operator):
    with boa.env.prank(operator.address):
        house.stewardship.halt()


def test_anyone_refunds_after_the_deadline(escrow, token, developer, relayer, asked):
    before = token.balanceOf(developer.address)
    facts = fund(escrow, token, developer, asked)
    past(facts)
    refund(escrow, relayer, developer, facts["request"])
    (log,) = events_of(escrow, "Refunded")
    assert (log.funder, log.request, log.bounty) == (
        *(developer.address, facts["request"], BOUNTY),
    )
    assert token.balanceOf(developer.address) == before
    assert token.balanceOf(escrow.address) == 0
    assert state(escrow, developer, facts["request"]) == REFUNDED


def test_only_the_operator_refunds_before_the_deadline(
    house, token, developer, operator, keys, asked
):
    facts = fund(house.escrow, token, developer, asked)
    for stranger in (developer, *keys):
        with boa.reverts("escrow: before the deadline"):
            refund(house.escrow, stranger, developer, facts["request"])
    refund(house.escrow, operator, developer, facts["request"])
    assert state(house.escrow, developer, facts["request"]) == REFUNDED


def test_a_campaign_ends_once(house, token, developer, operator, asked, release):
    settled, refunded = (fund(house.escrow, token, developer, asked) for _ in range(2))
    settle(house.escrow, operator, developer, settled["request"], release)
    refund(house.escrow, operator, developer, refunded["request"])
    for facts in (settled, refunded):
        with boa.reverts("escrow: not open"):
            settle(house.escrow, operator, developer, facts["request"], release)
        with boa.reverts("escrow: not open"):
            refund(house.escrow, operator, developer, facts["request"])
        with boa.reverts("escrow: request used already"):
            fund(house.escrow, token, developer, asked, request=facts["request"])
    past(settled)
    for facts in (settled, refunded):
        with boa.reverts("escrow: not open"):
            refund(house.escrow, developer, developer, facts["request"])
    assert token.balanceOf(house.escrow.address) == 0


def test_it_knows_no_campaign_that_nobody_funded(escrow, operator, developer):
    with boa.reverts("escrow: no such campaign"):
        settle(escrow, operator, developer, b"\x01" * 32, b"\x02" * 32)
    with boa.reverts("escrow: no such campaign"):
        refund(escrow, operator, developer, b"\x01" * 32)


def test_a_halt_stops_funding_and_settling_and_no_refund(
    house, token, developer, operator, relayer, asked, release
):
    early, late = (fund(house.escrow, token, developer, asked) for _ in range(2))
    halt(house, operator)
    with boa.reverts("escrow: halted"):
        fund(house.escrow, token, developer, asked)
    with boa.reverts("escrow: halted"):
        order = fund_order(house.escrow, token, developer, campaign(asked))
        house.escrow.fund_with_order(*order)
    with boa.reverts("market: halted"):
        settle(house.escrow, operator, developer, early["request"], release)
    refund(house.escrow, operator, developer, early["request"])
    past(late)
    refund(house.escrow, relayer, developer, late["request"])
    assert token.balanceOf(house.escrow.address) == 0
