"""A receipt shows each renewal, the end that counts, and the revocation that works now."""

import copy
import json

import pytest

from consent import events, receipts
from consent.domain import receipt
from consent.models import Consent
from protocol import typed_data

pytestmark = pytest.mark.django_db


def printed(now):
    consent = Consent.objects.get()
    return json.loads(json.dumps(receipts.receipt_of(consent, at=now)))


def process_of(document):
    return document["dpv:hasRecordOfActivity"]["dpv:hasProcess"]


@pytest.fixture
def document(renewed, now):
    return printed(now)


def test_a_renewed_receipt_holds_and_names_the_new_end(document, renewal, now):
    assert receipt.faults(document) == []
    record = document["dpv:hasRecordOfActivity"]
    assert record["dpv:hasConsentStatus"] == "dpv:RenewedConsentGiven"
    assert record["dct:modified"] > record["dct:created"]
    process = process_of(document)
    assert process["dpv:hasDuration"]["odometer:until"] == renewal.expiry
    assert f"{renewal.expires_at:%Y-%m-%d}" in process["odometer:notice-as-renewed"]["en"]
    assert process["dpv:hasNotice"] == document["proof"]["terms"]["text"]


def test_the_receipt_alone_is_enough_to_revoke_what_was_renewed(document, renewal):
    address, _, nonce, signature = document["proof"]["how_to_stop"]["args"]
    assert nonce == 2
    assert typed_data.recover(renewal.words().revoke, signature) == address


def test_while_the_renewal_is_on_its_way_both_ways_out_are_in_the_receipt(active, renewal, now):
    document = printed(now)
    assert receipt.faults(document) == []
    proof = document["proof"]
    assert proof["how_to_stop"]["args"][2:] == [1, active.revoke_signature]
    (on_its_way,) = proof["renewals"]
    assert on_its_way["chain"]["renewed_block"] is None
    assert on_its_way["signatures"]["revoke"] == renewal.revoke_signature
    until = process_of(document)["dpv:hasDuration"]["odometer:until"]
    assert until == proof["terms"]["expires_at"]


def test_a_failed_renewal_is_not_in_the_receipt(active, renewal, now):
    events.renewal_failed(f"consent.renew:{renewal.id}", "out of gas")
    assert printed(now)["proof"]["renewals"] == []


def test_a_renewal_made_elsewhere_is_not_claimed_to_be_proved(active, heard, now):
    events.renewed(heard("Renewed", active, expiry=active.terms["expires_at"] + 60))
    document = printed(now)
    assert receipt.faults(document) == []
    assert document["proof"]["renewals"] == []
    assert document["proof"]["how_to_stop"] is None
    assert document["proof"]["chain"]["expires_at"] is not None


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("expires_at",), 1_900_000_000, "renewal_differs"),
        (("typed_data", "renew", "message", "nonce"), 2, "renewal_differs"),
        (("signatures", "renew"), "0x" + "00" * 65, "renewal_signature_wrong"),
        (("signatures", "revoke"), "0x" + "00" * 65, "renewal_signature_wrong"),
        (("chain", "renewed_block"), None, "summary_differs"),
        (("typed_data",), None, "unreadable"),
    ],
)
def test_every_change_of_a_renewal_shows(document, path, value, fault):
    changed = copy.deepcopy(document)
    place = changed["proof"]["renewals"][0]
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    assert fault in receipt.faults(changed)


def test_a_renewal_that_does_not_follow_its_grant_shows(document):
    changed = copy.deepcopy(document)
    changed["proof"]["renewals"] *= 2
    assert "renewal_differs" in receipt.faults(changed)


def test_a_receipt_from_before_there_were_renewals_still_holds(active, now):
    document = printed(now)
    del document["proof"]["renewals"]
    assert receipt.faults(document) == []
