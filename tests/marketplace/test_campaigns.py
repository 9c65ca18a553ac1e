"""A bounty waits in escrow: drivers are asked, a release is built and paid, or all comes back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anonymize.models import Dataset, Release
from audit.models import AuditLine
from chain import reading
from chain.domain.calls import EventRecord
from chain.models import OutboundCall
from consent import selectors as consents
from consent.models import Consent, Offer
from marketplace import advancing, events, requesting
from marketplace.models import Campaign, License
from protocol.ids import to_bytes32
from registry.models import Developer
from tests.factories import anonymize as factory

pytestmark = pytest.mark.django_db

BOUNTY = 1_000
PRICE = 900
NEEDED = 500


@pytest.fixture(autouse=True)
def money(monkeypatch):
    """What every account holds."""
    held = {"units": BOUNTY}
    monkeypatch.setattr(reading, "view", lambda _call: held["units"])
    return held


@pytest.fixture
def ask(accredited, as_developer, post, body):
    def send(**changes):
        wanted = {"bounty_units": BOUNTY, "price_units": PRICE, "drivers_needed": NEEDED}
        return post(as_developer, "data-requests", {**body, **wanted, **changes})

    return send


@pytest.fixture
def approved(ask, admin):
    """A campaign that waits for its bounty; its dataset stands on the chain."""
    row = Campaign.objects.get(request_id=ask().data["id"])
    decide(row, admin)
    Dataset.objects.update(state=Dataset.State.READY)
    row.refresh_from_db()
    return row


@pytest.fixture
def funded(approved, wallet):
    """A campaign whose bounty stands in escrow and whose offer is open."""
    Campaign.objects.update(funder=wallet.address, recipient=wallet.address)
    approved.refresh_from_db()
    events.campaign_funded(heard("Funded", approved))
    advancing.advance(at=timezone.now())
    approved.refresh_from_db()
    return approved


@pytest.fixture
def consenting(monkeypatch):
    """Say how many consents stand."""

    def stand(number):
        told = dict.fromkeys(Consent.State.values, 0) | {"active": number, "declined": 0}
        monkeypatch.setattr(consents, "counts", lambda _dataset: told)

    stand(0)
    return stand


@pytest.fixture
def sign(as_developer, wallet):
    """Ask for what is to be signed, and sign it."""

    def signed(row, by=wallet):
        path = f"/api/v1/data-requests/{row.request_id}/funding"
        asked = as_developer.get(path, {"funder": wallet.address}).data
        return {
            "funder": wallet.address,
            "valid_until": asked["valid_until"],
            "fund_signature": by.sign(asked["fund_typed_data"]),
            "permit_signature": by.sign(asked["permit_typed_data"]),
        }

    return signed


@pytest.fixture
def put_in(as_developer, post):
    def send(row, body):
        return post(as_developer, f"data-requests/{row.request_id}/funding", body)

    return send


def decide(row, admin, decision="approve"):
    requesting.decide(
        request_id=row.request_id,
        admin=admin,
        decision=decision,
        reason_code="in_order",
        reason="Useful for planning, and moderate in what it costs.",
        at=timezone.now(),
    )


def heard(name, row, **changes):
    args = {
        "Funded": {
            "dataset": to_bytes32(row.request.dataset_id),
            "recipient": row.recipient,
            "token": "0x" + "11" * 20,
            "bounty": row.bounty_units,
            "threshold": row.threshold,
            "deadline": int(row.deadline_at.timestamp()),
        },
        "Settled": {"price": PRICE, "change": BOUNTY - PRICE},
        "Refunded": {"bounty": row.bounty_units},
    }[name]
    common = {"funder": row.funder, "request": to_bytes32(row.request_id)}
    return EventRecord(
        contract="CampaignEscrow",
        name=name,
        args=common | args | changes,
        block_number=9,
        block_hash="0x" + "22" * 32,
        block_at=timezone.now(),
        tx_hash="0x" + "33" * 32,
        log_index=0,
    )


def published(row, drivers, **changes):
    return factory.make_release(
        row.request.dataset,
        state=Release.State.PUBLISHED,
        published_at=timezone.now(),
        manifest={"contributors": {"total_weight": drivers}},
        **{"price_units": PRICE} | changes,
    )


def advance(row, *, after=timedelta(0)):
    advancing.advance(at=timezone.now() + after)
    row.refresh_from_db()


def functions():
    return list(OutboundCall.objects.order_by("created_at").values_list("function", flat=True))


def shown(client, row):
    return client.get(f"/api/v1/data-requests/{row.request_id}/campaign").data


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


def test_with_the_bounty_in_escrow_drivers_are_asked_once(funded, as_developer):
    events.campaign_funded(heard("Funded", funded))
    advance(funded)
    assert Offer.objects.get().state == Offer.State.OPEN
    assert shown(as_developer, funded)["state"] == "gathering"


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


def test_when_the_bounty_leaves_the_chain_nobody_is_asked_until_it_is_back(funded):
    events.funding_undone(heard("Funded", funded))
    advance(funded)
    assert Offer.objects.get().state == Offer.State.CLOSED
    assert funded.state == Campaign.State.FUNDING
    events.campaign_funded(heard("Funded", funded))
    advance(funded)
    assert Offer.objects.get().state == Offer.State.OPEN


def test_one_consent_short_nothing_is_built(funded, consenting, as_developer):
    consenting(NEEDED - 1)
    advance(funded)
    assert not Release.objects.exists()
    assert shown(as_developer, funded)["consents"] == NEEDED - 1


def test_with_enough_consents_the_build_begins_once(funded, consenting, as_developer):
    consenting(NEEDED)
    advance(funded)
    advance(funded)
    assert Release.objects.get().price_units == PRICE
    assert shown(as_developer, funded)["state"] == "building"


def test_a_build_that_failed_is_tried_again_after_a_pause(funded, consenting):
    consenting(NEEDED)
    advance(funded)
    Release.objects.update(state=Release.State.FAILED)
    advance(funded)
    assert Release.objects.count() == 1
    advance(funded, after=timedelta(minutes=6))
    assert Release.objects.count() == 2


def test_no_build_begins_that_would_miss_the_deadline(funded, consenting):
    consenting(NEEDED)
    left = funded.deadline_at - timezone.now()
    advance(funded, after=left - timedelta(minutes=4))
    assert not Release.objects.exists()


def test_a_published_release_is_paid_once(funded, as_developer):
    published(funded, NEEDED)
    advance(funded)
    advance(funded)
    assert functions()[-1] == "settle"
    assert functions().count("settle") == 1
    assert shown(as_developer, funded)["state"] == "settling"


@pytest.mark.parametrize(
    ("drivers", "changes"), [(NEEDED - 1, {}), (NEEDED, {"price_units": BOUNTY + 1})]
)
def test_a_release_with_too_few_drivers_or_too_dear_is_not_paid(funded, drivers, changes):
    published(funded, drivers, **changes)
    advance(funded)
    assert "settle" not in functions()


def test_settled_the_license_is_the_developers(funded, accredited, as_developer):
    release = published(funded, NEEDED)
    advance(funded)
    escrow = reading.address_of("CampaignEscrow")
    sold = heard("Settled", funded, release=to_bytes32(release.id))
    events.license_bought(
        EventRecord(
            contract="ReleaseMarket",
            name="Bought",
            args={
                "release": to_bytes32(release.id),
                "buyer": escrow,
                "recipient": funded.recipient,
                "price": PRICE,
                "fee": 108,
            },
            block_number=9,
            block_hash=sold.block_hash,
            block_at=sold.block_at,
            tx_hash=sold.tx_hash,
            log_index=1,
        )
    )
    for _ in range(2):  # hearing it again changes nothing
        events.campaign_settled(sold)
    told = shown(as_developer, funded)
    assert License.objects.get().developer == accredited
    assert (told["state"], told["license_id"]) == ("settled", str(License.objects.get().id))
    assert (told["price_units"], told["change_units"]) == (str(PRICE), str(BOUNTY - PRICE))
    assert Offer.objects.get().state == Offer.State.CLOSED


def test_a_settlement_that_leaves_the_chain_is_on_its_way_again(funded):
    release = published(funded, NEEDED)
    advance(funded)
    sold = heard("Settled", funded, release=to_bytes32(release.id))
    events.campaign_settled(sold)
    events.settlement_undone(sold)
    advance(funded)
    assert (funded.state, funded.price_units) == (Campaign.State.FUNDED, None)
    assert functions().count("settle") == 1


def test_a_settlement_the_contract_refuses_is_tried_again_after_a_pause(funded):
    published(funded, NEEDED)
    advance(funded)
    events.settlement_refused(f"marketplace.settle:{funded.id}.1", "market: halted")
    advance(funded)
    assert functions().count("settle") == 1
    advance(funded, after=timedelta(minutes=6))
    assert functions().count("settle") == 2


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


def test_a_driver_reads_how_the_campaign_ended(funded, as_driver):
    events.campaign_refunded(heard("Refunded", funded))
    page = as_driver.get(f"/offers/{Offer.objects.get().id}").content.decode()
    assert "the bounty went back to the buyer" in page


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


def test_the_developers_home_asks_for_the_bounty(approved, as_developer):
    page = as_developer.get("/home").content.decode()
    assert "waits for its bounty" in page
    assert f"/requests/{approved.request_id}" in page


def test_pages_tell_developer_and_admin_where_the_campaign_is(
    funded, consenting, as_developer, as_admin
):
    consenting(312)
    page = as_developer.get(f"/requests/{funded.request_id}").content.decode()
    assert "312 of 500 consents" in page
    assert 'value="62.40"' in page
    desk = as_admin.get(f"/review/{funded.request_id}").content.decode()
    assert "312 of 500 consents" in desk
    assert "Give the bounty back" in desk
