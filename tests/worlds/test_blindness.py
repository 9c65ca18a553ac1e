"""The server is blind: a marker in uploaded files, built into releases, is nowhere on its side."""

import base64
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest
import redis
import requests
from pytest_socket import enable_socket

import odometer as od
from stack import rpc
from stack.programs import memory_directory
from storage.ipfs import IpfsNode
from tests.worlds import demos, rows
from tests.worlds.apart import Apart, stack_apart
from tests.worlds.markers import Marker
from tests.worlds.relays import Relay, relay

pytestmark = pytest.mark.worlds

HOPS = ("web", "valkey", "anvil", "ipfs")
SITES = ("ASK", "OSL_S", "OSL_T", "TRO")
SESSIONS_EACH = 24
ROOM = {"PRIVACY_WINDOW_CAP_RHO_MICRO": "300000", "DATASET_CAP_RHO_MICRO": "300000"}
"""For two releases of this kind of file, and no third."""
FIRST = datetime(2019, 3, 1, 6)  # noqa: DTZ001 - as the table writes it
HEADER = "location;user_id;session_id;plugin_time;plugout_time;connection_time;energy_session"


class World:
    """A stack whose every hop is recorded."""

    def __init__(self, apart: Apart, relays: dict[str, Relay], ended: ExitStack) -> None:
        self.apart, self.stack, self.relays = apart, apart.stack, relays
        relays["web"] = ended.enter_context(relay(apart.stack.places.web_port))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.relays['web'].port}"

    @property
    def folders(self) -> list[Path]:
        return [*self.apart.folders, memory_directory(self.stack.places)]

    @property
    def queue(self) -> "redis.Redis":
        return redis.Redis.from_url(self.apart.behind.redis_url)

    def driver(self) -> od.Driver:
        handle = f"driver-{Marker().raw[-8:].decode()}"
        return od.Driver.enrol(od.Session(self.url), handle, "a passphrase for a test")


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    enable_socket()
    relays: dict[str, Relay] = {}

    with ExitStack() as ended:

        def door(name: str, port: int) -> int:
            relays[name] = ended.enter_context(relay(port))
            return relays[name].port

        apart = ended.enter_context(stack_apart(tmp_path_factory.mktemp("blind"), door, **ROOM))
        yield World(apart, relays, ended)


@pytest.fixture(scope="module")
def marker() -> Marker:
    return Marker()


@pytest.fixture(scope="module")
def uploaded(world, marker):
    driver = world.driver()
    vehicle = driver.add_vehicle(brand="Nissan", model="LEAF", powertrain="bev")
    content = b"plug-in;energy\n2026-08-01;" + marker.raw + b"\n"
    return driver, driver.upload(content * 40, vehicle).wait_until_pinned(at_most_s=60)


@pytest.fixture(scope="module")
def journey(world, marker, uploaded, tmp_path_factory):
    """The whole main job over files that hold the marker in every row: what it left behind."""
    table = tmp_path_factory.mktemp("fleet") / "sessions.csv"
    table.write_text("\n".join([HEADER, *_sessions(marker), ""]), encoding="utf-8")
    demos.finish(demos.start(world.stack, "--url", world.url, "--data", str(table)))
    return demos.saved(world.stack)


def _sessions(marker: Marker) -> Iterator[str]:
    for user in range(demos.DRIVERS):
        for turn in range(SESSIONS_EACH):
            begin = FIRST + timedelta(days=turn * 13 + user % 5, hours=turn % 15)
            end = begin + timedelta(hours=2)
            person, site = f"{marker}-{user}", SITES[user % len(SITES)]
            yield f"{site};{person};{person}-{turn};{begin};{end};2,0;{5 + (user + turn) % 20},5"


# --- the searches find what is there ---------------------------------------------------------


def test_the_search_of_files_finds_a_marker(tmp_path):
    planted = Marker()
    (tmp_path / "log").write_bytes(b"x" * (1024 * 1024 - 5) + planted.raw)
    assert planted.files_with(tmp_path)


def test_the_search_of_the_database_finds_a_marker(world):
    planted = Marker()
    with _table(world) as insert:
        insert(str(planted))
        assert planted.is_in(rows.dumped(world.stack))
        if not world.stack.database_url:
            assert planted.files_with(world.stack.places.var)  # its log of writes counts too
    assert not planted.is_in(rows.dumped(world.stack))


def test_the_search_of_the_queue_finds_a_marker_in_a_message(world):
    planted = Marker()
    message = json.dumps({"body": base64.b64encode(b'[["' + planted.raw + b'"], {}]').decode()})
    with world.queue as queue:
        queue.lpush("planted", message * 100)
        assert planted.keys_with(queue) == [b"planted"]
        queue.delete("planted")


def test_the_search_of_the_node_finds_a_marker_in_an_object(world):
    planted = Marker()
    node = IpfsNode(world.apart.behind.ipfs_api, timeout_s=20)
    cid = node.add(planted.raw * 3)
    assert planted.files_with(world.apart.behind.var)
    node.unpin(cid)
    node.collect_garbage()
    assert not planted.files_with(world.apart.behind.var)


@pytest.mark.parametrize("hop", HOPS)
def test_each_recorder_hears_a_marker(world, hop):
    planted, port = Marker(), world.relays[hop].port
    if hop == "web":
        requests.post(f"{world.url}/api/v1/uploads", json={"id": str(planted)}, timeout=10)
    elif hop == "valkey":
        with redis.Redis(port=port) as queue:
            queue.publish("planted", planted.raw)
    elif hop == "anvil":
        with suppress(rpc.RpcError):
            rpc.call(f"http://127.0.0.1:{port}", "eth_call", {"data": "0x" + planted.raw.hex()})
    else:
        node = IpfsNode(f"/ip4/127.0.0.1/tcp/{port}/http", timeout_s=20)
        node.unpin(node.add(planted.raw))
        node.collect_garbage()
    assert planted.is_said(world.relays[hop].said())


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process")
def test_the_search_of_memory_finds_a_marker():
    planted = Marker()
    holder = subprocess.Popen(
        [sys.executable, "-c", "held = input(); print(len(held), flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdin
    assert holder.stdout
    try:
        holder.stdin.write(planted.raw + b"\n")
        holder.stdin.flush()
        assert holder.stdout.readline()
        assert planted.is_in_memory_of(psutil.Process(holder.pid))
        assert not Marker().is_in_memory_of(psutil.Process(holder.pid))
    finally:
        holder.communicate(b"\n")


# --- the marker is nowhere -------------------------------------------------------------------


def test_the_journey_went_all_the_way(world, journey):
    assert journey["drivers"]["enrolled"] == demos.DRIVERS
    assert [release["contributors"] > 0 for release in journey["releases"]] == [True, True]
    assert journey["purchases"] == 2
    assert all(world.relays[hop].size > 10_000 for hop in HOPS)


@pytest.mark.parametrize("hop", HOPS)
def test_it_went_over_no_wire(world, journey, marker, hop):
    assert not marker.is_said(world.relays[hop].said())


def test_it_is_on_no_disk_and_in_no_log(world, journey, marker):
    assert marker.files_with(*world.folders) == []


def test_it_is_not_in_the_database(world, journey, marker):
    assert not marker.is_in(rows.dumped(world.stack))


def test_it_is_not_in_the_queue(world, journey, marker):
    with world.queue as queue:
        assert marker.keys_with(queue) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process")
def test_it_is_in_the_memory_of_no_process_but_the_builders(world, journey, marker):
    processes = [pair for pair in world.apart.processes() if pair[0] != "worker-builder"]
    assert {"web", "worker-web", "worker-chain", "beat", *HOPS} <= {name for name, _ in processes}
    found = [(name, one.pid) for name, one in processes if marker.is_in_memory_of(one)]
    assert found == []


def test_a_builder_that_crashes_leaves_nothing_behind(world, journey, marker):
    world.stack.end("worker-builder", by=signal.SIGABRT)  # it would leave a core, if it could
    assert marker.files_with(*world.folders) == []


# --- who may open it -------------------------------------------------------------------------


def test_its_driver_alone_opens_it(world, uploaded, marker):
    driver, upload = uploaded
    assert marker.raw in driver.open_upload(upload.id)
    with pytest.raises(od.NotFound):
        world.driver().open_upload(upload.id)


def test_once_erased_its_key_is_gone(world, uploaded):
    driver, upload = uploaded
    driver.session.delete(f"/uploads/{upload.id}")
    with pytest.raises(od.NotFound):
        driver.open_upload(upload.id)


class _table:  # noqa: N801 - used as a function is
    """A table of the test's own in the stack's database, until the block ends."""

    def __init__(self, world: World) -> None:
        self._rows = rows.connected(world.stack)

    def __enter__(self):
        self._rows.execute("create table planted (said text)")
        return self._insert

    def _insert(self, said: str) -> None:
        self._rows.execute(f"insert into planted values ('{said * 100}')")  # noqa: S608
        self._rows.commit()

    def __exit__(self, *_: object) -> None:
        self._rows.execute("drop table planted")
        self._rows.commit()
        self._rows.close()
