"""What was earned comes along, with the proofs that the contract pays on."""

import pytest

from payouts import claiming, erasure, events, exporting
from registry.models import Erasure
from tests.factories.registry import make_vehicle

pytestmark = pytest.mark.django_db


def test_a_share_comes_with_its_proof(driver, share):
    (told,) = exporting.payouts(driver)
    assert told["consent_address"] == share.consent_address
    assert told["proof"] == share.proof


def test_a_claim_comes_along(driver, pool, bought, signed_claim, now):
    events.bought(bought(pool))
    claimed = claiming.claim(driver=driver, at=now, **signed_claim(pool))
    (told,) = exporting.claims(driver)
    assert (told["object"], told["id"]) == ("claim", str(claimed.id))


def test_who_erases_one_car_keeps_the_shares_in_the_account(driver, share):
    wish = Erasure(driver=driver, vehicle=make_vehicle(driver))
    assert erasure.testimony(wish).proof == {}
