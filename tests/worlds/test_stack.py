"""A whole stack comes up, heals, keeps its state, and goes away without a trace."""

import json
import subprocess
import sys
import urllib.request

import psutil
import pytest

from stack import supervision
from stack.keys import STEWARDS
from stack.places import ROOT
from stack.rpc import call
from tests.worlds.nodes import Stack, until, whole_stack

pytestmark = pytest.mark.worlds

_PROGRAMS = {
    "valkey",
    "anvil",
    "chain-saver",
    "ipfs",
    "web",
    "worker-web",
    "worker-chain",
    "worker-builder",
    "beat",
}


def test_everything_is_up_and_serves(stack):
    states = stack.states()
    assert set(states) == _PROGRAMS
    assert set(states.values()) == {"RUNNING"}
    with urllib.request.urlopen(f"{stack.web_url}/api/v1/health", timeout=10) as answer:  # noqa: S310
        assert answer.status == 200


def test_the_contracts_stand_on_the_chain(stack):
    deployed = json.loads((stack.places.var / "chain" / "31337.json").read_text(encoding="utf-8"))
    for contract in deployed["contracts"].values():
        code = call(stack.places.chain_url, "eth_getCode", contract["address"], "latest")
        assert code != "0x"


def test_each_private_key_is_known_to_one_process_only(stack):
    holders = {
        secret: {
            name
            for name in _PROGRAMS - {"valkey"}  # its title overwrites its environment
            if secret in stack.process(name).environ()
        }
        for secret in ("BUILDER_PRIVATE_KEY_FILE", "CHAIN_SENDER_KEY_FILE")
    }
    assert holders == {
        "BUILDER_PRIVATE_KEY_FILE": {"worker-builder"},
        "CHAIN_SENDER_KEY_FILE": {"worker-chain"},
    }


def test_no_process_is_told_of_a_steward_s_key(stack):
    for name in _PROGRAMS - {"valkey"}:
        told = "\n".join(stack.process(name).environ().values())
        assert "steward_" not in told
        for key in STEWARDS:
            assert (stack.places.keys / key).read_text().strip() not in told


def test_no_process_sees_what_else_is_in_the_callers_shell(stack, tmp_path):
    assert not [
        name
        for name in _PROGRAMS - {"valkey"}
        if {"PYTEST_CURRENT_TEST", "PYTEST_VERSION"} & set(stack.process(name).environ())
    ]


@pytest.mark.parametrize("name", sorted(_PROGRAMS))
def test_a_killed_process_is_started_again(stack, name):
    stack.kill(name)
    assert stack.states()[name] == "RUNNING"


def test_starting_what_runs_already_changes_nothing(stack):
    before = stack.process("web").pid
    stack.up()
    assert stack.process("web").pid == before


def test_the_chain_survives_stop_and_start(stack):
    mined = _send(stack)
    until(lambda: call(stack.places.chain_url, "eth_getTransactionReceipt", mined) is not None)
    stack.down()
    assert supervision.marked(stack.places) == []
    stack.up()
    assert call(stack.places.chain_url, "eth_getTransactionReceipt", mined)["status"] == "0x1"


def test_stop_finds_what_a_killed_supervisor_left_behind(tmp_path):
    with whole_stack(tmp_path) as stack:
        psutil.Process(int(stack.places.pidfile.read_text())).kill()
        until(lambda: not supervision.is_running(stack.places))
        assert supervision.marked(stack.places)
        stack.down()
        assert supervision.marked(stack.places) == []
        here = stack.places
        ports = {here.web_port, here.chain_port, here.ipfs_port, here.redis_port}
        listening = {
            c.laddr.port for c in psutil.net_connections("tcp") if c.laddr and c.status == "LISTEN"
        }
        assert not ports & listening


def test_a_taken_port_is_named(stack, tmp_path):
    environment = {**stack.environment, "ODOMETER_VAR": str(tmp_path)}
    command = [sys.executable, "-m", "stack", "up"]
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert f"Port {stack.places.web_port} is taken" in answer.stdout
    assert "WEB_PORT=" in answer.stdout


def _send(stack: Stack) -> str:
    accounts = call(stack.places.chain_url, "eth_accounts")
    sent = {"from": accounts[0], "to": accounts[1], "value": "0x1"}
    return str(call(stack.places.chain_url, "eth_sendTransaction", sent))
