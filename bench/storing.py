"""How fast a file goes through the door onto a real node, and what memory its way takes."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psutil

import odometer as od
from bench import memory
from bench.house import ROOT
from odometer.uploading import Upload
from stack import ports, supervision
from stack.kubo import find_kubo
from stack.places import Places
from stack.programs import programs

SIZE_BYTES = 256 * 2**20
LARGE_BYTES = 2 * 2**30
ROUNDS = 5

_PIECE_BYTES = 2**20
_PINNED_S = 900
_PROGRAMS = {"web": "web", "worker-web": "worker"}
_OPEN = "import django; django.setup(); from bench import storing; storing.open_one()"


def measure(size_bytes: int = SIZE_BYTES, large_bytes: int = LARGE_BYTES) -> Mapping[str, float]:
    """Return the speed of uploads over that of `ipfs add`, and the peak memory of a large one.

    upload_over_ipfs_add: seconds of `ipfs add` over those of an upload, from its announcement until
    it is pinned, read back included; as many random bytes, the same Kubo, chunks and machine, by
    turns; the median of the pairs. peak_mib_2gb: the largest of the processes that a file of 2 GiB
    passes, each by its name behind the key.
    """
    with TemporaryDirectory() as folder, _stack(Path(folder)) as places:
        file = Path(folder) / "file"
        pairs = [_pair(places, file, size_bytes) for _ in range(ROUNDS)][1:]
        upload_s, add_s = (median(times) for times in zip(*pairs, strict=True))
        peaks = _peaks(places, file, large_bytes)
    return {
        "upload_mb_s": size_bytes / upload_s / 1e6,
        "ipfs_add_mb_s": size_bytes / add_s / 1e6,
        "upload_over_ipfs_add": median(add / upload for upload, add in pairs),
        "peak_mib_2gb": max(peaks.values()),
        **{f"peak_mib_2gb_{name}": peak for name, peak in peaks.items()},
    }


def _pair(places: Places, file: Path, size_bytes: int) -> tuple[float, float]:
    _fill(file, size_bytes)
    driver, car = _enrolled(places.web_url)
    _upload, upload_s = _timed(driver, car, file)
    _fill(file, size_bytes)
    began = time.perf_counter()
    _ipfs(places, "add", "-q", "--cid-version=1", "--raw-leaves", "--chunker=size-1048576", file)
    return upload_s, time.perf_counter() - began


def _timed(driver: od.Driver, car: od.Vehicle, file: Path) -> tuple[Upload, float]:
    """Hand a file in; return the seconds since it was announced, when it was sealed already."""
    upload = driver.upload(file, car).wait_until_pinned(at_most_s=_PINNED_S)
    pinned_at = time.perf_counter()
    if not isinstance(driver.session, _Watched):
        raise TypeError("this caller did not note when the file was announced")
    return upload, pinned_at - driver.session.posted_at


def _peaks(places: Places, file: Path, size_bytes: int) -> dict[str, float]:
    """Return the MiB that each process had at most while a large file went its way."""
    _fill(file, size_bytes)
    pids = {name: _processes(places, program) for program, name in _PROGRAMS.items()}
    for process in (one for found in pids.values() for one in found):
        Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")
    client = _told([sys.executable, "-m", "bench.storing", places.web_url, str(file)], {})
    builder = next(one for one in programs(places, kubo=None) if one.name == "worker-builder")
    asked = {**builder.environment, "BENCH_UPLOAD": str(client["upload"])}
    return {
        **{name: max(map(memory.peak_mib, found)) for name, found in pids.items()},
        "client": client["peak_mib"],
        "builder": _told([sys.executable, "-c", _OPEN], asked)["peak_mib"],
    }


def open_one() -> None:
    """Be the builder: open one upload, read it to its end, and tell the peak."""
    from storage import unsealing  # noqa: PLC0415 - the rooms want to be set up first
    from storage.models import Upload as Row  # noqa: PLC0415

    row = Row.objects.select_related("sealed").get(id=os.environ["BENCH_UPLOAD"])
    with unsealing.opened(row) as stream:
        while stream.read(_PIECE_BYTES):
            pass
    sys.stdout.write(json.dumps({"peak_mib": memory.peak_mib()}))


def main() -> None:
    """Be the client: seal a file, hand it in, wait for its pin, and tell the peak."""
    url, file = sys.argv[1:]
    driver, car = _enrolled(url)
    upload = driver.upload(Path(file), car).wait_until_pinned(at_most_s=_PINNED_S)
    told = {"upload": upload.id, "peak_mib": memory.peak_mib()}
    sys.stdout.write(json.dumps(told))


class _Watched(od.Session):
    """Notes when it posted last: a file is announced by a post, and sent by patches."""

    posted_at = 0.0

    def post(
        self, path: str, body: object = None, *, once: str = "", match: str = ""
    ) -> dict[str, Any]:
        self.posted_at = time.perf_counter()
        return super().post(path, body, once=once, match=match)


def _enrolled(url: str) -> tuple[od.Driver, od.Vehicle]:
    driver = od.Driver.enrol(_Watched(url), f"bench-{secrets.token_hex(4)}", secrets.token_hex(16))
    car = driver.add_vehicle(brand="Bench", model="One", powertrain="bev", is_simulated=True)
    return driver, car


def _fill(file: Path, size_bytes: int) -> None:
    """Write bytes that no node has yet."""
    with file.open("wb") as target:
        for _ in range(size_bytes // _PIECE_BYTES):
            target.write(os.urandom(_PIECE_BYTES))


def _ipfs(places: Places, *command: str | Path) -> None:
    binary = find_kubo()
    if binary is None:
        raise LookupError("there is no Kubo here to be measured against")
    subprocess.run(  # noqa: S603 - the node's own command
        [str(binary), "--api", places.ipfs_api.removesuffix("/http"), *map(str, command)],
        env={**os.environ, "IPFS_PATH": str(places.var / "ipfs")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def _processes(places: Places, program: str) -> list[int]:
    main_pid = int(supervision.order(places, "getProcessInfo", program)["pid"])
    return [main_pid, *(one.pid for one in psutil.Process(main_pid).children(recursive=True))]


def _told(command: list[str], settings: Mapping[str, str]) -> dict[str, float]:
    answer = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, check=True
    )
    return dict(json.loads(answer.stdout))


@contextmanager
def _stack(var: Path) -> Iterator[Places]:
    """Bring up a stack of its own, on ports that nobody listens to, and take it down again."""
    web, chain, ipfs, redis = ports.free(4)
    places = Places(var=var, web_port=web, chain_port=chain, ipfs_port=ipfs, redis_port=redis)
    named = {
        "ODOMETER_VAR": str(var),
        "WEB_PORT": str(web),
        "CHAIN_PORT": str(chain),
        "IPFS_API_PORT": str(ipfs),
        "REDIS_PORT": str(redis),
    }
    command = [sys.executable, "-m", "stack"]
    settings = {**os.environ, **named}
    try:
        subprocess.run([*command, "up"], cwd=ROOT, env=settings, check=True)  # noqa: S603 - ourselves
        yield places
    finally:
        subprocess.run([*command, "down"], cwd=ROOT, env=settings, check=False)  # noqa: S603 - ourselves
        shutil.rmtree(var / "ipfs", ignore_errors=True)


if __name__ == "__main__":
    main()
