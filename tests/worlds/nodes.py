"""Real nodes and whole stacks for tests, on free ports, gone with the session."""

import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from pytest_socket import enable_socket

from stack import health, ports, supervision
from stack.kubo import find_kubo
from stack.kubo_repo import ready_repository
from stack.places import ROOT, Places
from stack.programs import Program, programs
from stack.rpc import call

_STOP_TIMEOUT_S = 20


def places_at(var: Path) -> Places:
    """Return a stack of its own under `var`, on ports nobody listens to."""
    web, chain, ipfs, redis = free_ports(4)
    return Places(var=var, web_port=web, chain_port=chain, ipfs_port=ipfs, redis_port=redis)


def free_ports(count: int) -> list[int]:
    """Return ports that were free a moment ago, all different."""
    enable_socket()
    return ports.free(count)


@contextmanager
def running(places: Places, program: Program) -> Iterator[subprocess.Popen[bytes]]:
    """Run one node until the block ends; wait until it serves."""
    places.log.mkdir(parents=True, exist_ok=True)
    places.queue.mkdir(parents=True, exist_ok=True)
    with (places.log / f"{program.name}.log").open("ab") as log:
        process = subprocess.Popen(
            program.command,
            cwd=ROOT,
            env={**os.environ, **program.environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        health.wait(places, {program.name: health.NODES[program.name]}, timeout_s=30)
        yield process
    finally:
        process.terminate()
        process.wait(_STOP_TIMEOUT_S)


def node(places: Places, name: str, *, kubo: Path | None = None) -> Program:
    """Return the named node as the stack would run it."""
    return next(program for program in programs(places, kubo=kubo) if program.name == name)


def kubo_or_skip() -> Path:
    """Return a real Kubo; without one fail in CI, and skip loudly elsewhere."""
    binary = find_kubo()
    if binary:
        return binary
    if os.environ.get("CI"):
        pytest.fail("CI must test against a real Kubo, and there is none (make setup)")
    warnings.warn("NO KUBO HERE: the IPFS tests did not meet a real node", stacklevel=2)
    pytest.skip("no Kubo on this machine")


@pytest.fixture(scope="session")
def node_places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Where the nodes of this session live."""
    return places_at(tmp_path_factory.mktemp("nodes"))


@pytest.fixture(scope="session")
def valkey(node_places: Places) -> Iterator[str]:
    """A real queue server; its address."""
    with running(node_places, node(node_places, "valkey")):
        yield node_places.redis_url


@pytest.fixture(scope="session")
def anvil(node_places: Places) -> Iterator[str]:
    """A real dev chain; the address of its JSON-RPC."""
    with running(node_places, node(node_places, "anvil")):
        yield node_places.chain_url


@pytest.fixture
def fresh_chain(anvil: str) -> Iterator[str]:
    """The dev chain as it was at its start, whatever this test does to it."""
    snapshot = call(anvil, "evm_snapshot")
    yield anvil
    call(anvil, "evm_revert", snapshot)


@pytest.fixture(scope="session")
def kubo(node_places: Places) -> Iterator[str]:
    """A real Kubo, offline; the multiaddress of its API."""
    binary = kubo_or_skip()
    ready_repository(binary, node_places.var / "ipfs", port=node_places.ipfs_port)
    with running(node_places, node(node_places, "ipfs", kubo=binary)):
        yield node_places.ipfs_api


@pytest.fixture(scope="session")
def embedded_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The embedded block store; the multiaddress of its API."""
    places = places_at(tmp_path_factory.mktemp("blockstore"))
    with running(places, node(places, "ipfs")):
        yield places.ipfs_api


@dataclass(frozen=True)
class Stack:
    """A whole stack of its own: what a test may ask of it, and do to it."""

    places: Places
    database_url: str = ""
    told: dict[str, str] = field(default_factory=dict)
    """What else its processes are told, such as addresses of nodes that are not its own."""

    @property
    def web_url(self) -> str:
        """The portal's address."""
        return self.places.web_url

    @property
    def environment(self) -> dict[str, str]:
        """What a command must be told to speak to this stack."""
        here = self.places
        own = {
            "ODOMETER_VAR": str(here.var),
            "WEB_PORT": str(here.web_port),
            "CHAIN_PORT": str(here.chain_port),
            "IPFS_API_PORT": str(here.ipfs_port),
            "REDIS_PORT": str(here.redis_port),
        }
        inherited = {k: v for k, v in os.environ.items() if k not in _ADDRESSES}
        return {**inherited, **own, "DATABASE_URL": self.database_url, **self.told}

    @property
    def admin_password(self) -> str:
        """The password of the handle `admin`."""
        return (self.places.keys / "admin_password").read_text(encoding="utf-8").strip()

    def up(self) -> None:
        """Bring everything up; the output of a failure is the test's."""
        self._tell("up")

    def down(self) -> None:
        """Stop everything."""
        self._tell("down")

    def states(self) -> dict[str, str]:
        """Return the supervisor's view of each process."""
        return supervision.states(self.places)

    def process(self, name: str) -> psutil.Process:
        """Return the main process of a program."""
        facts = supervision.order(self.places, "getProcessInfo", name)
        return psutil.Process(facts["pid"])

    def kill(self, name: str) -> None:
        """Kill one program with its children, as a crash would, and wait until all is well."""
        self.end(name)
        health.wait(self.places, _CHECKS)

    def end(self, name: str, by: int = signal.SIGKILL) -> None:
        """Send one program and its children a signal, and wait for its successor."""
        before = self.process(name)
        for process in [*before.children(recursive=True), before]:
            process.send_signal(by)
        until(lambda: self._has_successor(name, before.pid))

    def _has_successor(self, name: str, old_pid: int) -> bool:
        facts = supervision.order(self.places, "getProcessInfo", name)
        return bool(facts["pid"] not in {0, old_pid} and facts["statename"] == "RUNNING")

    def _tell(self, act: str) -> None:
        command = [sys.executable, "-m", "stack", act]
        answer = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if answer.returncode:
            pytest.fail(f"python -m stack {act}:\n{answer.stdout}{answer.stderr}")


_ADDRESSES = {"REDIS_URL", "IPFS_API", "CHAIN_RPC_URL", "WEB_ORIGIN"}
_CHECKS = {**health.NODES, **health.APPS}


def until(holds: Callable[[], bool], *, timeout_s: float = 30) -> None:
    """Return once it holds; fail the test when it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {timeout_s} s")
        time.sleep(0.05)


def own_database(places: Places) -> str:
    """Return the address of a new database on the server the tests run on; empty for SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return ""
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is used

    name = f"stack_{places.mark}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'create database "{name}"'.encode())
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextmanager
def whole_stack(var: Path, **told: str) -> Iterator[Stack]:
    """Bring a stack up under `var`, and leave nothing of it running."""
    places = places_at(var)
    found = Stack(places, own_database(places), told)
    try:
        found.up()
        yield found
    finally:
        found.down()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A whole stack, shared by the session's tests."""
    enable_socket()
    with whole_stack(tmp_path_factory.mktemp("stack")) as found:
        yield found
