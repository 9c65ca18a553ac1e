"""The real nodes start, answer, and say what they are."""

import dataclasses
import signal

import pytest
import redis

from stack import chain_saver, health
from stack.ipfs_api import ask
from stack.programs import chain_state, programs
from stack.rpc import call
from tests.worlds.nodes import node, places_at, running, until

pytestmark = [
    pytest.mark.worlds,
    pytest.mark.filterwarnings("ignore:The 'strict' parameter:FutureWarning"),
]


def test_the_queue_server_keeps_nothing_on_disk(valkey, node_places):
    with redis.Redis.from_url(valkey) as queue:
        queue.set("wake-up", "1")
        assert queue.config_get("save") == {"save": ""}
        assert queue.config_get("appendonly") == {"appendonly": "no"}
    assert not list(node_places.queue.iterdir())


def test_the_chain_is_the_dev_chain(anvil):
    assert int(call(anvil, "eth_chainId"), 16) == 31337


def test_kubo_is_real_and_listens_to_nobody_else(kubo):
    assert ask(kubo, "version")["Version"].startswith("0.")
    assert not ask(kubo, "id")["Addresses"]
    assert ask(kubo, "bootstrap/list")["Peers"] == []


def test_the_embedded_store_says_that_it_is_no_kubo(embedded_store):
    assert ask(embedded_store, "version")["Version"] == "embedded block store 1"


def test_a_saved_chain_survives_the_death_of_its_node(tmp_path):
    places = places_at(tmp_path)
    anvil = next(p for p in programs(places, kubo=None) if p.name == "anvil")
    state = chain_state(places)
    with running(places, anvil) as process:
        accounts = call(places.chain_url, "eth_accounts")
        sent = {"from": accounts[0], "to": accounts[1], "value": "0x1"}
        mined = call(places.chain_url, "eth_sendTransaction", sent)
        until(lambda: call(places.chain_url, "eth_getTransactionReceipt", mined) is not None)
        state.parent.mkdir(exist_ok=True)
        chain_saver.save(places.chain_url, state)
        process.send_signal(signal.SIGKILL)
    with running(places, anvil):
        receipt = call(places.chain_url, "eth_getTransactionReceipt", mined)
        assert receipt["status"] == "0x1"


def test_a_node_that_is_away_is_told_from_one_that_serves(tmp_path, valkey, node_places):
    away = dataclasses.replace(places_at(tmp_path))
    assert health.valkey(node_places) == ""
    assert health.valkey(away) != ""
    assert health.ipfs(away) != ""
    assert health.anvil(away) != ""


def test_the_embedded_store_keeps_pins_when_it_is_killed(tmp_path):
    places = places_at(tmp_path)
    store = node(places, "ipfs")
    with running(places, store) as process:
        cid = _add(places.ipfs_api, b"sealed")
        process.kill()
    (places.var / "blockstore" / "drafts" / "half").write_bytes(b"sea")
    with running(places, store):
        assert list(ask(places.ipfs_api, "pin/ls")["Keys"]) == [cid]
        assert not list((places.var / "blockstore" / "drafts").iterdir())


def _add(address: str, content: bytes) -> str:
    import io  # noqa: PLC0415

    import ipfshttpclient  # noqa: PLC0415

    with ipfshttpclient.Client(address) as client:
        return str(client.add(io.BytesIO(content), cid_version=1, raw_leaves=True)["Hash"])
