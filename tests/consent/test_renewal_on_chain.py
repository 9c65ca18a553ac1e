"""Renewing on a real chain: the new end stands there, and there is always a way out."""

import secrets
from datetime import timedelta

import pytest
from django.utils import timezone

from chain import deploying, indexing, reading, sending, turns
from chain.domain.calls import ContractCall
from chain.models import OutboundItem
from consent import confirming, granting, receipts, renewing
from consent.domain import receipt
from consent.models import Consent, Renewal
from protocol import ids, typed_data
from tests.worlds.nodes import anvil, fresh_chain, node_places

__all__ = ["anvil", "fresh_chain", "node_places"]

pytestmark = [pytest.mark.worlds, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def deployment(fresh_chain, settings, tmp_path, transactional_db):
    """The contracts themselves, where other tests name addresses only."""
    settings.CHAIN_RPC_URL, settings.CHAIN_ID = fresh_chain, 31337
    settings.CHAIN_SENDER_KEY = "0x" + secrets.token_hex(32)
    settings.CHAIN_DEPLOYMENTS_DIR = tmp_path / "chain"
    settings.CHAIN_STEWARDS = [typed_data.address_of(bytes([n]) * 32) for n in (1, 2)]
    deploying.deploy(builder_key=None)


@pytest.fixture
def active(signed):
    settle()
    return row_of(signed)


@pytest.fixture
def renewal(active, key, now):
    """The renewal, signed and not sent yet."""
    drafted = renewing.draft(consent=active, at=now)
    return renewing.accept_signature(consent=active, at=now, **key.renewal(drafted))


def settle(*, rounds=1, first=""):
    """Send what waits and hear what the chain says; `first`: this function alone leaves."""
    for _ in range(rounds):
        waiting = OutboundItem.objects.filter(state=OutboundItem.State.WAITING)
        waiting.update(due_at=timezone.now() + timedelta(hours=1))
        leaving = waiting.filter(function=first) if first else waiting
        leaving.update(due_at=timezone.now() - timedelta(seconds=1))
        with turns.take("sending") as turn:
            sending.run(turn=turn)
        with turns.take("indexing") as turn:
            indexing.run(turn=turn)


def row_of(consent):
    return Consent.objects.get(id=consent.id)


def on_chain(consent):
    dataset = ids.to_bytes32(consent.terms["dataset_id"])
    call = ContractCall("ConsentRegistry", "consent_of", (consent.consent_address, dataset))
    expiry, nonce, terms = reading.view(call)
    assert terms in (consent.digest_bytes()[:16], bytes(16))
    return expiry, nonce


def test_a_consent_is_granted_renewed_and_revoked_with_the_new_revocation(
    active, renewal, offer, now
):
    settle()
    row = row_of(active)
    assert row.expires_at == renewal.expires_at > offer.consent_expires_at
    assert on_chain(row) == (renewal.expiry, 2)
    head = reading.head().number
    assert confirming.confirmed(consents=[row], dataset_id=offer.dataset_id, block=head) == [row]
    assert receipt.faults(receipts.receipt_of(row, at=now)) == []
    granting.revoke(consent=row, at=now)
    settle()
    row = row_of(active)
    assert (row.state, on_chain(row)) == ("revoked", (0, 3))
    assert not confirming.confirmed(
        consents=[row], dataset_id=offer.dataset_id, block=reading.head().number
    )


def test_revoked_in_between_the_old_revocation_ends_it_and_the_renewal_fails(active, renewal, now):
    granting.revoke(consent=row_of(active), at=now)
    settle(first="revoke_batch")
    row = row_of(active)
    assert (row.state, on_chain(row)) == ("revoked", (0, 2))
    settle(rounds=4)
    assert Renewal.objects.get().state == "failed"
    assert on_chain(row) == (0, 2)


def test_revoked_in_between_and_overtaken_by_the_renewal_it_ends_all_the_same(active, renewal, now):
    granting.revoke(consent=row_of(active), at=now)
    settle(first="renew_batch")
    assert on_chain(row_of(active)) == (renewal.expiry, 2)
    assert row_of(active).state == "revoking"
    settle(rounds=4)
    row = row_of(active)
    assert (row.state, row.trouble, on_chain(row)) == ("revoked", "", (0, 3))


def test_renewed_twice_the_newest_revocation_works(active, key, now):
    for nonce, days in ((2, 310), (3, 320)):
        ends_at = now + timedelta(days=days)
        drafted = renewing.draft(consent=row_of(active), at=now, expires_at=ends_at)
        renewing.accept_signature(consent=row_of(active), at=now, **key.renewal(drafted))
        settle()
        assert on_chain(row_of(active)) == (drafted.expiry, nonce)
    granting.revoke(consent=row_of(active), at=now)
    settle()
    assert on_chain(row_of(active)) == (0, 4)
