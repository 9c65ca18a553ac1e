"""A chain in memory for fast tests, and a real one with our contracts for `worlds`."""

import json
import secrets
from datetime import timedelta

import pytest
from django.utils import timezone

from chain import deployed, deploying, signing, subscriptions, turns
from chain.domain.calls import ContractCall
from protocol import typed_data
from tests.fakes.chain import ADDRESSES, FakeChain
from tests.worlds.nodes import anvil, fresh_chain, node_places

__all__ = ["anvil", "fresh_chain", "node_places"]

STEWARD_KEYS = (bytes([1]) * 32, bytes([2]) * 32)
TOMBSTONE = ContractCall("ConsentRegistry", "tombstone", ([b"\x07" * 32],))


@pytest.fixture(autouse=True)
def _sender_key(settings, tmp_path):
    settings.CHAIN_SENDER_KEY = "0x" + secrets.token_hex(32)
    settings.CHAIN_DEPLOYMENTS_DIR = tmp_path / "chain"
    settings.CHAIN_STEWARDS = [typed_data.address_of(key) for key in STEWARD_KEYS]


@pytest.fixture(autouse=True)
def _no_other_listeners(monkeypatch):
    """Leave the handlers of upper rooms out."""
    for registry in ("_on_event", "_on_events", "_on_undone", "_on_failure"):
        monkeypatch.setattr(subscriptions, registry, {})
    monkeypatch.setattr(subscriptions, "_on_forget", [])


@pytest.fixture
def chain(monkeypatch, settings):
    """A chain in memory on which our contracts stand since block 1."""
    fake = FakeChain()
    monkeypatch.setattr("chain.node.connect", lambda: fake)
    monkeypatch.setattr("chain.sending.POLL_S", 0)
    settings.CHAIN_ID = 31337
    contracts = {
        name: {
            "address": address,
            "block": 1,
            "stands_on": {other: ADDRESSES[other] for other in deploying.STANDS_ON[name]},
        }
        for name, address in ADDRESSES.items()
    }
    path = deployed.file()
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"chain_id": 31337, "contracts": contracts} | _facts(fake)))
    return fake


def _facts(fake):
    first, second = (typed_data.address_of(key) for key in STEWARD_KEYS)
    facts = {"genesis_hash": fake.mined[0].hash, "stewards": {"first": first, "second": second}}
    return facts | {"operator": signing.sender().address, "treasury": signing.sender().address}


@pytest.fixture
def real_chain(fresh_chain, settings, transactional_db):
    """A real node with our contracts, deployed through the lane; the address of its JSON-RPC."""
    settings.CHAIN_RPC_URL, settings.CHAIN_ID = fresh_chain, 31337
    deploying.deploy(builder_key=None)
    return fresh_chain


@pytest.fixture
def sending_turn(db):
    with turns.take("sending") as turn:
        yield turn


@pytest.fixture
def indexing_turn(db):
    with turns.take("indexing") as turn:
        yield turn


@pytest.fixture
def later(monkeypatch):
    """Let time pass."""
    began_at, passed = timezone.now(), timedelta()

    def pass_by(seconds: float) -> None:
        nonlocal passed
        passed += timedelta(seconds=seconds)

    monkeypatch.setattr("django.utils.timezone.now", lambda: began_at + passed)
    return pass_by


@pytest.fixture
def failures():
    """What was told of consents that failed: reference and reason."""
    told: list[tuple[str, str]] = []
    subscriptions.on_failure("consent.")(lambda *facts: told.append(facts))
    return told
