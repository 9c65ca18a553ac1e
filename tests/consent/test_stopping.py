"""A receipt alone ends its consent: whoever holds it needs no account."""

import json

import pytest

from consent import events, granting, receipts
from consent.errors import NotGranted, ReceiptUnknown, WrongSignature
from consent.models import Consent, Renewal
from consent.stopping import Stop, stop
from protocol import ids
from registry.errors import TooManyTries
from registry.limiting import MOST_PER_HANDLE
from registry.models import Wallet
from tests.consent.conftest import sent

pytestmark = pytest.mark.django_db

DOOR = "/api/v1/revocations"


def receipt(consent, now):
    return json.loads(json.dumps(receipts.receipt_of(Consent.objects.get(id=consent.id), at=now)))


def held(consent, now, **changes):
    address, dataset, nonce, signature = receipt(consent, now)["proof"]["how_to_stop"]["args"]
    facts = {
        "address": address,
        "dataset_id": ids.from_bytes32(bytes.fromhex(dataset[2:])),
        "nonce": nonce,
        "signature": signature,
    }
    return Stop(**{**facts, **changes})


def body(said):
    return {
        "consent_address": said.address,
        "dataset_id": str(said.dataset_id),
        "nonce": said.nonce,
        "revoke": said.signature,
    }


@pytest.fixture
def said(active, now):
    return held(active, now)


def ended(said, now):
    return stop(said, asked_from="192.0.2.1", at=now)


def test_a_receipt_ends_its_consent_and_a_second_time_changes_nothing(said, now):
    assert ended(said, now).state == "revoking"
    assert ended(said, now).state == "revoking"
    (word,) = sent("revoke_batch")
    assert (word["driver"], word["nonce"]) == (said.address, 1)


def test_nobody_needs_to_be_signed_in(anybody, said):
    answer = anybody.post(DOOR, body(said), format="json")
    assert (answer.status_code, answer.json()["state"]) == (202, "revoking")
    assert anybody.post(DOOR, body(said), format="json").json() == answer.json()


def test_it_says_where_the_chain_has_it(anybody, said, active, heard):
    anybody.post(DOOR, body(said), format="json")
    events.revoked(heard("Revoked", active, block=8))
    shown = anybody.post(DOOR, body(said), format="json").json()
    assert (shown["state"], shown["block_number"]) == ("revoked", 8)


def test_a_receipt_from_before_the_chain_had_the_grant_waits_for_it(signed, now):
    assert ended(held(signed, now), now).state == "revoking"
    assert sent("revoke_batch") == []


def test_a_signature_of_another_key_ends_nothing(said, active, other_key, now):
    wrong = other_key.signatures(active)["revoke"]
    with pytest.raises(WrongSignature):
        ended(held(active, now, signature=wrong), now)
    assert Consent.objects.get().state == "active"


def test_the_grants_signature_is_no_revocation(active, now):
    with pytest.raises(WrongSignature):
        ended(held(active, now, signature=active.grant_signature), now)


@pytest.mark.parametrize("changes", [{"nonce": 2}, {"address": "0x" + "11" * 20}])
def test_what_we_do_not_know_is_not_sent(active, now, changes):
    with pytest.raises(ReceiptUnknown):
        ended(held(active, now, **changes), now)


def test_a_receipt_from_before_a_renewal_sends_the_revocation_kept_since(
    said, renewed, renewal, now
):
    assert ended(said, now).state == "revoking"
    (word,) = sent("revoke_batch")
    assert word["nonce"] == renewal.nonce + 1


def test_a_receipt_from_after_a_renewal_ends_it_too(renewed, renewal, now):
    assert ended(held(renewed, now), now).state == "revoking"
    assert held(renewed, now).nonce == renewal.nonce + 1


def test_what_was_kept_nowhere_is_taken_from_the_receipt(said, active, now):
    Consent.objects.update(revoke_signature="")
    ended(said, now)
    assert Consent.objects.get().revoke_signature == said.signature
    assert len(sent("revoke_batch")) == 1


def test_the_receipt_of_a_consent_that_is_over_does_not_end_the_next_one(
    said, active, driver, offer, key, heard, now
):
    ended(said, now)
    events.revoked(heard("Revoked", active, block=8))
    anew = granting.draft(
        driver=driver,
        offer_id=offer.id,
        signal_groups=["charging"],
        consent_address=key.address,
        at=now,
    )
    granting.accept_signature(consent=anew, at=now, **key.signatures(anew))
    assert ended(said, now).id == active.id
    assert Consent.objects.get(id=anew.id).state == "signed"


def test_what_has_ended_cannot_be_stopped(said, now):
    Consent.objects.update(expires_at=now)
    with pytest.raises(NotGranted):
        ended(said, now)


def test_no_contract_is_called_for_a_stranger(said, active, driver, monkeypatch, now):
    monkeypatch.setattr("chain.reading.accepts", lambda *_: pytest.fail("it was asked"))
    Wallet.objects.create(driver=driver, address=said.address, is_contract=True, created_at=now)
    with pytest.raises(WrongSignature):
        ended(held(active, now, signature="0x" + "11" * 65), now)
    Consent.objects.update(revoke_signature="0x" + "22" * 65)
    assert ended(held(active, now, signature="0x" + "22" * 65), now).state == "revoking"


def test_guessing_is_slowed_down_and_a_good_receipt_is_not(anybody, said, active):
    for _ in range(MOST_PER_HANDLE + 1):
        assert anybody.post(DOOR, body(said), format="json").status_code == 202
    wrong = body(said) | {"revoke": active.grant_signature}
    for _ in range(MOST_PER_HANDLE):
        assert anybody.post(DOOR, wrong, format="json").status_code == 403
    answer = anybody.post(DOOR, wrong, format="json")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")
    assert "Retry-After" in answer


def test_sending_again_what_failed_counts_as_a_try(said, now):
    ended(said, now)
    for _ in range(MOST_PER_HANDLE):
        Consent.objects.update(trouble="skipped")
        ended(said, now)
    with pytest.raises(TooManyTries):
        ended(said, now)


def test_what_is_no_revocation_is_refused(anybody, said):
    for part in ("consent_address", "dataset_id", "nonce", "revoke"):
        answer = anybody.post(DOOR, body(said) | {part: "nonsense"}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), part


def test_a_draft_of_a_renewal_is_no_word(active, said, now):
    Renewal.objects.create(consent=active, nonce=1, expires_at=now)
    with pytest.raises(ReceiptUnknown):
        ended(held(active, now, nonce=2), now)
