"""Funding a campaign: success, then each refusal by its text."""

import boa
import pytest

from tests.contracts.campaigns import (
    BOUNTY,
    NOBODY,
    OPEN,
    campaign,
    events_of,
    fund,
    refund,
    state,
)
from tests.contracts.conftest import new_key, now


def test_funding_takes_the_bounty_and_keeps_the_terms(escrow, token, developer, asked):
    before = token.balanceOf(developer.address)
    facts = fund(escrow, token, developer, asked)
    (log,) = events_of(escrow, "Funded")
    assert (log.funder, log.request) == (developer.address, facts["request"])
    assert (log.dataset, log.recipient) == (asked, facts["recipient"])
    assert (log.token, log.bounty) == (token.address, BOUNTY)
    assert (log.threshold, log.deadline) == (3, facts["deadline"])
    assert token.balanceOf(escrow.address) == BOUNTY
    assert token.balanceOf(developer.address) == before - BOUNTY
    assert escrow.campaign_of(developer.address, facts["request"]) == (
        *(asked, facts["recipient"], token.address, BOUNTY, 3, facts["deadline"], OPEN),
    )


def test_widest_values_fit_their_words(escrow, token, developer, asked):
    widest = {"bounty": 2**96 - 1, "threshold": 2**48 - 1, "deadline": now() + 366 * 86_400}
    token.mint(developer.address, 2**96)
    facts = fund(escrow, token, developer, asked, recipient="0x" + "Ff" * 20, **widest)
    kept = escrow.campaign_of(developer.address, facts["request"])
    assert kept[1].lower() == "0x" + "ff" * 20
    assert kept[3:] == (*widest.values(), OPEN)


def test_nothing_is_known_of_a_request_never_funded(escrow, developer):
    nothing = (bytes(32), NOBODY, NOBODY, 0, 0, 0, 0)
    assert escrow.campaign_of(developer.address, b"\x01" * 32) == nothing


def test_two_funders_may_name_their_campaigns_alike(escrow, token, developer, driver, asked):
    token.mint(driver.address, BOUNTY)
    facts = fund(escrow, token, developer, asked)
    fund(escrow, token, driver, asked, request=facts["request"], deadline=now() + 60)
    boa.env.time_travel(seconds=61)
    refund(escrow, driver, driver, facts["request"])
    assert state(escrow, developer, facts["request"]) == OPEN
    assert token.balanceOf(escrow.address) == BOUNTY


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"recipient": NOBODY}, "escrow: no recipient"),
        ({"bounty": 0}, "escrow: no bounty"),
        ({"bounty": 2**96}, "escrow: bounty too high"),
        ({"threshold": 0}, "escrow: no threshold"),
        ({"threshold": 2**48}, "escrow: threshold too high"),
        ({"dataset": b"\x09" * 32}, "escrow: no such dataset"),
        ({"deadline": 0}, "escrow: wrong deadline"),
        ({"deadline": 2**64 - 1}, "escrow: wrong deadline"),
    ],
)
def test_it_refuses_a_bad_campaign(escrow, token, developer, asked, changed, reason):
    with boa.reverts(reason):
        fund(escrow, token, developer, **({"dataset": asked} | changed))


def test_a_deadline_lies_ahead_and_at_most_a_year(escrow, token, developer, asked):
    for wrong in (now(), now() + 366 * 86_400 + 1):
        with boa.reverts("escrow: wrong deadline"):
            fund(escrow, token, developer, asked, deadline=wrong)
    fund(escrow, token, developer, asked, deadline=now() + 1)
    fund(escrow, token, developer, asked, deadline=now() + 366 * 86_400)


def test_it_takes_no_more_than_was_allowed(escrow, token, developer, asked):
    facts = campaign(asked)
    with boa.env.prank(developer.address):
        token.approve(escrow.address, BOUNTY - 1)
        with boa.reverts("erc20: insufficient allowance"):
            escrow.fund(*facts.values())


def test_it_refuses_to_stand_without_the_market_of_its_stewardship(compiled, house):
    with boa.reverts("escrow: no market"):
        compiled["CampaignEscrow"].deploy(new_key().address, house.stewardship.address)
    with boa.reverts("escrow: another stewardship"):
        compiled["CampaignEscrow"].deploy(house.market.address, new_key().address)
