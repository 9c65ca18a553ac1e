"""The consent room over HTTP."""

from typing import Any

import pytest

from consent import events, selectors
from consent.models import Consent, Offer
from tests.consent.conftest import Key

pytestmark = pytest.mark.django_db

OFFERS = "/api/v1/offers"
CONSENTS = "/api/v1/consents"


def wish(offer: Offer, key: Key) -> dict[str, Any]:
    return {
        "offer_id": str(offer.id),
        "signal_groups": ["charging"],
        "consent_address": key.address,
    }


def test_a_driver_reads_what_is_asked_what_it_pays_and_what_it_costs(as_driver, offer):
    (shown,) = as_driver.get(OFFERS).json()["results"]
    assert shown["object"] == "offer"
    assert shown["signal_groups"] == {"needed": ["charging"], "optional": ["climate"]}
    assert shown["pay"]["low_units"] == "1200000"
    assert shown["pay"]["token"]["symbol"] == "tUSD"
    assert shown["privacy"] == {"rho_micro": 24360, "guess_in_100": 55}
    assert shown["answer"] is None


def test_a_declined_offer_is_not_asked_again(as_driver, offer):
    answer = as_driver.post(f"{OFFERS}/{offer.id}/decline", {}, format="json")
    assert (answer.status_code, answer.json()["state"]) == (201, "declined")
    assert as_driver.get(OFFERS).json()["results"] == []
    assert as_driver.get(f"{OFFERS}/{offer.id}").json()["answer"]["object"] == "decline"


def test_an_unknown_parameter_is_refused(as_driver):
    answer = as_driver.get(OFFERS + "?status=open")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_parameter")


def test_a_consent_goes_from_draft_to_receipt(as_driver, offer, key, heard):
    drafted = as_driver.post(CONSENTS, wish(offer, key), format="json")
    assert drafted.status_code == 201
    body = drafted.json()
    assert body["state"] == "draft"
    assert body["typed_data"]["grant"]["primaryType"] == "Grant"
    consent = Consent.objects.get()
    url = f"{CONSENTS}/{body['id']}"
    first = as_driver.post(url + "/signature", key.signatures(consent), format="json")
    assert (first.status_code, first.json()["state"]) == (202, "signed")
    assert first.json()["chain"]["state"] == "queued"
    again = as_driver.post(url + "/signature", key.signatures(consent), format="json")
    assert again.status_code == 200
    events.granted(heard("Granted", consent))
    shown = as_driver.get(url).json()
    assert (shown["state"], shown["chain"]["state"]) == ("active", "confirmed")
    receipt = as_driver.get(url + "/receipt")
    assert receipt.json()["@type"] == "dpv:ConsentReceipt"
    assert receipt["Content-Disposition"].startswith("attachment")
    stopped = as_driver.post(url + "/revocation", {}, format="json")
    assert (stopped.status_code, stopped.json()["state"]) == (202, "revoking")


def test_a_wrong_signature_is_a_403_with_its_code(as_driver, draft, other_key):
    answer = as_driver.post(
        f"{CONSENTS}/{draft.id}/signature", other_key.signatures(draft), format="json"
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_signature")


def test_another_drivers_consent_is_not_there(as_other_driver, draft):
    answer = as_other_driver.get(f"{CONSENTS}/{draft.id}")
    assert answer.status_code == 404


def test_nobody_reads_offers_without_signing_in(anybody, offer):
    assert anybody.get(OFFERS).status_code in {401, 403}


def test_consents_are_listed_by_the_state_they_are_in_now(as_driver, signed, now):
    Consent.objects.update(expires_at=now)
    assert as_driver.get(CONSENTS + "?state=signed").json()["results"] == []
    assert len(as_driver.get(CONSENTS + "?state=expired").json()["results"]) == 1


def test_counts_tell_answers_by_state(as_driver, offer, signed, as_other_driver):
    as_other_driver.post(f"{OFFERS}/{offer.id}/decline", {}, format="json")
    counts = selectors.counts(offer.dataset_id)
    assert (counts["signed"], counts["declined"], counts["active"]) == (1, 1, 0)


def test_an_unchanged_consent_is_not_sent_twice(as_driver, draft):
    url = f"{CONSENTS}/{draft.id}"
    tag = as_driver.get(url)["ETag"]
    assert as_driver.get(url, headers={"If-None-Match": tag}).status_code == 304


def test_a_repeated_draft_is_answered_from_its_idempotency_key(as_driver, offer, key):
    headers = {"Idempotency-Key": "77aa"}
    first = as_driver.post(CONSENTS, wish(offer, key), format="json", headers=headers)
    again = as_driver.post(CONSENTS, wish(offer, key), format="json", headers=headers)
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
