"""A whole stack behind a node that falls silent; clients in two windows; clocks that are wrong."""

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import UUID, uuid4

import pytest
from pytest_socket import enable_socket

import odometer as od
from odometer import uploading
from odometer.http import Patience
from protocol import envelope
from protocol.hashing import sha256
from tests.worlds import rows
from tests.worlds.apart import Apart, stack_apart
from tests.worlds.faulty_kubo import FaultyKubo, faulty_kubo
from tests.worlds.nodes import until
from tests.worlds.test_bad_input import _announced, _patch

pytestmark = pytest.mark.worlds

PASSPHRASE = "a passphrase for a test"
TIMEOUT_S, SILENT_S, WAITING = 8, 30, 12
PART_BYTES = 2_000
QUICK_S = 5.0
"""What a request that needs no node may take, on a machine that does much beside."""

BEAT_S = 35.0
"""A queue is beaten every ten seconds; one that is stopped up misses some of them."""


class World:
    def __init__(self, apart: Apart, kubo: FaultyKubo) -> None:
        self.stack, self.kubo = apart.stack, kubo
        self.handles: dict[str, str] = {}

    def enrol(self) -> od.Driver:
        handle = f"driver-{secrets.token_hex(4)}"
        session = od.Session(self.stack.web_url, patience=Patience(tries=1))
        driver = od.Driver.enrol(session, handle, PASSPHRASE)
        self.handles[driver.id] = handle
        return driver

    def again(self, driver: od.Driver) -> od.Driver:
        """The same driver in a second window."""
        return od.Driver.sign_in(
            od.Session(self.stack.web_url), self.handles[driver.id], PASSPHRASE
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    enable_socket()
    with ExitStack() as ended:
        doors: list[FaultyKubo] = []

        def door(name: str, port: int) -> int:
            if name != "ipfs":
                return port
            doors.append(ended.enter_context(faulty_kubo(port)))
            return doors[0].server_port

        told = {"NODE_TIMEOUT_S": str(TIMEOUT_S)}
        apart = ended.enter_context(stack_apart(tmp_path_factory.mktemp("slow"), door, **told))
        yield World(apart, doors[0])


@pytest.fixture
def driver(world) -> Iterator[od.Driver]:
    yield world.enrol()
    world.kubo.heal()


@pytest.fixture
def car(driver) -> od.Vehicle:
    return driver.add_vehicle(brand="Nissan", model="LEAF", powertrain="bev")


# --- a silent node -------------------------------------------------------------------------


def test_while_the_node_is_silent_all_else_goes_on(world, driver, car):
    known = driver.upload(b"start,energy\n", car).wait_until_pinned()
    until(lambda: _oldest_beat(world) < BEAT_S)
    world.kubo.stall_s = 600
    waiting = [driver.upload(secrets.token_bytes(900), car) for _ in range(WAITING)]
    began = time.monotonic()
    while time.monotonic() - began < SILENT_S:
        assert _took(lambda: driver.session.get("/health")) < QUICK_S
        assert (
            _took(lambda: driver.add_vehicle(brand="NIO", model="ES8", powertrain="bev")) < QUICK_S
        )
        with pytest.raises(od.Unavailable) as refusal:
            driver.open_upload(known.id)
        assert refusal.value.code == "ipfs_unavailable"
        assert _oldest_beat(world) < BEAT_S
    assert {one.refreshed().state for one in waiting} == {"received"}
    world.kubo.heal()
    for one in waiting:
        assert one.wait_until_pinned(at_most_s=120).state == "pinned"
    assert rows.asked(world.stack, "select id from work_workrow where state = 'stuck'") == []


def _took(act) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def _oldest_beat(world) -> float:
    """Return how many seconds ago the queue that waits for the node last did anything."""
    beats = rows.asked(world.stack, "select beat_at from work_heartbeat where queue = 'default'")
    return min((time.time() - rows.seconds_of(beat) for (beat,) in beats), default=BEAT_S)


# --- two windows ---------------------------------------------------------------------------


def _sealed(driver, car) -> tuple[str, bytes, bytes, envelope.Context]:
    upload_id, content = str(uuid4()), secrets.token_bytes(40_000)
    context = envelope.Context("upload", driver.id, car.id, upload_id)
    key = envelope.new_data_key()
    return upload_id, envelope.seal_bytes(content, key, context), key, context


def _announcement(driver, car, upload_id, sealed, key, context, **changes):
    builder = uploading.Builder.of(driver.session, driver.chain)
    wrapped = uploading._base64(envelope.wrap_key(key, builder.public_key, context))
    body = {
        "id": upload_id,
        "vehicle_id": car.id,
        "envelope_version": envelope.VERSION,
        "size_bytes": len(sealed),
        "sha256": sha256(sealed).hex(),
        "builder_key_id": builder.key_id,
        "wrapped_keys": {"builder": wrapped, "driver": wrapped},
    }
    return {**body, **changes}


def _both(*acts):
    """Do the acts at the same moment; what one raises is its result."""

    def done(act):
        try:
            return act()
        except od.OdometerError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(done, acts))


@pytest.mark.parametrize("turn", range(3))
def test_two_windows_announce_one_upload_once(world, driver, car, turn):
    windows = [driver, world.again(driver)]
    body = _announcement(driver, car, *_sealed(driver, car))
    answers = _both(*(lambda own=own: own.session.post("/uploads", body) for own in windows))
    assert [answer["id"] for answer in answers] == [body["id"]] * 2
    counts = rows.counted(
        world.stack, "select upload_id, count(*) from storage_wrappedkey group by upload_id"
    )
    assert {UUID(str(one)): count for one, count in counts.items()}[UUID(body["id"])] == 2


def test_two_windows_announce_two_files_under_one_id(world, driver, car):
    windows = [driver, world.again(driver)]
    first = _announcement(driver, car, *_sealed(driver, car))
    bodies = [first, {**first, "sha256": "00" * 32}]
    pairs = zip(windows, bodies, strict=True)
    answers = _both(
        *(lambda pair=pair: pair[0].session.post("/uploads", pair[1]) for pair in pairs)
    )
    refused = [one for one in answers if isinstance(one, od.Refusal)]
    assert [one.code for one in refused] == ["upload_id_taken"]


@pytest.mark.parametrize("turn", range(3))
def test_two_windows_send_one_file_and_it_arrives_once(world, driver, car, turn):
    windows = [driver, world.again(driver)]
    upload_id, sealed, key, context = _sealed(driver, car)
    driver.session.post("/uploads", _announcement(driver, car, upload_id, sealed, key, context))
    met = _both(*(lambda own=own: _send(own, upload_id, sealed) for own in windows))
    assert met[0] | met[1] <= {"wrong_offset", "upload_not_receiving"}
    upload = next(one for one in driver.uploads() if one.id == upload_id).wait_until_pinned()
    assert upload.body["sha256"] == sha256(sealed).hex()
    assert driver.session.content(f"/uploads/{upload_id}/content") == sealed


def _send(own: od.Driver, upload_id: str, sealed: bytes) -> set[str]:
    """Send a file as a window does that does not know of the other; return what it was refused."""
    offset, refused = 0, set()
    while offset < len(sealed):
        try:
            _patch(own, upload_id, sealed[offset : offset + PART_BYTES], offset)
        except od.Conflict as refusal:
            refused.add(refusal.code)
        answer = own.session.send("HEAD", f"/uploads/{upload_id}/content")
        offset = int(answer.headers["Upload-Offset"])
    return refused


def test_other_bytes_from_a_second_window_are_never_mixed_in(world, driver, car):
    windows = [driver, world.again(driver)]
    upload_id, sealed, key, context = _sealed(driver, car)
    other = sealed[: envelope.HEADER_BYTES] + bytes(len(sealed) - envelope.HEADER_BYTES)
    driver.session.post("/uploads", _announcement(driver, car, upload_id, sealed, key, context))
    half = len(sealed) // 2
    for _ in range(6):
        files = zip(windows, (sealed, other), strict=True)
        answers = _both(
            *(lambda one=one: _patch(one[0], upload_id, one[1][:half]) for one in files)
        )
        assert {_code(one) for one in answers} <= {"204", "wrong_offset"}
        files = zip(windows, (sealed, other), strict=True)
        answers = _both(
            *(lambda one=one: _patch(one[0], upload_id, one[1][half:], half) for one in files)
        )
        codes = {_code(one) for one in answers}
        assert codes <= {"204", "wrong_offset", "upload_damaged", "upload_not_receiving"}
        if "204" in codes:
            break
    else:
        _patch(driver, upload_id, sealed)
    upload = next(one for one in driver.uploads() if one.id == upload_id).wait_until_pinned()
    assert driver.session.content(f"/uploads/{upload_id}/content") == sealed
    assert upload.body["received_bytes"] == len(sealed)


def _code(answer) -> str:
    return answer.code if isinstance(answer, od.Refusal) else str(answer.status_code)


# --- wrong clocks --------------------------------------------------------------------------


@pytest.mark.parametrize("off_s", [3_600, -3_600])
def test_a_driver_whose_clock_is_wrong_hands_in_a_file(world, monkeypatch, off_s):
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + off_s)
    driver = world.enrol()
    car = driver.add_vehicle(brand="Nissan", model="LEAF", powertrain="bev")
    upload = driver.upload(b"start,energy\n", car).wait_until_pinned()
    assert driver.open_upload(upload.id) == b"start,energy\n"
    with pytest.raises(od.InvalidInput):
        _patch(driver, _announced(driver, 100, "00" * 32), b"plain" * 20)
    until(lambda: upload.refreshed().state == "pinned")
