"""Renewing over HTTP, and the pages that lead to it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent import events
from consent.models import Consent, Renewal

pytestmark = pytest.mark.django_db

CONSENTS = "/api/v1/consents"


def url_of(consent):
    return f"{CONSENTS}/{consent.id}/renewal"


def read(client, driver, name, *args, language="en"):
    client.force_login(driver.user)
    client.cookies["django_language"] = language
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_renewal_goes_from_draft_to_recorded(as_driver, active, key, heard):
    drafted = as_driver.post(url_of(active), {}, format="json")
    assert drafted.status_code == 201
    body = drafted.json()
    assert (body["object"], body["state"]) == ("renewal", "draft")
    assert body["typed_data"]["renew"]["primaryType"] == "Renew"
    assert body["terms_digest"] == active.terms_digest
    assert body["ends_before"] < body["expires_at"]
    assert body["expires_at"][:10] in body["text"]["en"]
    signatures = key.renewal(Renewal.objects.get())
    first = as_driver.post(url_of(active) + "/signature", signatures, format="json")
    assert (first.status_code, first.json()["chain"]["state"]) == (202, "queued")
    again = as_driver.post(url_of(active) + "/signature", signatures, format="json")
    assert again.status_code == 200
    consent = as_driver.get(f"{CONSENTS}/{active.id}").json()
    assert (consent["state"], consent["renewal"]["state"]) == ("active", "signed")
    events.renewed(heard("Renewed", active, block=9))
    shown = as_driver.get(url_of(active)).json()
    assert (shown["state"], shown["chain"]["state"]) == ("recorded", "confirmed")
    consent = as_driver.get(f"{CONSENTS}/{active.id}").json()
    assert consent["expires_at"] == body["expires_at"]
    assert consent["typed_data"]["revoke"]["message"]["nonce"] == 2


def test_without_a_renewal_there_is_none_to_read(as_driver, active):
    assert as_driver.get(url_of(active)).status_code == 404
    assert as_driver.get(f"{CONSENTS}/{active.id}").json()["renewal"] is None


def test_an_end_too_far_away_is_a_422_with_what_would_pass(as_driver, active):
    far = (timezone.now() + timedelta(days=400)).isoformat()
    answer = as_driver.post(url_of(active), {"expires_at": far}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "renewal_end_wrong")
    passes = as_driver.post(url_of(active), answer.json()["suggestion"], format="json")
    assert passes.status_code == 201


def test_what_has_ended_is_a_409_that_leads_back_to_the_offer(as_driver, active, offer):
    Consent.objects.update(expires_at=timezone.now())
    answer = as_driver.post(url_of(active), {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_ended")
    assert answer.json()["suggestion"]["offer_id"] == str(offer.id)


def test_another_drivers_consent_cannot_be_renewed(as_other_driver, active):
    assert as_other_driver.post(url_of(active), {}, format="json").status_code == 404


# --- pages ------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "word"), [("en", "Renew until"), ("zh-hans", "续期至")])
def test_the_page_shows_the_same_terms_with_the_new_end(client, driver, active, language, word):
    page = read(client, driver, "renew", active.id, language=language)
    assert word in page
    assert "Nordlicht Batterie GmbH" in page
    assert "to-be-signed" in page
    assert f"{active.terms_digest}" in page


def test_a_consent_offers_its_renewal_at_any_time(client, driver, active):
    page = read(client, driver, "consent", active.id)
    assert reverse("renew", args=[active.id]) in page
    assert "days left" not in page


def test_sixty_days_before_the_end_the_home_page_leads_to_it(client, driver, active):
    Consent.objects.update(expires_at=timezone.now() + timedelta(days=59, hours=1))
    home = read(client, driver, "dashboard")
    assert "1 consent ends within 60 days" in home
    assert reverse("consent", args=[active.id]) in home
    assert "59 days left" in read(client, driver, "consents")
    Consent.objects.update(expires_at=timezone.now() + timedelta(days=61))
    assert "ends within" not in read(client, driver, "dashboard")


def test_a_renewal_on_its_way_is_shown_as_such_and_asks_for_nothing(
    client, driver, active, renewal
):
    Consent.objects.update(expires_at=timezone.now() + timedelta(days=5))
    assert "ends within" not in read(client, driver, "dashboard")
    page = read(client, driver, "consent", active.id)
    assert "renewal being recorded" in page
    assert f'data-watch="{url_of(active)}"' in page
    assert "on chain at block 9" not in page
    assert "being recorded" in read(client, driver, "renew", active.id)


def test_recorded_on_chain_is_said_once_the_chain_has_it(client, driver, renewed):
    page = read(client, driver, "consent", renewed.id)
    assert "Recorded on chain at block 9" in page
    assert "renewal being recorded" not in page


def test_a_renewal_made_elsewhere_says_that_no_revocation_is_kept(client, driver, active, heard):
    events.renewed(heard("Renewed", active, expiry=active.terms["expires_at"] + 60))
    page = read(client, driver, "consent", active.id)
    assert "renewed without us" in page
    assert "The receipt holds" not in page


def test_what_is_revoked_speaks_of_no_end_any_more(client, driver, renewed, heard):
    events.revoked(heard("Revoked", renewed, block=10, nonce=2))
    assert 'id="until"' not in read(client, driver, "consent", renewed.id)


def test_a_renewal_that_failed_is_told_with_what_stays(client, driver, active, renewal):
    events.renewal_failed(f"consent.renew:{renewal.id}", "none stands")
    page = read(client, driver, "consent", active.id)
    assert "The renewal was not recorded" in page
    assert "none stands" in page
    assert reverse("renew", args=[active.id]) in page


def test_what_has_ended_says_that_it_is_granted_anew(client, driver, active, offer):
    Consent.objects.update(expires_at=timezone.now())
    page = read(client, driver, "consent", active.id)
    assert "cannot be renewed" in page
    assert reverse("offer", args=[offer.id]) in page
    assert 'id="grant"' in read(client, driver, "offer", offer.id)
    assert "to-be-signed" not in read(client, driver, "renew", active.id)
