"""Two hundred uploads while processes are killed at random: nothing is lost, nothing half done."""

import os
import random  # noqa: TID251 - says what dies and when, keeps no secret
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
import pytest
import requests
from pytest_socket import enable_socket

import odometer as od
from odometer import uploading
from odometer.http import Patience
from protocol.cid import cid_of
from stack import supervision
from storage.ipfs import IpfsNode
from tests.worlds import rows
from tests.worlds.markers import Marker
from tests.worlds.nodes import Stack, until, whole_stack

pytestmark = pytest.mark.worlds

SEED = int(os.environ.get("KILL_SEED", "5"))
UPLOADS, DRIVERS, KILLS = 200, 4, 12
VICTIMS = ("web", "worker-web", "ipfs", "valkey", "worker-chain")
SETTLED_S = 180
"""Far more than leases of killed workers and a queue that lost its wake-ups cost: 30 s at rest."""

TOLD = {"PIN_AUDIT_EVERY_S": "5"}
KEPT = {"pinned", "checked"}
READ_BACK = 0.3


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory) -> Iterator[Stack]:
    enable_socket()
    with whole_stack(tmp_path_factory.mktemp("killed"), **TOLD) as found:
        yield found


@dataclass
class Progress:
    """What all clients did and saw, and what was killed."""

    begun: int = 0
    killed: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    failed: list[BaseException] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        with self.lock:
            self.begun += 1

    def saw(self, answer: requests.Response, **_: object) -> None:
        """Note a refusal; one that a person could not read is no clear one."""
        if answer.status_code < 400:
            return
        is_problem = answer.headers.get("Content-Type", "").startswith("application/problem+json")
        self.refused[answer.json()["code"] if is_problem else str(answer.status_code)] += 1
        if answer.status_code == 500 or (answer.request.method != "HEAD" and not is_problem):
            self.unclear.append(f"{answer.request.method} {answer.url}: {answer.status_code}")


class Client(threading.Thread):
    """One driver who hands in file after file, each as soon as the last one is in."""

    def __init__(self, stack: Stack, seen: Progress, marker: Marker, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.seen, self.marker, self.chance = seen, marker, chance
        session = od.Session(stack.web_url, patience=Patience(tries=60), timeout_s=20)
        handle = f"driver-{secrets.token_hex(4)}"
        self.driver = od.Driver.enrol(session, handle, "a passphrase for a test")
        self.car = self.driver.add_vehicle(brand="Nissan", model="LEAF", powertrain="bev")
        assert self.driver.chain
        session._http.hooks["response"].append(seen.saw)
        self.sent: dict[str, tuple[uploading.Upload, bytes]] = {}
        self.told_pinned: set[str] = set()
        self.opened = 0

    def run(self) -> None:
        try:
            for _ in range(UPLOADS // DRIVERS):
                self._hand_in()
        except BaseException as error:  # noqa: BLE001 - the test raises it
            self.seen.failed.append(error)

    def _hand_in(self) -> None:
        self.seen.begin()
        content = self.marker.raw + self.chance.randbytes(self.chance.randrange(5_000))
        upload = self.driver.upload(content, self.car)
        self.sent[upload.id] = (upload, content)
        earlier, held = self.sent[self.chance.choice(list(self.sent))]
        if earlier.refreshed().state in KEPT:
            self.told_pinned.add(earlier.id)
        if self.chance.random() < READ_BACK:
            assert self.driver.open_upload(earlier.id) == held
            self.opened += 1

    def wait_until_all_are_pinned(self, at_most_s: float) -> None:
        limit = time.monotonic() + at_most_s
        for upload, _ in self.sent.values():
            upload.wait_until_pinned(at_most_s=max(1, limit - time.monotonic()))


@pytest.mark.parametrize("part_bytes", [uploading.PART_BYTES, 1_500], ids=["whole", "in parts"])
def test_nothing_is_lost_and_nothing_is_half_done(own_stack, monkeypatch, part_bytes):
    monkeypatch.setattr(uploading, "PART_BYTES", part_bytes)
    before = len(rows.asked(own_stack, "select id from storage_upload"))
    seen, marker, chance = Progress(), Marker(), random.Random(f"{SEED}-{part_bytes}")
    clients = [
        Client(own_stack, seen, marker, random.Random(f"{SEED}-{number}"))
        for number in range(DRIVERS)
    ]
    began = time.monotonic()
    for client in clients:
        client.start()
    _kill_at_random(own_stack, seen, chance)
    for client in clients:
        client.join(120)
        assert not client.is_alive()
    assert seen.failed == []
    for client in clients:
        client.wait_until_all_are_pinned(SETTLED_S)
    _say(seen, clients, time.monotonic() - began)

    assert len(seen.killed) == KILLS
    assert seen.unclear == []
    sent = {upload_id for client in clients for upload_id in client.sent}
    assert len(sent) == UPLOADS
    assert {one for client in clients for one in client.told_pinned} <= sent
    _all_is_whole_in_the_rows(own_stack, before + UPLOADS)
    _all_is_whole_at_the_node(own_stack, clients)
    assert marker.files_with(own_stack.places.var) == []  # crashes are where plaintext leaks


def _kill_at_random(stack: Stack, seen: Progress, chance: random.Random) -> None:
    """Kill when so many uploads have begun, a moment later: a whole program, or one of its own."""
    for turn, begun in enumerate(sorted(chance.sample(range(1, UPLOADS - 10), KILLS))):
        limit = time.monotonic() + 60
        while seen.begun < begun and time.monotonic() < limit and not seen.failed:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.05))
        name = VICTIMS[turn % len(VICTIMS)] if turn < len(VICTIMS) else chance.choice(VICTIMS)
        seen.killed.append(_kill(stack, name, chance))


def _kill(stack: Stack, name: str, chance: random.Random) -> str:
    until(lambda: stack.states()[name] == "RUNNING")
    own = stack.process(name)
    children = own.children(recursive=True)
    alone = bool(children) and chance.random() < 0.3
    for process in [chance.choice(children)] if alone else [*children, own]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    if not alone:
        until(lambda: supervision.order(stack.places, "getProcessInfo", name)["pid"] != own.pid)
    return f"one of {name}" if alone else name


def _all_is_whole_in_the_rows(stack: Stack, count: int) -> None:
    states = rows.counted(stack, "select state, count(*) from storage_upload group by state")
    assert sum(states.values()) == count
    assert set(states) <= KEPT
    (halves,) = rows.asked(
        stack,
        "select count(*) from storage_upload u"
        " left join storage_sealedobject s on s.id = u.sealed_id"
        " where s.id is null or s.id <> u.id or s.state <> 'pinned' or s.sha256 <> u.sha256"
        " or u.received_bytes <> u.size_bytes or s.size_bytes <> u.size_bytes",
    )
    assert halves == (0,)
    (objects,) = rows.asked(stack, "select count(*), count(distinct cid) from storage_sealedobject")
    assert objects == (count, count)
    (keys,) = rows.asked(stack, "select count(*) from storage_wrappedkey")
    assert keys == (2 * count,)
    until(lambda: not _work_left(stack), timeout_s=30)
    spool = stack.places.var / "spool"
    until(lambda: list(spool.iterdir()) == [], timeout_s=30)


def _work_left(stack: Stack) -> list[tuple[str, ...]]:
    """Return what is not done, but for the look at the pins that comes again and again."""
    return rows.asked(
        stack,
        "select task, reference, state, last_error from work_workrow"
        " where state = 'stuck' or (state = 'open' and task = 'storage.tasks.pin_object')",
    )


def _all_is_whole_at_the_node(stack: Stack, clients: list[Client]) -> None:
    node = IpfsNode(stack.places.ipfs_api, timeout_s=20)
    for client in clients:
        for upload, content in client.sent.values():
            assert node.is_pinned(upload.expected_cid)
            assert cid_of([b"".join(node.fetch(upload.expected_cid))]) == upload.expected_cid
            assert client.driver.open_upload(upload.id) == content
    node._client.close()


def _say(seen: Progress, clients: list[Client], took_s: float) -> None:
    """Tell what was killed and what the clients met, for whoever reads a failure."""
    told = sum(len(client.told_pinned) for client in clients)
    opened = sum(client.opened for client in clients)
    sys.stderr.write(
        f"\nseed {SEED}: killed {', '.join(seen.killed)}; refused {dict(seen.refused)};"
        f" {told} looks said pinned and {opened} were opened on the way;"
        f" all pinned after {took_s:.1f} s\n"
    )
