"""With the bounty in escrow drivers are asked; with enough of them the release is built."""

from datetime import timedelta

import pytest
from django.utils import timezone

from anonymize.models import Release
from consent.models import Offer
from marketplace import events
from marketplace.models import Campaign
from tests.marketplace.campaigns.course import NEEDED, PRICE, advance, heard, shown

pytestmark = pytest.mark.django_db


def test_with_the_bounty_in_escrow_drivers_are_asked_once(funded, as_developer):
    events.campaign_funded(heard("Funded", funded))
    advance(funded)
    assert Offer.objects.get().state == Offer.State.OPEN
    assert shown(as_developer, funded)["state"] == "gathering"


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
