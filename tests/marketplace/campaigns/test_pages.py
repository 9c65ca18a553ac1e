"""What the pages say of a campaign to developer, driver and admin."""

import pytest

from consent.models import Offer
from marketplace import events
from tests.marketplace.campaigns.course import heard

pytestmark = pytest.mark.django_db


def test_a_driver_reads_how_the_campaign_ended(funded, as_driver):
    events.campaign_refunded(heard("Refunded", funded))
    page = as_driver.get(f"/offers/{Offer.objects.get().id}").content.decode()
    assert "the bounty went back to the buyer" in page


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
