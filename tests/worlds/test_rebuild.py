"""After forks, lost transactions and kills, the chain alone gives the same facts again."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from stack.places import ROOT
from stack.programs import app_environment
from stack.rpc import call
from tests.worlds import demos
from tests.worlds.nodes import Stack, until, whole_stack

pytestmark = pytest.mark.worlds

FACTS = (
    "consent.ChainWord",
    "anonymize.ChainDataset",
    "anonymize.ChainRelease",
    "payouts.Sale",
    "payouts.Payment",
    "chain.StoredEvent",
)
_PAUSE_S = 0.7
_DEMOS = 3
_OUT_OF_REACH = 2
"""Blocks that the deployment must lie deep before a fork: nobody deploys again."""
_QUIET = (
    "from chain import selectors as s; from work.models import WorkRow as w;"
    "print(s.lag(), s.calls_in_flight().count(), w.objects.filter(state='open').count())"
)


class World:
    """A stack, and what is done to it while it works."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.done: list[str] = []
        self._began = time.monotonic()

    def fork(self, depth: int) -> bool:
        """Put empty blocks in the place of the newest ones; not before there are enough."""
        deployed = self.deployment()["contracts"].values()
        if self.head() < max(fact["block"] for fact in deployed) + depth + _OUT_OF_REACH:
            return False
        self.rpc("anvil_reorg", depth, [])
        return self._note(f"fork of {depth}")

    def drop(self) -> bool:
        """Lose transactions of ours that the node has taken and not mined, if there are some."""
        self.rpc("evm_setAutomine", False)  # noqa: FBT003 - the node's own form
        operator, lost = self.deployment()["operator"].lower(), 0
        for _ in range(40):
            pending = self.rpc("txpool_content")["pending"]
            ours = [txs for sender, txs in pending.items() if sender.lower() == operator]
            for transaction in (one for txs in ours for one in txs.values()):
                self.rpc("anvil_dropTransaction", transaction["hash"])
                lost += 1
            if lost:
                break
            time.sleep(0.1)
        self.rpc("evm_setAutomine", True)  # noqa: FBT003
        self.rpc("evm_mine")
        return lost > 0 and self._note(f"{lost} transactions lost")

    def kill(self, name: str) -> bool:
        """Kill a worker in the middle of whatever it does, with its children."""
        if self.stack.states()[name] != "RUNNING":
            return False
        process = self.stack.process(name)
        for one in [*process.children(recursive=True), process]:
            one.kill()
        return self._note(f"killed {name}")

    def deployment(self):
        return json.loads((self.stack.places.var / "chain" / "31337.json").read_text())

    def head(self) -> int:
        return int(self.rpc("eth_blockNumber"), 16)

    def rpc(self, method: str, *params: object):
        return call(self.stack.places.chain_url, method, *params)

    def manage(self, *command: str, database_url: str = "", is_failure: bool = False) -> str:
        place = {"DATABASE_URL": database_url} if database_url else {}
        answer = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env={**app_environment(self.stack.places), **self.stack.environment, **place},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (answer.returncode != 0) == is_failure, (answer.stdout, answer.stderr, self.done)
        return answer.stdout

    def facts(self, database_url: str = "") -> dict[str, list[str]]:
        """Every row of every fact table, without the numbers that a database gives its rows."""
        found: dict[str, list[str]] = {name.lower(): [] for name in FACTS}
        lines = self.manage("dumpdata", *FACTS, "--format", "jsonl", database_url=database_url)
        for row in map(json.loads, lines.splitlines()):
            found[row["model"]].append(json.dumps(row["fields"], sort_keys=True))
        return {name: sorted(rows) for name, rows in found.items()}

    def wait_until_quiet(self) -> None:
        """Wait until nothing is on its way and the chain stands still."""
        quiet: list[tuple[int, str]] = []

        def is_quiet() -> bool:
            quiet.append((self.head(), self.manage("shell", "-v", "0", "-c", _QUIET).strip()))
            return quiet[-2:] == [(quiet[-1][0], "0 0 0")] * 2

        until(is_quiet, timeout_s=90)

    def _note(self, what: str) -> bool:
        line = f"{time.monotonic() - self._began:6.1f} s  {what}"
        self.done.append(line)
        print(line)  # noqa: T201 - a failing run must say what was done to it
        return True


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with whole_stack(tmp_path_factory.mktemp("rebuilt")) as found:
        yield World(found)


@pytest.fixture(scope="module")
def disturbed(world):
    """The world after demos that were disturbed all along, the last of which came to its end.

    A client whose own transaction was on a lost block rightly stops, and another one begins.
    """
    acts: list[Callable[[], bool]] = [
        lambda: world.kill("worker-chain"),
        world.drop,
        lambda: world.kill("worker-builder"),
        lambda: world.fork(2),
        lambda: world.kill("worker-web"),
        world.drop,
        lambda: world.kill("worker-chain"),
        lambda: world.fork(3),
        lambda: world.kill("worker-builder"),
        world.drop,
    ]
    for _ in range(_DEMOS):
        demo = demos.start(world.stack)
        _disturb(world, demo, acts)
        output, _ = demo.communicate(timeout=300)
        assert "was not done within" not in output, (output, world.done)
        if demo.returncode == 0 and not _missing(world):
            break
    else:
        demos.finish(demos.start(world.stack), timeout_s=300)
    world.fork(2)
    world.wait_until_quiet()
    return world


def _disturb(world: World, demo: "subprocess.Popen[str]", acts: list[Callable[[], bool]]) -> None:
    """Do one thing after the other while the demo runs; what cannot be done yet waits."""
    while demo.poll() is None and not world.done and not world.fork(1):
        time.sleep(_PAUSE_S)  # nothing was said to the chain yet
    while acts and demo.poll() is None:
        time.sleep(_PAUSE_S)
        act = acts.pop(0)
        if not act():
            acts.append(act)  # its time has not come


def _missing(world: World) -> str:
    """What was not done to the world yet; empty when it was disturbed enough."""
    told = "\n".join(world.done)
    few = {"fork": 2, "killed": 3, "lost": 1}
    return ", ".join(word for word, least in few.items() if told.count(word) < least)


@pytest.fixture(scope="module")
def rebuilt(disturbed, tmp_path_factory):
    """A second, empty database that heard the same chain from its first block."""
    url = _empty_database(disturbed.stack, tmp_path_factory)
    disturbed.manage("migrate", "-v", "0", database_url=url)
    told = disturbed.manage("rebuild_from_chain", database_url=url)
    assert int(told.split()[0]) > 0
    return url


def test_it_was_disturbed(disturbed):
    assert not _missing(disturbed), disturbed.done


def test_an_empty_database_rebuilt_from_the_chain_holds_the_same_facts(disturbed, rebuilt):
    live, again = disturbed.facts(), disturbed.facts(rebuilt)
    for name in live:
        assert live[name], f"no {name}"
        assert live[name] == again[name], (name, disturbed.done)


def test_the_live_rows_agree_with_the_facts(disturbed):
    assert disturbed.manage("check_chain_state").strip() == "the same"


def test_every_contract_with_events_is_heard(disturbed):
    contracts = {json.loads(row)["contract"] for row in disturbed.facts()["chain.storedevent"]}
    assert {"ConsentRegistry", "ReleaseMarket", "TestStablecoin"} <= contracts
    assert {"Stewardship"} <= contracts


def test_a_rebuild_of_the_live_database_changes_nothing(disturbed):
    before = disturbed.facts()
    disturbed.manage("rebuild_from_chain")
    assert disturbed.facts() == before
    assert disturbed.manage("check_chain_state").strip() == "the same"


def test_a_difference_is_found(disturbed):
    spoil = "from consent.models import Consent as c; c.objects.filter(state='active').update(state='failed')"  # noqa: E501
    disturbed.manage("shell", "-v", "0", "-c", spoil)
    said = disturbed.manage("check_chain_state", is_failure=True)
    assert "consent: consent " in said


def _empty_database(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    if not stack.database_url:
        return f"sqlite:///{tmp_path_factory.mktemp('again') / 'db.sqlite3'}"
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is used

    name = f"{urlsplit(stack.database_url).path[1:]}_again"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f'create database "{name}"'.encode())
    return urlsplit(stack.database_url)._replace(path=f"/{name}").geturl()
