"""Renewing in a real browser: read again, sign again, and stop it with the new revocation."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.e2e import walking
from tests.e2e.browser import DESK, NARROW, PHONE

pytestmark = pytest.mark.e2e

_OFFER = """
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from consent import offering
now = timezone.now()
offering.open_offer(
    dataset_id=uuid4(), title="{title}", ask="Energy and hours of charging sessions.",
    buyer_name="Nordlicht Batterie GmbH", is_accredited=True,
    purposes=["dpv:ScientificResearch"],
    signal_groups={{"needed": ["charging"], "optional": []}},
    recipient_class="accredited_company", consent_expires_at=now + timedelta(days=40),
    rho_micro=24_360, pay_low_units=1_200_000, pay_high_units=1_584_000,
    contributors_bps=8_800, drivers_needed=500, answer_before=now + timedelta(days=20),
    builder_key_sha256="ab" * 32,
)
"""
_EXPIRE = """
from django.utils import timezone
from consent.models import Consent
Consent.objects.filter(offer__title="{title}").update(expires_at=timezone.now())
"""


def test_a_driver_renews_a_consent_that_ends_soon_and_revokes_it_with_the_new_revocation(
    person, tell
):
    title = f"How long do cars charge at work? {secrets.token_hex(3)}"
    tell(_OFFER, title=title)
    driver = person(PHONE)
    passphrase = walking.join_as_driver(driver)
    walking.grant(driver, title, passphrase)
    assert walking.renew(driver, title, passphrase, shoots=True) <= 4
    page = driver.open("/home")
    expect(page.get_by_text("ends within 60 days")).to_have_count(0)
    walking.revoke(driver, title)
    assert driver.complaints == []


@pytest.mark.parametrize(("size", "label"), [(DESK, "desk"), (NARROW, "narrow")])
def test_the_pages_of_a_renewal_read_well_at_every_width_and_in_both_languages(
    person, tell, size, label
):
    title = f"How long do cars charge at home? {secrets.token_hex(3)}"
    tell(_OFFER, title=title)
    driver = person(size)
    passphrase = walking.join_as_driver(driver)
    walking.grant(driver, title, passphrase)
    consent = driver.page.url.removeprefix(driver.url).partition("#")[0]
    for language in ("en", "zh"):
        driver.speak(language)
        pages = {"home": "/home", "list": "/consents", "one": consent, "act": f"{consent}/renewal"}
        for name, path in pages.items():
            driver.open(path)
            assert driver.overflow() <= 0, f"{path} in {language}"
            driver.shoot(f"renewal-{label}-{language}-{name}")
    tell(_EXPIRE, title=title)
    driver.speak("en")
    page = driver.open(consent)
    expect(page.get_by_text("what has ended cannot be renewed")).to_be_visible()
    driver.shoot(f"renewal-{label}-ended")
    page = driver.open(f"{consent}/renewal")
    expect(page.get_by_text("what has ended cannot be renewed")).to_be_visible()
