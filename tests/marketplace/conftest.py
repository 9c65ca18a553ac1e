"""A request in review, a release on sale, and a buyer with a key."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from anonymize.models import Release
from chain import paying, standing
from marketplace import requesting
from protocol import typed_data
from registry.models import Developer
from tests.factories import anonymize as factory

CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"


@dataclass(frozen=True)
class Wallet:
    private: bytes

    @property
    def address(self) -> str:
        return typed_data.address_of(self.private)

    def sign(self, message: dict[str, Any]) -> str:
        return typed_data.sign(self.private, message)


@pytest.fixture(autouse=True)
def contracts(settings, tmp_path, monkeypatch):
    """The contracts stand at a known address; the token is known without a node."""
    settings.CHAIN_DEPLOYMENTS_DIR = tmp_path
    facts: dict[str, Any] = {"chain_id": settings.CHAIN_ID, "contracts": {}}
    for name in ("ConsentRegistry", "ReleaseMarket", "TestStablecoin", "CampaignEscrow"):
        facts["contracts"][name] = {"address": CONTRACT, "block": 1, "artifact_sha256": ""}
    (tmp_path / f"{settings.CHAIN_ID}.json").write_text(json.dumps(facts))
    token = paying.PaymentToken("Test Dollar", "tUSD", 6, CONTRACT, settings.CHAIN_ID)
    monkeypatch.setattr(paying, "payment_token", lambda: token)
    monkeypatch.setattr(paying, "nonce_of", lambda _owner: 0)
    monkeypatch.setattr(standing, "is_halted", lambda: False)
    monkeypatch.setattr(standing, "fee_bps", lambda: settings.FEE_BPS)


@pytest.fixture(scope="session")
def beside_a_loop():
    """Let Django work in the thread in which the browser's driver runs its loop."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def wallet():
    return Wallet(bytes([9]) * 32)


@pytest.fixture
def other_wallet():
    return Wallet(bytes([10]) * 32)


@pytest.fixture
def accredited(developer):
    developer.standing = Developer.Standing.ACCREDITED
    developer.save()
    return developer


@pytest.fixture
def body():
    """A data request as a developer sends it."""
    return {
        "title": "How much energy does a session take?",
        "why": "We size chargers for car parks and need typical sessions.",
        "purposes": ["dpv:ScientificResearch"],
        "spec": factory.spec(rho_micro=100_000),
        "price_units": 12_500_001,
        "drivers_needed": 600,
        "deadline_at": (timezone.now() + timedelta(days=20)).isoformat(),
    }


@pytest.fixture
def request_row(accredited, body):
    return requesting.propose(
        developer=accredited, **{**body, "deadline_at": timezone.now() + timedelta(days=20)}
    )


@pytest.fixture
def on_sale(db):
    dataset = factory.make_dataset()
    return factory.make_release(
        dataset,
        state=Release.State.PUBLISHED,
        price_units=12_500_001,
        published_at=timezone.now(),
        manifest={"window": ["2018-06"], "columns": []},
        manifest_digest="0x" + "ab" * 32,
    )


@pytest.fixture
def post():
    """Post with a fresh Idempotency-Key unless one is given."""

    def send(client: Any, path: str, body: dict[str, Any], key: str = "", **headers: str) -> Any:
        sent = {"Idempotency-Key": key or str(uuid4()), **headers}
        return client.post(f"/api/v1/{path}", body, format="json", headers=sent)

    return send
