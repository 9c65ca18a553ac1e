"""A stack whose nodes stand apart, each behind a door of the test's own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from stack.kubo import find_kubo
from stack.kubo_repo import ready_repository
from stack.places import ROOT, Places
from stack.programs import app_environment, deployer_environment
from tests.worlds.nodes import Stack, node, own_database, places_at, running

NODES = ("valkey", "anvil", "ipfs")

Door = Callable[[str, int], int]
"""Takes a node's name and port; returns the port at which the stack is to find it."""


@dataclass(frozen=True)
class Apart:
    """A stack, and the nodes that it knows through doors alone."""

    stack: Stack
    behind: Places
    nodes: dict[str, psutil.Process]

    @property
    def folders(self) -> list[Path]:
        """Everything that the stack and its nodes may have written."""
        return [self.stack.places.var, self.behind.var]

    def processes(self) -> Iterator[tuple[str, psutil.Process]]:
        """Yield every process with the name of its program, children too."""
        found = {name: self.stack.process(name) for name in self.stack.states()}
        for name, own in [*found.items(), *self.nodes.items()]:
            yield from ((name, one) for one in [own, *own.children(recursive=True)])


@contextmanager
def stack_apart(var: Path, door: Door, **told: str) -> Iterator[Apart]:
    """Run three nodes, and a stack that reaches each of them through `door`."""
    behind, places = places_at(var / "nodes"), places_at(var / "stack")
    kubo = find_kubo()
    if kubo:
        ready_repository(kubo, behind.var / "ipfs", port=behind.ipfs_port)
    with ExitStack() as ended:
        nodes = {
            name: psutil.Process(
                ended.enter_context(running(behind, node(behind, name, kubo=kubo))).pid
            )
            for name in NODES
        }
        addresses = {
            "REDIS_URL": f"redis://127.0.0.1:{door('valkey', behind.redis_port)}/0",
            "CHAIN_RPC_URL": f"http://127.0.0.1:{door('anvil', behind.chain_port)}",
            "IPFS_API": f"/ip4/127.0.0.1/tcp/{door('ipfs', behind.ipfs_port)}/http",
        }
        stack = Stack(places, own_database(places), {**told, **addresses})
        ended.callback(stack.down)
        _prepare(stack)
        stack.up()
        yield Apart(stack, behind, nodes)


def _prepare(stack: Stack) -> None:
    """Do what `up` leaves to people when the chain is somebody else's: deploy."""
    python = [sys.executable, "-m"]
    _run([*python, "stack", "setup"], stack.environment)
    deployer = {**app_environment(stack.places), **deployer_environment(stack.places)}
    # Our own words come last: this process has no addresses of its own to tell.
    database = {"DATABASE_URL": stack.database_url} if stack.database_url else {}
    _run(
        [*python, "stack.site", "deploy"],
        {**stack.environment, **deployer, **stack.told, **database},
    )


def _run(command: list[str], environment: dict[str, str]) -> None:
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, f"{command}:\n{answer.stdout}{answer.stderr}"
