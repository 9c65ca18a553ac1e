"""A developer asks, signs and puts in a bounty; what was not agreed moves nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.models import Offer
from marketplace import events
from marketplace.models import Campaign
from protocol.ids import to_bytes32
from registry.models import Developer
from tests.marketplace.campaigns.course import (
    BOUNTY,
    NEEDED,
    PRICE,
    advance,
    functions,
    heard,
    shown,
)

pytestmark = pytest.mark.django_db


def test_a_bounty_below_the_price_is_refused(ask):
    response = ask(bounty_units=PRICE - 1)
    assert (response.status_code, response.data["code"]) == (422, "bounty_below_price")
    assert not Campaign.objects.exists()


def test_a_campaign_that_ends_within_the_hour_is_refused(ask):
    response = ask(deadline_at=(timezone.now() + timedelta(minutes=59)).isoformat())
    assert (response.status_code, response.data["code"]) == (422, "deadline_too_soon")


def test_a_plain_request_has_no_campaign(request_row, as_developer):
    shown = as_developer.get(f"/api/v1/data-requests/{request_row.id}")
    response = as_developer.get(f"/api/v1/data-requests/{request_row.id}/campaign")
    assert shown.data["campaign"] is None
    assert (response.status_code, response.data["code"]) == (404, "no_campaign")


def test_before_funding_no_driver_is_asked(approved, as_developer):
    advance(approved)
    assert functions() == ["create_dataset"]
    assert not Offer.objects.exists()
    assert shown(as_developer, approved)["state"] == "unfunded"


def test_an_unapproved_campaign_takes_no_money(ask, as_developer, wallet):
    row = Campaign.objects.get(request_id=ask().data["id"])
    path = f"/api/v1/data-requests/{row.request_id}/funding"
    response = as_developer.get(path, {"funder": wallet.address})
    assert (response.status_code, response.data["code"]) == (409, "campaign_not_open")
    assert response.data["facts"] == {"state": "in_review"}


def test_what_is_signed_binds_bounty_threshold_deadline_and_recipient(
    approved, as_developer, wallet
):
    path = f"/api/v1/data-requests/{approved.request_id}/funding"
    asked = as_developer.get(path, {"funder": wallet.address}).data
    fund, permit = asked["fund_typed_data"]["message"], asked["permit_typed_data"]["message"]
    assert fund["bounty"] == permit["value"] == str(BOUNTY)
    assert fund["threshold"] == NEEDED
    assert fund["deadline"] == int(approved.deadline_at.timestamp())
    assert fund["funder"] == fund["recipient"] == permit["owner"] == wallet.address
    assert fund["request"] == "0x" + to_bytes32(approved.request_id).hex()
    assert permit["spender"] == asked["fund_typed_data"]["domain"]["verifyingContract"]


def test_signed_twice_the_bounty_is_on_its_way_once(approved, sign, put_in):
    body = sign(approved)
    first, again = put_in(approved, body), put_in(approved, body)
    assert (first.status_code, first.data["state"]) == (202, "funding")
    assert again.data["id"] == first.data["id"]
    assert functions() == ["create_dataset", "fund_with_order"]


@pytest.mark.parametrize("part", ["fund_signature", "permit_signature"])
def test_a_signature_of_another_account_moves_nothing(approved, sign, put_in, other_wallet, part):
    body = sign(approved) | {part: sign(approved, by=other_wallet)[part]}
    response = put_in(approved, body)
    assert (response.status_code, response.data["code"]) == (403, "wrong_signature")
    assert response.data["facts"]["part"] == part.partition("_")[0]
    assert functions() == ["create_dataset"]


def test_another_account_cannot_use_what_this_one_signed(approved, sign, put_in, other_wallet):
    response = put_in(approved, sign(approved) | {"funder": other_wallet.address})
    assert (response.status_code, response.data["code"]) == (403, "wrong_signature")


@pytest.mark.parametrize("shift_s", [-3600, 2 * 24 * 3600])
def test_a_signature_that_is_over_or_good_for_too_long_is_refused(approved, sign, put_in, shift_s):
    body = sign(approved)
    response = put_in(approved, body | {"valid_until": body["valid_until"] + shift_s})
    assert (response.status_code, response.data["code"]) == (409, "funding_expired")


def test_an_account_without_the_bounty_is_told_so_before_it_signs(
    approved, as_developer, wallet, money
):
    money["units"] = BOUNTY - 1
    path = f"/api/v1/data-requests/{approved.request_id}/funding"
    response = as_developer.get(path, {"funder": wallet.address})
    assert (response.status_code, response.data["code"]) == (409, "balance_too_low")
    assert response.data["facts"]["held_units"] == str(BOUNTY - 1)


def test_a_developer_whose_accreditation_is_gone_funds_nothing(approved, sign, put_in):
    body = sign(approved)
    Developer.objects.update(standing=Developer.Standing.REFUSED)
    response = put_in(approved, body)
    assert (response.status_code, response.data["code"]) == (403, "accreditation_required")


def test_a_bounty_the_escrow_refuses_can_be_put_in_again(approved, sign, put_in, as_developer):
    put_in(approved, sign(approved))
    events.funding_refused(f"marketplace.fund:{approved.id}.1", "escrow: halted")
    told = shown(as_developer, approved)
    assert (told["state"], "escrow: halted" in told["reason"]) == ("unfunded", True)
    assert put_in(approved, sign(approved)).data["state"] == "funding"


@pytest.mark.parametrize(
    "other",
    [
        {"bounty": BOUNTY - 1},
        {"threshold": NEEDED - 1},
        {"deadline": 1},
        {"funder": "0x" + "22" * 20},
        {"recipient": "0x" + "22" * 20},
        {"dataset": b"\1" * 32},
    ],
)
def test_money_that_was_not_agreed_is_no_bounty(approved, wallet, other):
    Campaign.objects.update(funder=wallet.address, recipient=wallet.address)
    approved.refresh_from_db()
    events.campaign_funded(heard("Funded", approved, **other))
    approved.refresh_from_db()
    assert approved.state == Campaign.State.UNFUNDED


def test_money_under_a_foreign_name_is_passed_over(approved):
    events.campaign_funded(heard("Funded", approved, request=b"\xff" * 32))
