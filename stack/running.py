"""Bring a stack up, take it down, and tell how it is."""

import fcntl
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from stack import health, preparing, stamps, supervision
from stack.places import Places
from stack.programs import Program, memory_directory, programs
from stack.progress import StackError, say, step


def set_up(places: Places, *, with_rooms: bool) -> None:
    """Do all that can be done before anything runs; tests bring rooms (a database) of their own."""
    with _alone(places):
        preparing.ready_programs(places)
        preparing.ready_files(places)
        if with_rooms:
            preparing.ready_rooms(places)


def up(places: Places) -> None:
    """Return when every process of the stack is up and serves; what runs already is kept."""
    with _alone(places):
        kubo = preparing.ready_programs(places)
        preparing.ready_files(places)
        wanted = programs(places, kubo=kubo)
        supervision.write_configuration(places, wanted)
        _start_nodes(places, wanted)
        preparing.ready_rooms(places)
        with step("nodes: queue, chain, IPFS"):
            health.wait(places, _checks(health.NODES, wanted))
        preparing.ready_contracts(places)
        _start_apps(places, [program for program in wanted if not program.is_node])


def down(places: Places) -> None:
    """Leave nothing of this stack running, whatever happened to its supervisor."""
    places.var.mkdir(parents=True, exist_ok=True)
    with _alone(places), step("stopping"):
        supervision.shut_down(places)
        shutil.rmtree(memory_directory(places), ignore_errors=True)


def wait(places: Places) -> None:
    """Return when everything that should run does. Raises StackError."""
    health.wait(places, {**health.NODES, **health.APPS})


def status(places: Places) -> dict[str, str]:
    """Return what each process is up to: serving, or what is wrong with it."""
    now = supervision.states(places)
    checks = {**health.NODES, **health.APPS}
    return {
        name: (checks[name](places) or "serving") if name in checks else state.lower()
        for name, state in now.items()
    }


def _start_nodes(places: Places, wanted: list[Program]) -> None:
    if supervision.is_running(places):
        supervision.take_over(places)
        supervision.start_programs(places, [program.name for program in wanted if program.is_node])
        return
    supervision.end_leftovers(places)
    _check_ports(places, wanted)
    supervision.start(places)


def _start_apps(places: Places, wanted: list[Program]) -> None:
    names = [program.name for program in wanted]
    digest = preparing.code_digest()
    if not stamps.is_done(places, "apps", digest):
        supervision.stop_programs(places, names)
    with step("portal and workers"):
        supervision.start_programs(places, names)
        health.wait(places, _checks(health.APPS, wanted))
    stamps.mark_done(places, "apps", digest)


def _checks(known: dict[str, health.Check], wanted: list[Program]) -> dict[str, health.Check]:
    """Return the checks of the processes that are ours, and of every node wherever it is."""
    names = {program.name for program in wanted}
    return {name: check for name, check in known.items() if name in names or known is health.NODES}


def _check_ports(places: Places, wanted: list[Program]) -> None:
    ports = {
        "web": ("WEB_PORT", places.web_port),
        "anvil": ("CHAIN_PORT", places.chain_port),
        "ipfs": ("IPFS_API_PORT", places.ipfs_port),
        "valkey": ("REDIS_PORT", places.redis_port),
    }
    for name, (variable, port) in ports.items():
        if any(program.name == name for program in wanted) and _is_taken(port):
            raise StackError(
                f"Port {port} is taken by another program: say {variable}=<a free port>."
            )


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


@contextmanager
def _alone(places: Places) -> Iterator[None]:
    """Hold the stack's lock: two who start or stop the same one would trip over each other."""
    places.var.mkdir(parents=True, exist_ok=True)
    with (places.var / "stack.lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another start or stop of this stack")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
