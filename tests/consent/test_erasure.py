"""Forgetting a driver stops every consent with what we kept."""

import pytest

from chain.models import OutboundItem
from consent import erasure, events, selectors
from consent.models import Consent

pytestmark = pytest.mark.django_db


def test_an_active_consent_is_revoked_without_the_driver(driver, signed, heard, now):
    events.granted(heard("Granted", signed))
    erasure.revoke_all(driver=driver, at=now)
    assert OutboundItem.objects.filter(function="revoke_batch").count() == 1
    assert not erasure.testimony(driver).is_done
    events.revoked(heard("Revoked", signed, block=8))
    testimony = erasure.testimony(driver)
    assert testimony.is_done
    assert testimony.proof["consents_revoked"][0]["tx_hash"] == "0x" + f"{8:064x}"


def test_a_draft_is_forgotten(driver, draft, now):
    erasure.revoke_all(driver=driver, at=now)
    assert not Consent.objects.exists()
    assert erasure.testimony(driver).is_done


def test_erasing_twice_revokes_once(driver, signed, heard, now):
    events.granted(heard("Granted", signed))
    erasure.revoke_all(driver=driver, at=now)
    erasure.revoke_all(driver=driver, at=now)
    assert OutboundItem.objects.filter(function="revoke_batch").count() == 1


def test_a_consent_without_a_kept_revocation_is_out_of_use_all_the_same(
    driver, draft, heard, now, offer
):
    events.granted(heard("Granted", draft))
    driver.erased_at = now
    driver.save()
    erasure.revoke_all(driver=driver, at=now)
    assert not selectors.active_consents(offer.dataset_id)
