"""Spoiled files come in by the doors as any other: the build leaves them out and says why."""

import base64
import gzip
import io
import json
import random  # noqa: TID251 - seeded, for a test
import subprocess
import sys
import zipfile
from dataclasses import replace

import polars as pl
import pytest
from nacl.public import PrivateKey, SealedBox

from anonymize.models import BuildPart, Release
from protocol import envelope
from protocol.envelope import Context
from stack.places import ROOT
from storage.models import Upload, WrappedKey
from tests.anonymize import crowd
from tests.factories import keys
from tests.factories.registry import make_vehicle
from tests.factories.storage import seal_file
from tests.storage.test_upload_doors import announce, send

CHUNK = envelope.CHUNK_BYTES + envelope.TAG_BYTES
HEAD = envelope.HEADER_BYTES
LARGE = b"start,energy\n" * 20_000
"""Four chunks."""

BUILT = {Release.State.DRAWN, Release.State.PUBLISHING}


def _cut_at_a_chunk(sealed):
    return sealed[: HEAD + 2 * CHUNK]  # the last chunk, with its mark, is missing


def _swapped(sealed):
    first, second = sealed[HEAD : HEAD + CHUNK], sealed[HEAD + CHUNK : HEAD + 2 * CHUNK]
    return sealed[:HEAD] + second + first + sealed[HEAD + 2 * CHUNK :]


SPOILED = {
    "the last chunk is missing": _cut_at_a_chunk,
    "it breaks off in a chunk": lambda sealed: sealed[:-100],
    "it is its header alone": lambda sealed: sealed[: envelope.sealed_size(0)],
    "two chunks are swapped": _swapped,
    "a chunk comes twice": lambda sealed: (
        sealed[: HEAD + CHUNK] + sealed[HEAD : HEAD + CHUNK] + sealed[HEAD + CHUNK :]
    ),
    "a byte stands behind the end": lambda sealed: sealed + b"\0",
    "a bit is turned": lambda sealed: sealed[:-50] + bytes([sealed[-50] ^ 1]) + sealed[-49:],
}


def _zip(content: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sessions.csv", content)
    return held.getvalue()


UNREADABLE = {
    "nothing at all": (b"", "unreadable_empty"),
    "a gzip file that breaks off": (gzip.compress(LARGE)[:-9], "unreadable_damaged_archive"),
    "a gzip file of nothing": (gzip.compress(b""), "unreadable_empty"),
    "a zip file": (_zip(LARGE), "unreadable_not_text"),
    "half a Parquet file": (b"PAR1" + b"\x15" * 400 + b"PAR1", "unreadable_damaged_parquet"),
}


# --- the doors and a whole build -----------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("builder_process", "ipfs_node")
class TestBuilding:
    @pytest.fixture
    def build(self, monkeypatch, work_through):
        """A function that builds a release over everybody and all that was handed in."""
        crowd.all_consent(monkeypatch)
        crowd.make_crowd()

        def done() -> Release:
            release = crowd.planned_release()
            while work_through():
                pass
            release.refresh_from_db()
            return release

        return done

    @pytest.fixture
    def hand_in(self, as_driver):
        def handed_in(file) -> Upload:
            announce(as_driver, file)
            assert send(as_driver, file, file.ciphertext, 0).status_code == 204
            return Upload.objects.get(id=file.id)

        return handed_in

    def test_spoiled_uploads_are_told_apart_and_left_out(self, build, hand_in, driver, vehicle):
        handed_in = {}
        for what, spoil in SPOILED.items():
            file = seal_file(driver, vehicle, LARGE)
            handed_in[what] = hand_in(replace(file, ciphertext=spoil(file.ciphertext)))
        handed_in["a wrong key id"] = hand_in(seal_file(driver, vehicle, LARGE))
        of_key = WrappedKey.objects.filter(upload=handed_in["a wrong key id"])
        of_key.filter(recipient_kind="builder").update(recipient_key="builder-0")
        handed_in["of another car"] = hand_in(self._of_another_car(driver, vehicle))
        release = build()
        assert release.state in BUILT
        assert not BuildPart.objects.exists()
        for what, upload in handed_in.items():
            upload.refresh_from_db()
            found = (upload.state, upload.quality)
            assert found == ("unreadable", {"is_readable": False, "codes": ["unreadable"]}), what
            assert _told(upload)["reason"], what

    def _of_another_car(self, driver, vehicle):
        """Return a file that was sealed for one car and is handed in for another."""
        file = seal_file(driver, vehicle, LARGE)
        data_key = envelope.new_data_key()
        context = Context("upload", str(driver.id), str(make_vehicle(driver).id), str(file.id))
        return replace(
            file,
            ciphertext=envelope.seal_bytes(LARGE, data_key, context),
            wrapped_builder=envelope.wrap_key(data_key, keys.BUILDER.public, context),
        )

    def test_files_that_say_nothing_are_told_by_a_code(self, build, hand_in, driver, vehicle):
        handed_in = {
            what: hand_in(seal_file(driver, vehicle, content))
            for what, (content, _code) in UNREADABLE.items()
        }
        assert build().state in BUILT
        for what, upload in handed_in.items():
            upload.refresh_from_db()
            assert upload.state == "unreadable", what
            assert upload.quality["codes"] == [UNREADABLE[what][1]], what

    def test_a_file_handed_in_twice_counts_once(self, build, hand_in, driver, vehicle):
        content = crowd.content(random.Random(3))
        both = [hand_in(seal_file(driver, vehicle, content)) for _ in range(2)]
        assert build().state in BUILT
        assert {Upload.objects.get(id=one.id).state for one in both} == {"checked"}


def _told(upload: Upload) -> dict:
    box = SealedBox(PrivateKey(keys.DRIVER.private))
    return json.loads(box.decrypt(base64.b64decode(upload.report_sealed)))


# --- bombs, in a process of their own -------------------------------------------------------


LONGEST_S = 120
READER = """
import pathlib, resource, sys, time
from anonymize.formats import reading
from bench.memory import peak_mib
from anonymize.formats.errors import UnreadableFile
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30,) * 2)  # it would end here, not the machine
used = peak_mib()
began = time.monotonic()
try:
    reading.read_file(pathlib.Path(sys.argv[1]))
    print("read")
except UnreadableFile as error:
    print(error.code)
print(peak_mib() - used)
print(round(time.monotonic() - began, 1))
"""


def _gzip_bomb(path, *, start: bytes, piece: bytes, times: int) -> None:
    with gzip.open(path, "wb", compresslevel=1) as bomb:
        bomb.write(start)
        for _ in range(times):
            bomb.write(piece)


def _read_apart(path) -> tuple[str, int, float]:
    """Read a file in a child; return its code, the MiB it took more than at rest, and seconds."""
    answer = subprocess.run(
        [sys.executable, "-c", READER, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-2_000:]
    code, mib, seconds = answer.stdout.split()
    return code, int(mib), float(seconds)


BOMBS = {
    "zeros": (b"time,speed\n", b"0" * 2**20, 300),
    "one line": (b"time,speed\n1,", b"2" * 2**20, 300),
    "empty lines": (b"time,speed\n", b"\n" * 2**20, 2_100),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_gzip_bomb_takes_little_memory_and_time(tmp_path, bomb):
    start, piece, times = BOMBS[bomb]
    path = tmp_path / "bomb.csv.gz"
    _gzip_bomb(path, start=start, piece=piece, times=times)
    assert path.stat().st_size < 12 * 2**20
    code, mib, seconds = _read_apart(path)
    assert code.startswith("unreadable")
    assert (mib < 200, seconds < 60) == (True, True), (mib, seconds)


def test_a_gzip_bomb_in_a_gzip_file_is_opened_once(tmp_path):
    inner = tmp_path / "inner.gz"
    _gzip_bomb(inner, start=b"", piece=b"\0" * 2**20, times=1_000)
    path = tmp_path / "outer.gz"
    path.write_bytes(gzip.compress(inner.read_bytes()))
    code, mib, seconds = _read_apart(path)
    assert code == "unreadable_not_text"
    assert (mib < 100, seconds < 10) == (True, True), (mib, seconds)


@pytest.mark.parametrize(("rows", "text_bytes"), [(900_000, 200), (60, 2_000_000)])
def test_a_long_text_that_every_row_names_again_takes_little_memory(tmp_path, rows, text_bytes):
    path = tmp_path / "bomb.parquet"
    moments = pl.select(pl.repeat("9" * text_bytes, rows).alias("Timestamp"))
    moments.with_columns(pl.lit(1.0).alias("Vehicle.Speed")).write_parquet(
        path, compression="zstd", use_pyarrow=False, statistics=False
    )
    assert path.stat().st_size < 2**20
    code, mib, seconds = _read_apart(path)
    assert code == "unreadable_opens_too_large"
    assert (mib < 200, seconds < 30) == (True, True), (mib, seconds)
