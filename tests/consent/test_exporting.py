"""What a driver answered comes along: consents with receipts that work without us, and declines."""

import pytest

from consent import events, exporting, granting

pytestmark = pytest.mark.django_db


def test_a_consent_comes_with_its_receipt(driver, signed, heard):
    events.granted(heard("Granted", signed))
    (told,) = exporting.consents(driver)
    assert (told["id"], told["state"]) == (str(signed.id), "active")
    assert signed.revoke_signature in str(told["receipt"])


def test_a_draft_has_no_receipt(driver, draft):
    (told,) = exporting.consents(driver)
    assert (told["state"], told["receipt"]) == ("draft", None)


def test_a_decline_says_to_whom(driver, offer, now):
    granting.decline(driver=driver, offer_id=offer.id, at=now)
    (told,) = exporting.declines(driver)
    assert (told["offer_id"], told["title"]) == (str(offer.id), offer.title)
    assert told["buyer"] == {"name": offer.buyer_name, "is_accredited": True}


def test_nothing_of_another_driver_is_told(other_driver, signed, offer):
    assert not list(exporting.consents(other_driver))
    assert not list(exporting.declines(other_driver))
