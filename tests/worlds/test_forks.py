"""Real forks, shallow and deep: the rows are always those of a database that heard the rest."""

import secrets

import pytest

from chain import deployed, deploying, indexing, reading, subscriptions, turns
from chain.contracts import calldata
from chain.domain.calls import ContractCall, EventRecord
from chain.models import StoredEvent
from consent.models import ChainWord
from protocol import typed_data
from stack.rpc import call as rpc
from tests.worlds.nodes import until

pytestmark = [pytest.mark.worlds, pytest.mark.django_db(transaction=True)]

CONFIRMATIONS = 4
DATASET = bytes([7]) * 16 + bytes(16)
PEOPLE = 6


@pytest.fixture
def chain(fresh_chain, settings, tmp_path):
    """A real node with our contracts; an event counts four blocks deep."""
    settings.CHAIN_RPC_URL, settings.CHAIN_ID = fresh_chain, 31337
    settings.CHAIN_DEPLOYMENTS_DIR = tmp_path
    settings.CHAIN_SENDER_KEY = "0x" + secrets.token_hex(32)
    settings.CHAIN_STEWARDS = [typed_data.address_of(bytes([one]) * 32) for one in (1, 2)]
    deploying.deploy(builder_key=None)
    settings.CHAIN_CONFIRMATIONS = CONFIRMATIONS
    return fresh_chain


@pytest.fixture
def undone(monkeypatch):
    told: list[EventRecord] = []
    monkeypatch.setattr(subscriptions, "_on_undone", {**subscriptions._on_undone})
    subscriptions._on_undone["ConsentRegistry", "Granted"] = [told.append]
    return told


def say(chain: str, person: int, function: str) -> None:
    now = int(rpc(chain, "eth_getBlockByNumber", "latest", False)["timestamp"], 16)  # noqa: FBT003
    args = (DATASET, b"t" * 32, now + 86_400 + person) if function == "grant" else (DATASET,)
    data = calldata(ContractCall("ConsentRegistry", function, args))
    to = reading.address_of("ConsentRegistry")
    sender = rpc(chain, "eth_accounts")[person]
    wish = {"from": sender, "to": to, "data": "0x" + data.hex()}
    sent = rpc(chain, "eth_sendTransaction", wish)
    until(lambda: rpc(chain, "eth_getTransactionReceipt", sent))  # mined after the answer


def index() -> None:
    with turns.take("indexing") as turn:
        indexing.run(turn=turn)


def tables():
    return [
        sorted(map(str, model.objects.values_list(*_fields(model))))
        for model in (StoredEvent, ChainWord)
    ]


def _fields(model) -> list[str]:
    return [field.attname for field in model._meta.fields if not field.primary_key]


@pytest.mark.parametrize("depth", [1, CONFIRMATIONS - 1, CONFIRMATIONS + 2])
def test_after_a_real_fork_every_table_equals_a_rebuild(chain, undone, depth):
    for person in range(PEOPLE):
        say(chain, person, "grant")
        index()
    assert ChainWord.objects.count() == PEOPLE - CONFIRMATIONS + 1
    rpc(chain, "anvil_mine", hex(CONFIRMATIONS - 1))
    index()
    assert ChainWord.objects.count() == PEOPLE
    rpc(chain, "anvil_reorg", depth, [])
    index()
    lost = max(0, depth - (CONFIRMATIONS - 1))  # the newest blocks were empty
    assert len(undone) == lost
    assert ChainWord.objects.count() == PEOPLE - lost
    for person in range(PEOPLE):
        say(chain, person, "revoke" if person < PEOPLE - lost else "grant")
    rpc(chain, "anvil_mine", hex(CONFIRMATIONS))
    index()
    live = tables()
    assert len(live[1]) == PEOPLE - lost + PEOPLE
    with turns.take("indexing") as turn:
        indexing.forget()
        assert not ChainWord.objects.exists()
        indexing.run(turn=turn)
    assert tables() == live
    names = set(StoredEvent.objects.values_list("contract", flat=True))
    assert {"ConsentRegistry", "Stewardship"} <= names <= set(deployed.read()["contracts"])
