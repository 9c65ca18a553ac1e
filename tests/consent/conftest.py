"""An offer, the drivers who read it, and the keys they sign with."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from chain import contracts, paying
from chain.domain.calls import EventRecord
from chain.models import OutboundItem
from consent import events, granting, offering, renewing
from consent.models import Consent, Offer, Renewal
from protocol import ids, typed_data, vault

REGISTRY = "0x5FbDB2315678afecb367f032d93F642f64180aa3"


@dataclass(frozen=True)
class Key:
    """The key a driver derives for one dataset."""

    private: bytes

    @property
    def address(self) -> str:
        return typed_data.address_of(self.private)

    def signatures(self, consent: Consent) -> dict[str, str]:
        words = consent.signable()
        return {
            "grant": typed_data.sign(self.private, words.grant),
            "revoke": typed_data.sign(self.private, words.revoke),
        }

    def renewal(self, renewal: Renewal) -> dict[str, str]:
        words = renewal.words()
        return {
            "renew": typed_data.sign(self.private, words.renew),
            "revoke": typed_data.sign(self.private, words.revoke),
        }


def key_of(seed: bytes, dataset_id: UUID) -> Key:
    return Key(vault.consent_key(seed, ids.to_bytes32(dataset_id)))


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


@pytest.fixture(autouse=True)
def deployment(settings, tmp_path, monkeypatch):
    """The registry stands at a known address; the token is known without a node."""
    settings.CHAIN_DEPLOYMENTS_DIR = tmp_path
    facts = {"chain_id": settings.CHAIN_ID, "contracts": {}}
    for name in ("ConsentRegistry", "ReleaseMarket", "TestStablecoin"):
        facts["contracts"][name] = {"address": REGISTRY, "block": 1, "artifact_sha256": ""}
    (tmp_path / f"{settings.CHAIN_ID}.json").write_text(json.dumps(facts))
    token = paying.PaymentToken("Test Dollar", "tUSD", 6, REGISTRY, settings.CHAIN_ID)
    monkeypatch.setattr(paying, "payment_token", lambda: token)


@pytest.fixture
def new_offer(db, now):
    def make(**changes: Any) -> Offer:
        facts: dict[str, Any] = {
            "dataset_id": uuid4(),
            "title": "How long do cars charge at work?",
            "ask": "Energy and hours of charging sessions.",
            "buyer_name": "Nordlicht Batterie GmbH",
            "is_accredited": True,
            "purposes": ["dpv:ScientificResearch"],
            "signal_groups": {"needed": ["charging"], "optional": ["climate"]},
            "recipient_class": "accredited_company",
            "consent_expires_at": now + timedelta(days=300),
            "rho_micro": 24_360,
            "pay_low_units": 1_200_000,
            "pay_high_units": 1_584_000,
            "contributors_bps": 8_800,
            "drivers_needed": 500,
            "answer_before": now + timedelta(days=20),
            "builder_key_sha256": "ab" * 32,
        }
        return offering.open_offer(**{**facts, **changes})

    return make


@pytest.fixture
def offer(new_offer):
    return new_offer()


@pytest.fixture
def key(offer):
    return key_of(b"\x01" * 32, offer.dataset_id)


@pytest.fixture
def other_key(offer):
    return key_of(b"\x02" * 32, offer.dataset_id)


@pytest.fixture
def draft(driver, offer, key, now):
    return granting.draft(
        driver=driver,
        offer_id=offer.id,
        signal_groups=["charging"],
        consent_address=key.address,
        at=now,
    )


@pytest.fixture
def signed(draft, key, now):
    return granting.accept_signature(consent=draft, at=now, **key.signatures(draft))


@pytest.fixture
def heard(now):
    """Make an event of the registry about a consent, as the indexer would tell it."""

    def make(name: str, consent: Consent, *, block: int = 7, **changes: Any) -> EventRecord:
        nonce = consent.nonce if name == "Granted" else consent.nonce + 1
        args = {
            "driver": consent.consent_address,
            "dataset": ids.to_bytes32(consent.terms["dataset_id"]),
            "nonce": nonce,
        }
        if name == "Granted":
            args |= {"terms": consent.digest_bytes(), "expiry": consent.terms["expires_at"]}
        if name == "Renewed":
            args |= {"expiry": consent.renewals.get(nonce=nonce).expiry} if not changes else {}
        return EventRecord(
            contract="ConsentRegistry",
            name=name,
            args={**args, **changes},
            block_number=block,
            block_hash="0x" + f"{block:064x}",
            block_at=now + timedelta(seconds=block),
            tx_hash="0x" + f"{block:064x}",
            log_index=0,
        )

    return make


@pytest.fixture
def active(signed, heard):
    """A consent that stands on the chain."""
    events.granted(heard("Granted", signed))
    return Consent.objects.get(id=signed.id)


@pytest.fixture
def renewal(active, key, now):
    """The renewal of that consent, signed and on its way."""
    drafted = renewing.draft(consent=active, at=now)
    return renewing.accept_signature(consent=active, at=now, **key.renewal(drafted))


@pytest.fixture
def renewed(active, renewal, heard):
    """The same consent, its renewal heard from the chain."""
    events.renewed(heard("Renewed", active, block=9))
    return Consent.objects.get(id=active.id)


def sent(function: str) -> list[dict[str, Any]]:
    """Return what was handed to the outbox for one batch function, oldest first."""
    rows = OutboundItem.objects.filter(function=function).order_by("created_at")
    return [contracts.item_values("ConsentRegistry", function, bytes(row.data)) for row in rows]
