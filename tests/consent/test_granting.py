"""From an offer to a signed consent, and out of it again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from chain.models import OutboundItem
from consent import granting, offering
from consent.errors import (
    AddressInUse,
    AlreadyGranted,
    NotDraft,
    NotGranted,
    OfferClosed,
    SignalGroupsWrong,
    WrongSignature,
)
from consent.models import Consent, Decline, Offer
from registry.models import Driver
from tests.consent.conftest import Key, key_of

pytestmark = pytest.mark.django_db


def draft_of(
    driver: Driver, offer: Offer, key: Key, now: datetime, groups: Sequence[str] = ("charging",)
) -> Consent:
    return granting.draft(
        driver=driver,
        offer_id=offer.id,
        signal_groups=list(groups),
        consent_address=key.address,
        at=now,
    )


def test_a_draft_holds_the_terms_that_were_chosen(draft, offer):
    assert draft.state == "draft"
    assert draft.terms["signal_groups"] == ["charging"]
    assert draft.terms["builder_key_sha256"] == offer.builder_key_sha256
    assert draft.expires_at == offer.consent_expires_at


def test_drafting_again_changes_the_draft_and_keeps_its_id(driver, offer, key, now, draft):
    again = draft_of(driver, offer, key, now, groups=["charging", "climate"])
    assert again.id == draft.id
    assert again.terms_digest != draft.terms_digest
    assert Consent.objects.count() == 1


def test_it_refuses_a_choice_without_the_needed_groups(driver, offer, key, now):
    with pytest.raises(SignalGroupsWrong):
        draft_of(driver, offer, key, now, groups=["climate"])


def test_it_refuses_an_address_that_another_driver_uses(other_driver, offer, key, now, draft):
    with pytest.raises(AddressInUse):
        draft_of(other_driver, offer, key, now)


def test_it_refuses_an_address_that_signs_for_another_dataset(driver, new_offer, key, now, draft):
    with pytest.raises(AddressInUse):
        draft_of(driver, new_offer(), key, now)


@pytest.mark.parametrize("days", [20, 400])
def test_it_refuses_an_answer_that_is_late(driver, offer, key, now, days):
    with pytest.raises(OfferClosed):
        draft_of(driver, offer, key, now + timedelta(days=days))


def test_it_refuses_an_answer_to_a_closed_offer(driver, offer, key, now):
    offering.close_offer(offer=offer)
    with pytest.raises(OfferClosed):
        draft_of(driver, offer, key, now)


def test_a_signature_sends_the_grant_in_the_same_transaction(signed):
    assert signed.state == "signed"
    item = OutboundItem.objects.get()
    assert item.reference == f"consent.grant:{signed.id}"
    assert item.function == "grant_batch"


def test_the_same_signature_again_changes_nothing(signed, key, now):
    again = granting.accept_signature(consent=signed, at=now, **key.signatures(signed))
    assert again.signed_at == signed.signed_at
    assert OutboundItem.objects.count() == 1


def test_another_signature_on_a_signed_consent_is_refused(signed, other_key, now):
    with pytest.raises(NotDraft):
        granting.accept_signature(consent=signed, at=now, **other_key.signatures(signed))


@pytest.mark.parametrize("name", ["grant", "revoke"])
def test_it_refuses_a_signature_from_another_key(draft, key, other_key, now, name):
    mixed = {**key.signatures(draft), name: other_key.signatures(draft)[name]}
    with pytest.raises(WrongSignature):
        granting.accept_signature(consent=draft, at=now, **mixed)
    assert not OutboundItem.objects.exists()


def test_a_signature_over_a_replaced_draft_is_refused(driver, offer, key, now, draft):
    old = key.signatures(draft)
    changed = draft_of(driver, offer, key, now, groups=["charging", "climate"])
    with pytest.raises(WrongSignature):
        granting.accept_signature(consent=changed, at=now, **old)


def test_it_refuses_a_second_consent_to_the_same_offer(driver, offer, key, now, signed):
    with pytest.raises(AlreadyGranted):
        draft_of(driver, offer, key, now)


def test_an_expired_consent_makes_room_for_a_new_one(driver, new_offer, now):
    offer = new_offer(consent_expires_at=now + timedelta(days=10))
    key = key_of(b"\x05" * 32, offer.dataset_id)
    first = draft_of(driver, offer, key, now)
    granting.accept_signature(consent=first, at=now, **key.signatures(first))
    Consent.objects.update(expires_at=now)
    second = draft_of(driver, offer, key, now)
    assert second.id != first.id
    assert Consent.objects.get(id=first.id).state == "expired"


def test_a_revocation_waits_for_its_grant(signed, now):
    stopped = granting.revoke(consent=signed, at=now)
    assert stopped.state == "revoking"
    assert [item.function for item in OutboundItem.objects.all()] == ["grant_batch"]


def test_a_draft_cannot_be_revoked(draft, now):
    with pytest.raises(NotGranted):
        granting.revoke(consent=draft, at=now)


def test_revoking_twice_is_revoking_once(signed, now):
    granting.revoke(consent=signed, at=now)
    again = granting.revoke(consent=signed, at=now + timedelta(hours=1))
    assert again.revoke_asked_at == now


def test_a_fresh_revocation_must_be_signed_by_the_key(signed, other_key, now):
    with pytest.raises(WrongSignature):
        granting.revoke(consent=signed, at=now, signature=other_key.signatures(signed)["revoke"])


def test_a_decline_forgets_the_draft_and_is_kept_once(driver, offer, draft, now):
    first = granting.decline(driver=driver, offer_id=offer.id, at=now)
    assert granting.decline(driver=driver, offer_id=offer.id, at=now) == first
    assert not Consent.objects.exists()


def test_a_driver_may_change_a_no_into_a_yes(driver, offer, key, now):
    granting.decline(driver=driver, offer_id=offer.id, at=now)
    draft_of(driver, offer, key, now)
    assert not Decline.objects.exists()


def test_a_signed_consent_cannot_be_declined(driver, offer, signed, now):
    with pytest.raises(AlreadyGranted):
        granting.decline(driver=driver, offer_id=offer.id, at=now)
