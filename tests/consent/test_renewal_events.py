"""What the chain says about renewals, however often and by whom it is said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from consent import erasure, events, granting, selectors
from consent.models import Consent, Renewal
from registry.models import Erasure
from tests.consent.conftest import key_of, sent

pytestmark = pytest.mark.django_db


def facts() -> list[dict[str, Any]]:
    rows = [*Consent.objects.order_by("nonce").values(), *Renewal.objects.order_by("id").values()]
    return [dict(row) for row in rows]


def test_a_renewal_on_the_chain_gives_the_consent_its_new_end(renewed, renewal, offer, now):
    row = Renewal.objects.get()
    assert (row.state, row.renewed_block) == ("recorded", 9)
    assert row.expired_before == offer.consent_expires_at
    assert renewed.expires_at == renewal.expires_at
    assert renewed.state_at(offer.consent_expires_at) == "active"
    assert selectors.next_nonce(renewed.consent_address, renewed.offer.dataset_id) == 2
    assert list(selectors.active_consents(offer.dataset_id)) == [renewed]


def test_hearing_everything_again_changes_nothing(renewed, heard):
    before = facts()
    events.renewed(heard("Renewed", renewed, block=9))
    assert facts() == before
    events.granted(heard("Granted", renewed))
    events.renewed(heard("Renewed", renewed, block=9))
    assert facts() == before


def test_a_whole_story_heard_again_gives_the_same_rows(renewed, renewal, heard):
    events.revoked(heard("Revoked", renewed, block=10, nonce=2))
    before = facts()
    expiry = renewal.expiry
    events.granted(heard("Granted", renewed))
    events.renewed(heard("Renewed", renewed, block=9, nonce=1, expiry=expiry))
    events.revoked(heard("Revoked", renewed, block=10, nonce=2))
    assert facts() == before
    assert Consent.objects.get().state == "revoked"


def test_a_renewal_sent_by_somebody_else_is_recorded_too(active, heard, now):
    sooner = int((now + timedelta(days=310)).timestamp())
    events.renewed(heard("Renewed", active, expiry=sooner))
    row = Consent.objects.get()
    assert row.expires_at == datetime.fromtimestamp(sooner, UTC)
    assert row.way_out().nonce == 2
    assert row.way_out().signature == ""
    assert Renewal.objects.get().renew_signature == ""


def test_another_end_than_the_one_we_sent_keeps_the_new_way_out(active, renewal, heard, now):
    other = int((now + timedelta(days=310)).timestamp())
    events.renewed(heard("Renewed", active, expiry=other))
    states = {row.expiry: row.state for row in Renewal.objects.all()}
    assert states == {renewal.expiry: "failed", other: "recorded"}
    assert Consent.objects.get().way_out().signature == renewal.revoke_signature


def test_a_draft_that_its_driver_sent_himself_is_recorded(active, now, heard):
    from consent import renewing  # noqa: PLC0415 - reads as part of the story

    renewing.draft(consent=active, at=now)
    events.renewed(heard("Renewed", active))
    assert Renewal.objects.get().state == "recorded"


def test_a_renewal_of_something_unknown_is_left_alone(active, heard):
    events.renewed(heard("Renewed", active, nonce=5, expiry=active.terms["expires_at"] + 60))
    events.renewed(
        heard("Renewed", active, driver="0x" + "11" * 20, expiry=active.terms["expires_at"] + 60)
    )
    assert not Renewal.objects.exists()
    assert Consent.objects.get().expires_at == active.expires_at


def test_a_renewal_of_terms_we_do_not_know_is_left_alone(active, heard):
    events.granted(heard("Granted", active, block=9, nonce=1, terms=b"\x09" * 32))
    events.renewed(
        heard("Renewed", active, block=10, nonce=2, expiry=active.terms["expires_at"] + 60)
    )
    assert not Renewal.objects.exists()
    assert selectors.next_nonce(active.consent_address, active.offer.dataset_id) == 3


def test_a_renewal_whose_block_left_the_chain_is_taken_back(active, renewal, heard, now):
    before = facts()
    events.renewed(heard("Renewed", active, block=9))
    events.renewal_undone(heard("Renewed", active, block=9))
    assert facts() == before
    row = Consent.objects.get()
    assert row.way_out().signature == active.revoke_signature
    assert selectors.next_nonce(row.consent_address, row.offer.dataset_id) == 1
    events.renewed(heard("Renewed", active, block=10))
    assert Consent.objects.get().expires_at == renewal.expires_at


def test_anothers_renewal_whose_block_left_the_chain_is_forgotten(active, heard):
    story = heard("Renewed", active, expiry=active.terms["expires_at"] + 60)
    before = facts()
    events.renewed(story)
    events.renewal_undone(story)
    assert facts() == before


def test_a_revocation_and_its_renewal_that_both_left_the_chain_are_taken_back(renewed, heard, now):
    granting.revoke(consent=renewed, at=now)
    events.revoked(heard("Revoked", renewed, block=10, nonce=2))
    events.revocation_undone(heard("Revoked", renewed, block=10, nonce=2))
    events.renewal_undone(heard("Renewed", renewed, block=9))
    row = Consent.objects.get()
    assert (row.state, row.way_out().nonce) == ("revoking", 1)
    events.renewed(heard("Renewed", renewed, block=12))
    events.revoked(heard("Revoked", renewed, block=12, nonce=2))
    assert Consent.objects.get().state == "revoked"
    assert len(sent("revoke_batch")) == 1  # the outbox still has it


def test_a_failure_after_the_renewal_stands_changes_nothing(renewed, renewal):
    events.renewal_failed(f"consent.renew:{renewal.id}", "wrong nonce")
    assert Renewal.objects.get().state == "recorded"


def test_a_renewal_that_stands_after_all_overrules_its_failure(active, renewal, heard):
    events.renewal_failed(f"consent.renew:{renewal.id}", "out of gas")
    events.renewed(heard("Renewed", active, block=9))
    assert (Renewal.objects.get().state, Renewal.objects.get().trouble) == ("recorded", "")
    assert Consent.objects.get().expires_at == renewal.expires_at


def test_a_renewal_brings_back_what_was_taken_for_ended(active, renewal, offer, driver, heard, now):
    Consent.objects.update(expires_at=now)
    granting.draft(
        driver=driver,
        offer_id=offer.id,
        signal_groups=["charging"],
        consent_address=key_of(b"\x01" * 32, offer.dataset_id).address,
        at=now,
    )
    assert Consent.objects.get(id=active.id).state == "expired"
    events.renewed(heard("Renewed", active, block=9))
    states = {row.id: row.state for row in Consent.objects.all()}
    assert states.pop(active.id) == "active"
    assert list(states.values()) == ["failed"]


def test_forgetting_a_driver_stops_a_renewal_that_is_on_its_way(
    driver, active, renewal, heard, now
):
    Consent.objects.update(expires_at=now)
    erasure.revoke_all(driver=driver, at=now)
    events.renewed(heard("Renewed", active, block=9))
    assert [item["nonce"] for item in sent("revoke_batch")] == [1, 2]
    assert not erasure.testimony(Erasure(driver=driver)).is_done
