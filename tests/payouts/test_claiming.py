"""A signed claim becomes one relayed call, or a refusal that says why."""

from uuid import uuid4

import pytest

from chain.models import OutboundCall
from payouts import events
from payouts.errors import (
    AddressMalformed,
    ClaimUnderWay,
    DeadlineTooClose,
    NothingDue,
    ShareNotFound,
    WrongSignature,
)
from payouts.models import Claim
from registry.models import Wallet
from tests.payouts.conftest import KEYS

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(pool, bought):
    events.bought(bought(pool))
    return pool


def test_a_claim_takes_what_is_due_and_goes_to_the_relayer(driver, sold, share, claim_of):
    claim = claim_of(driver, sold)
    assert claim.amount_units == share.per_sale_units
    call = OutboundCall.objects.get()
    assert call.reference == f"payouts.claim:{claim.id}"
    assert call.function == "claim"


def test_several_releases_are_claimed_at_once(driver, sold, new_pool, bought, claim_of):
    other = new_pool(pool_per_sale_units=30)
    events.bought(bought(other, block=8))
    claim = claim_of(driver, sold, other)
    assert set(claim.sales) == {str(sold.release_id), str(other.release_id)}
    assert OutboundCall.objects.count() == 1


def test_the_same_claim_again_is_the_first_one(driver, sold, claim_of):
    assert claim_of(driver, sold) == claim_of(driver, sold)
    assert OutboundCall.objects.count() == 1


def test_a_second_claim_waits_for_the_first(driver, sold, claim_of):
    claim_of(driver, sold)
    with pytest.raises(ClaimUnderWay):
        claim_of(driver, sold, lasts_s=4000)


def test_a_failed_claim_can_be_made_again(driver, sold, claim_of):
    first = claim_of(driver, sold)
    events.claim_failed(f"payouts.claim:{first.id}", "market: claim expired")
    claim_of(driver, sold, lasts_s=4000)
    assert sorted(Claim.objects.values_list("state", flat=True)) == ["failed", "queued"]


def test_it_refuses_a_claim_that_another_key_signed(driver, sold, claim_of):
    with pytest.raises(WrongSignature):
        claim_of(driver, sold, key=KEYS[1])


def test_it_refuses_a_claim_whose_recipient_was_changed(driver, sold, claim_of):
    with pytest.raises(WrongSignature):
        claim_of(driver, sold, instead={"to": "0x" + "11" * 20})


def test_it_refuses_the_share_of_another_driver(other_driver, sold, claim_of):
    with pytest.raises(ShareNotFound):
        claim_of(other_driver, sold)


def test_it_refuses_a_release_without_a_share(driver, sold, claim_of):
    with pytest.raises(ShareNotFound):
        claim_of(driver, sold, instead={"release_ids": [uuid4()]})


def test_it_refuses_to_claim_nothing(driver, pool, claim_of):
    with pytest.raises(NothingDue):
        claim_of(driver, pool)


@pytest.mark.parametrize("lasts_s", [0, 59, 7 * 86_400 + 1])
def test_it_refuses_a_deadline_that_is_too_near_or_too_far(driver, sold, claim_of, lasts_s):
    with pytest.raises(DeadlineTooClose):
        claim_of(driver, sold, lasts_s=lasts_s)


@pytest.mark.parametrize("to", ["0x" + "00" * 20])
def test_it_refuses_a_recipient_that_nobody_is(driver, sold, claim_of, to):
    with pytest.raises(AddressMalformed):
        claim_of(driver, sold, to=to)


def test_a_contract_wallet_claims_by_what_the_chain_says(
    driver, sold, claim_of, monkeypatch, share
):
    claimed = "0x" + "07" * 65
    Wallet.objects.create(driver=driver, address=share.consent_address, is_contract=True)
    monkeypatch.setattr("chain.reading.accepts", lambda *_: False)
    with pytest.raises(WrongSignature):
        claim_of(driver, sold, instead={"signature": claimed})
    monkeypatch.setattr("chain.reading.accepts", lambda *_: True)
    assert claim_of(driver, sold, instead={"signature": claimed}).signature == claimed
