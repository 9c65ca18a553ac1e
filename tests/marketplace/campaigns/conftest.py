"""Campaigns at each point of their course, and money to pay for them."""

import pytest
from django.utils import timezone

from anonymize.models import Dataset
from chain import reading
from consent import selectors as consents
from consent.models import Consent
from marketplace import advancing, events
from marketplace.models import Campaign
from tests.marketplace.campaigns.course import BOUNTY, NEEDED, PRICE, decide, heard


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
