"""The payouts room over HTTP."""

from typing import Any

import pytest

from payouts import erasure, events
from registry.models import Erasure

pytestmark = pytest.mark.django_db

PAYOUTS = "/api/v1/payouts"
CLAIMS = "/api/v1/claims"


def body_of(claim: dict[str, Any]) -> dict[str, Any]:
    return {**claim, "release_ids": [str(release_id) for release_id in claim["release_ids"]]}


@pytest.fixture
def sold(pool, bought):
    events.bought(bought(pool))
    return pool


def test_a_driver_sees_what_each_release_earned_and_the_sum(as_driver, sold, share):
    body = as_driver.get(PAYOUTS).json()
    (shown,) = body["results"]
    assert shown["earned_units"] == str(share.per_sale_units)
    assert shown["share"] | {"per_sale_units": ""} == {
        "start": share.start,
        "weight": 1,
        "total": 3,
        "per_sale_units": "",
    }
    assert shown["proof"] == share.proof
    assert body["sum"] == {
        "earned_units": str(share.per_sale_units),
        "claimed_units": "0",
        "claimable_units": str(share.per_sale_units),
    }
    assert body["token"]["symbol"] == "tUSD"


def test_payouts_are_listed_by_what_is_owed(as_driver, sold, new_pool, share, paid):
    new_pool()
    assert len(as_driver.get(PAYOUTS).json()["results"]) == 2
    assert len(as_driver.get(PAYOUTS + "?state=claimable").json()["results"]) == 1
    events.claimed(paid(sold, share, sales=1))
    assert as_driver.get(PAYOUTS + "?state=claimable").json()["results"] == []
    assert len(as_driver.get(PAYOUTS + "?state=claimed").json()["results"]) == 1


def test_a_claim_is_taken_once_under_its_key(as_driver, sold, signed_claim, share):
    body = body_of(signed_claim(sold))
    headers = {"Idempotency-Key": "5d1c"}
    first = as_driver.post(CLAIMS, body, format="json", headers=headers)
    assert first.status_code == 202
    assert first.json()["amount_units"] == str(share.per_sale_units)
    assert first.json()["gas_paid_by"] == "relayer"
    again = as_driver.post(CLAIMS, body, format="json", headers=headers)
    assert again.json() == first.json()
    shown = as_driver.get(f"{CLAIMS}/{first.json()['id']}")
    assert shown.json()["state"] == "queued"
    assert len(as_driver.get(CLAIMS).json()["results"]) == 1


def test_a_claim_wants_an_idempotency_key(as_driver, sold, signed_claim):
    answer = as_driver.post(CLAIMS, body_of(signed_claim(sold)), format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_missing")


def test_a_release_named_twice_is_refused(as_driver, sold, signed_claim):
    answer = as_driver.post(
        CLAIMS,
        body_of(signed_claim(sold, sold)),
        format="json",
        headers={"Idempotency-Key": "5d1d"},
    )
    assert answer.status_code == 422


def test_another_drivers_claim_is_not_there(as_driver, as_other_driver, sold, signed_claim):
    made = as_driver.post(
        CLAIMS,
        body_of(signed_claim(sold)),
        format="json",
        headers={"Idempotency-Key": "5d1e"},
    )
    assert as_other_driver.get(f"{CLAIMS}/{made.json()['id']}").status_code == 404


def test_the_proof_of_erasure_holds_what_is_needed_to_claim_without_us(driver, sold, share):
    (kept,) = erasure.testimony(Erasure(driver=driver)).proof["shares"]
    assert kept["proof"] == share.proof
    assert kept["consent_address"] == share.consent_address
