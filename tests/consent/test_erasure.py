"""Forgetting a driver stops every consent with what we kept."""

import pytest

from chain.models import OutboundItem
from consent import erasure, events, selectors
from consent.models import Consent
from registry import retiring
from registry.models import Erasure
from tests.factories.registry import make_vehicle

pytestmark = pytest.mark.django_db


def test_an_active_consent_is_revoked_without_the_driver(driver, signed, heard, now):
    events.granted(heard("Granted", signed))
    erasure.revoke_all(driver=driver, at=now)
    assert OutboundItem.objects.filter(function="revoke_batch").count() == 1
    assert not erasure.testimony(Erasure(driver=driver)).is_done
    events.revoked(heard("Revoked", signed, block=8))
    testimony = erasure.testimony(Erasure(driver=driver))
    assert testimony.is_done
    assert testimony.proof["consents_revoked"][0]["tx_hash"] == "0x" + f"{8:064x}"


def test_a_draft_is_forgotten(driver, draft, now):
    erasure.revoke_all(driver=driver, at=now)
    assert not Consent.objects.exists()
    assert erasure.testimony(Erasure(driver=driver)).is_done


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


def test_with_the_last_car_in_use_the_consents_end(driver, signed, heard, now):
    events.granted(heard("Granted", signed))
    sold, kept = make_vehicle(driver), make_vehicle(driver)
    retiring.retire(vehicle=sold, at=now)
    signed.refresh_from_db()
    assert signed.state == Consent.State.ACTIVE
    retiring.retire(vehicle=kept, at=now)
    signed.refresh_from_db()
    assert signed.state == Consent.State.REVOKING


def test_the_erasure_of_one_car_names_the_consents_that_go_on(driver, signed, heard, now):
    events.granted(heard("Granted", signed))
    sold, _kept = make_vehicle(driver), make_vehicle(driver)
    wish = Erasure(driver=driver, vehicle=sold, created_at=now)
    erasure.revoke_what_rested_on(vehicle=sold, at=now)
    testimony = erasure.testimony(wish)
    assert testimony.is_done
    assert testimony.proof == {
        "consents_revoked": [],
        "consents_of_other_cars": [str(signed.id)],
    }


def test_the_erasure_of_the_last_car_waits_for_its_revocations(driver, signed, heard, now):
    events.granted(heard("Granted", signed))
    sold = make_vehicle(driver)
    wish = Erasure(driver=driver, vehicle=sold, created_at=now)
    retiring.retire(vehicle=sold, at=now)
    assert not erasure.testimony(wish).is_done
    events.revoked(heard("Revoked", signed, block=8))
    proof = erasure.testimony(wish).proof
    assert [row["consent_id"] for row in proof["consents_revoked"]] == [str(signed.id)]
    assert proof["consents_of_other_cars"] == []
