"""What the chain says about consents becomes their state, however often and by whom it is said."""

from datetime import timedelta

import pytest

from chain.models import OutboundItem
from consent import events, granting, selectors
from consent.models import Consent

pytestmark = pytest.mark.django_db


def state_of(consent: Consent) -> str:
    return Consent.objects.get(id=consent.id).state


def test_a_grant_on_the_chain_makes_the_consent_active(signed, heard, offer):
    events.granted(heard("Granted", signed))
    row = Consent.objects.get()
    assert (row.state, row.granted_block) == ("active", 7)
    assert list(selectors.active_consents(offer.dataset_id)) == [row]


def test_hearing_a_grant_again_changes_nothing(signed, heard):
    events.granted(heard("Granted", signed))
    first = Consent.objects.values().get()
    events.granted(heard("Granted", signed))
    assert Consent.objects.values().get() == first


def test_a_grant_sent_without_us_is_recorded_too(draft, heard):
    events.granted(heard("Granted", draft))
    assert state_of(draft) == "active"


def test_a_grant_of_unknown_terms_ends_the_terms_we_knew(signed, heard):
    events.granted(heard("Granted", signed))
    events.granted(heard("Granted", signed, block=9, nonce=1, terms=b"\x09" * 32))
    assert state_of(signed) == "revoked"
    assert selectors.next_nonce(signed.consent_address, signed.offer.dataset_id) == 2


def test_a_grant_for_a_dataset_that_is_not_ours_is_left_alone(signed, heard):
    events.granted(heard("Granted", signed, dataset=b"\xff" * 32))
    assert state_of(signed) == "signed"


def test_a_consent_ends_when_the_chain_says_even_if_the_terms_say_later(signed, heard, now):
    sooner = int((now + timedelta(days=1)).timestamp())
    events.granted(heard("Granted", signed, expiry=sooner))
    row = Consent.objects.get()
    assert row.state_at(now + timedelta(days=1)) == "expired"
    assert row.state_at(now + timedelta(hours=23)) == "active"


def test_a_waiting_revocation_follows_its_grant(signed, heard, now):
    granting.revoke(consent=signed, at=now)
    events.granted(heard("Granted", signed))
    events.granted(heard("Granted", signed))
    references = {item.reference for item in OutboundItem.objects.all()}
    assert references == {f"consent.grant:{signed.id}", f"consent.revoke:{signed.id}"}
    assert state_of(signed) == "revoking"


def test_a_revocation_of_an_active_consent_goes_out_at_once(signed, heard, now):
    events.granted(heard("Granted", signed))
    granting.revoke(consent=Consent.objects.get(), at=now)
    assert OutboundItem.objects.filter(function="revoke_batch").count() == 1


def test_a_revocation_on_the_chain_ends_the_consent_whoever_sent_it(signed, heard):
    events.granted(heard("Granted", signed))
    events.revoked(heard("Revoked", signed, block=8))
    row = Consent.objects.get()
    assert (row.state, row.revoked_block) == ("revoked", 8)


def test_events_heard_again_from_the_start_give_the_same_consents(signed, heard):
    story = [heard("Granted", signed), heard("Revoked", signed, block=8)]
    events.granted(story[0])
    events.revoked(story[1])
    first = Consent.objects.values().get()
    events.granted(story[0])
    events.revoked(story[1])
    assert Consent.objects.values().get() == first


def test_a_revocation_voids_a_grant_that_was_not_sent_yet(signed, heard):
    events.revoked(heard("Revoked", signed, nonce=0))
    assert state_of(signed) == "revoked"


def test_a_renewal_carries_the_next_nonce(driver, offer, key, signed, heard):
    events.granted(heard("Granted", signed))
    events.revoked(heard("Revoked", signed, block=8))
    renewed = granting.draft(
        driver=driver,
        offer_id=offer.id,
        signal_groups=["charging"],
        consent_address=key.address,
        at=offer.created_at,
    )
    assert renewed.nonce == 2
    granting.accept_signature(consent=renewed, at=offer.created_at, **key.signatures(renewed))
    events.granted(heard("Granted", renewed, block=9))
    assert (state_of(signed), state_of(renewed)) == ("revoked", "active")


def test_a_grant_that_was_skipped_for_good_fails_and_can_be_drafted_again(
    driver, offer, key, signed, now
):
    events.grant_failed(f"consent.grant:{signed.id}", "wrong nonce")
    row = Consent.objects.get()
    assert (row.state, row.trouble) == ("failed", "wrong nonce")
    again = granting.draft(
        driver=driver,
        offer_id=offer.id,
        signal_groups=["charging"],
        consent_address=key.address,
        at=now,
    )
    assert again.id != signed.id


def test_a_failure_after_the_grant_stands_changes_nothing(signed, heard):
    events.granted(heard("Granted", signed))
    events.grant_failed(f"consent.grant:{signed.id}", "wrong nonce")
    assert state_of(signed) == "active"


def test_a_grant_that_stands_after_all_overrules_its_failure(signed, heard):
    events.grant_failed(f"consent.grant:{signed.id}", "out of gas")
    events.granted(heard("Granted", signed))
    assert state_of(signed) == "active"


def test_a_revocation_that_failed_is_sent_again_on_demand(signed, heard, now):
    events.granted(heard("Granted", signed))
    granting.revoke(consent=Consent.objects.get(), at=now)
    events.revocation_failed(f"consent.revoke:{signed.id}", "out of gas")
    granting.revoke(consent=Consent.objects.get(), at=now)
    assert OutboundItem.objects.filter(reference=f"consent.revoke:{signed.id}.1").exists()
    events.revocation_failed(f"consent.revoke:{signed.id}.1", "out of gas")
    assert Consent.objects.get().trouble == "out of gas"


def test_a_grant_whose_block_left_the_chain_is_taken_back(signed, heard):
    before = Consent.objects.values().get()
    events.granted(heard("Granted", signed))
    events.grant_undone(heard("Granted", signed))
    assert Consent.objects.values().get() == before
    assert selectors.next_nonce(signed.consent_address, signed.offer.dataset_id) == 0


def test_a_revocation_whose_block_left_the_chain_is_taken_back(signed, heard):
    events.granted(heard("Granted", signed))
    before = Consent.objects.values().get()
    events.revoked(heard("Revoked", signed, block=8))
    events.revocation_undone(heard("Revoked", signed, block=8))
    assert Consent.objects.values().get() == before
