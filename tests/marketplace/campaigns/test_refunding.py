"""A bounty that buys nothing goes back once: late, early by an admin, or after it came late."""

from datetime import timedelta

import pytest

from audit.models import AuditLine
from consent.models import Offer
from marketplace import events
from marketplace.models import Campaign
from protocol.ids import to_bytes32
from tests.marketplace.campaigns.course import (
    BOUNTY,
    NEEDED,
    advance,
    functions,
    heard,
    published,
    shown,
)

pytestmark = pytest.mark.django_db


def test_after_the_deadline_the_bounty_goes_back_once_and_the_offer_closes(funded, as_developer):
    for _ in range(2):
        advance(funded, after=timedelta(days=21))
    assert functions().count("refund") == 1
    assert Offer.objects.get().state == Offer.State.CLOSED
    for _ in range(2):
        events.campaign_refunded(heard("Refunded", funded))
    told = shown(as_developer, funded)
    assert (told["state"], told["refunded_units"]) == ("refunded", str(BOUNTY))
    assert "500 drivers" in told["reason"]


def test_a_refund_that_leaves_the_chain_is_on_its_way_again(funded):
    advance(funded, after=timedelta(days=21))
    events.campaign_refunded(heard("Refunded", funded))
    events.refund_undone(heard("Refunded", funded))
    funded.refresh_from_db()
    assert (funded.state, funded.on_its_way) == (Campaign.State.FUNDED, "refund")


def test_what_was_settled_is_not_refunded_by_a_late_refusal(funded):
    release = published(funded, NEEDED)
    advance(funded)
    events.campaign_settled(heard("Settled", funded, release=to_bytes32(release.id)))
    events.refund_refused(f"marketplace.refund:{funded.id}.2", "escrow: not open")
    advance(funded, after=timedelta(days=21))
    assert funded.state == Campaign.State.SETTLED
    assert "refund" not in functions()


def test_without_a_bounty_it_lapses_and_nobody_was_asked(approved, as_developer):
    advance(approved, after=timedelta(days=21))
    assert shown(as_developer, approved)["state"] == "lapsed"
    assert not Offer.objects.exists()


def test_money_that_comes_late_is_given_back(approved, wallet):
    Campaign.objects.update(funder=wallet.address, recipient=wallet.address)
    advance(approved, after=timedelta(days=21))
    events.campaign_funded(heard("Funded", approved))
    advance(approved, after=timedelta(days=21))
    assert functions()[-1] == "refund"
    assert not Offer.objects.exists()


def test_an_admin_gives_back_early_with_a_reason(funded, as_admin, as_developer, post):
    path = f"data-requests/{funded.request_id}/refund"
    why = "The funder asked us to stop: the project ended."
    assert post(as_admin, path, {"reason": "short"}).status_code == 422
    response = post(as_admin, path, {"reason": why})
    assert (response.status_code, response.data["state"]) == (202, "refunding")
    assert response.data["reason"] == why
    assert functions()[-1] == "refund"
    assert AuditLine.objects.filter(act="campaign.give_back").count() == 1
    again = post(as_admin, path, {"reason": why})
    assert (again.status_code, again.data["code"]) == (409, "campaign_not_funded")
    assert post(as_developer, path, {"reason": why}).status_code == 403
