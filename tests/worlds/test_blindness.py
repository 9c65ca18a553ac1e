"""The server is blind: a marker inside an uploaded file is nowhere to be found on its side."""

import secrets
import sys
from pathlib import Path

import psutil
import pytest
import redis

import odometer as od
from stack.places import Places

pytestmark = pytest.mark.worlds

_PIECE = 1024 * 1024


def _driver(stack, handle):
    name = f"{handle}-{secrets.token_hex(4)}"
    return od.Driver.enrol(od.Session(stack.web_url), name, "a passphrase for a test")


def _upload(stack, marker: bytes):
    driver = _driver(stack, "driver")
    vehicle = driver.add_vehicle(brand="Nissan", model="LEAF", powertrain="bev")
    rows = b"plug-in;energy\n2026-08-01;" + marker + b"\n"
    return driver, driver.upload(rows * 40, vehicle).wait_until_pinned(at_most_s=60)


def _files_with(marker: bytes, folder: Path) -> list[str]:
    return [str(file) for file in folder.rglob("*") if file.is_file() and _holds(file, marker)]


def _holds(file: Path, marker: bytes) -> bool:
    tail = b""
    try:
        with file.open("rb") as stream:
            while piece := stream.read(_PIECE):
                if marker in tail + piece:
                    return True
                tail = piece[-len(marker) :]
    except FileNotFoundError:
        return False  # a temporary file that is gone is not kept
    return False


def _queue_holds(places: Places, marker: bytes) -> bool:
    with redis.Redis.from_url(places.redis_url) as queue:
        return any(marker in (queue.dump(key) or b"") for key in queue.scan_iter())


@pytest.fixture(scope="module")
def marker() -> bytes:
    return b"canary-" + secrets.token_hex(12).encode()


@pytest.fixture(scope="module")
def uploaded(stack, marker):
    return _upload(stack, marker)


def test_the_search_itself_finds_a_marker(tmp_path, marker):
    (tmp_path / "log").write_bytes(b"x" * (_PIECE - 5) + marker)
    assert _files_with(marker, tmp_path)


def test_it_is_not_on_disk_in_the_database_or_in_any_log(stack, uploaded, marker):
    assert _files_with(marker, stack.places.var) == []


def test_it_is_not_in_the_queue(stack, uploaded, marker):
    assert not _queue_holds(stack.places, marker)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process")
def test_it_is_in_the_memory_of_no_process_but_the_builders(stack, uploaded, marker):
    blind = [name for name in stack.states() if name != "worker-builder"]
    assert {"web", "worker-web", "worker-chain", "beat", "ipfs", "valkey"} <= set(blind)
    for name in blind:
        own = stack.process(name)
        found = [one.pid for one in [own, *own.children(recursive=True)] if _in_memory(one, marker)]
        assert found == [], name


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process")
def test_the_search_of_memory_finds_a_marker(marker):
    held = bytearray(marker)  # writable memory of this very process
    assert _in_memory(psutil.Process(), marker)
    assert held


def test_its_driver_alone_opens_it(stack, uploaded, marker):
    driver, upload = uploaded
    assert marker in driver.open_upload(upload.id)
    with pytest.raises(od.NotFound):
        _driver(stack, "other-driver").open_upload(upload.id)


def test_once_erased_its_key_is_gone(stack, marker):
    driver, upload = _upload(stack, marker)
    driver.session.delete(f"/uploads/{upload.id}")
    with pytest.raises(od.NotFound):
        driver.open_upload(upload.id)


def _in_memory(process: psutil.Process, marker: bytes) -> bool:
    with Path(f"/proc/{process.pid}/mem").open("rb", buffering=0) as memory:
        return any(marker in _region(memory, *span) for span in _regions(process.pid))


def _regions(pid: int) -> list[tuple[int, int]]:
    spans = []
    for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
        place, rights = line.split()[:2]
        if rights.startswith("rw"):
            start, end = (int(edge, 16) for edge in place.split("-"))
            spans.append((start, end - start))
    return spans


def _region(memory, start: int, size: int) -> bytes:
    try:
        memory.seek(start)
        return memory.read(size) or b""
    except OSError:
        return b""
