"""What a browser cuts from a file before it is sealed, and what the builder still reads of it."""

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from anonymize.formats.reading import read
from tests.anonymize.formats import making
from tests.protocol.static import lay_out

SCRIPT = Path(__file__).with_name("cutting_in_browser.mjs")
DROP = {"mode": "drop", "zones": [], "inside": "rows"}
WITH_POSITIONS = {
    "car_scanner_long": making.car_scanner_long(),
    "ved": making.ved(),
    "obd": making.obd(),
    "twizy": making.twizy(["03/29/2021"] * 30),
}


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("static"))


def _run(*arguments: Any) -> bytes:
    done = subprocess.run(["node", SCRIPT, *arguments], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_whatever_is_cut_stays_cut_and_nothing_else_is_changed(static: Path) -> None:
    checks = json.loads(_run(static))
    assert [check for check in checks if check["problem"]] == []
    assert len(checks) > 140


@pytest.mark.parametrize("kind", WITH_POSITIONS)
def test_the_builder_reads_the_same_without_positions(
    static: Path, tmp_path: Path, kind: str
) -> None:
    whole = WITH_POSITIONS[kind]
    plain = gzip.decompress(whole) if whole[:2] == b"\x1f\x8b" else whole
    file = tmp_path / "whole.csv"
    file.write_bytes(plain)
    cut = _run(static, json.dumps(DROP), file)
    assert making.MARKER.encode() in plain
    assert making.MARKER.encode() not in cut
    before, after = read(plain), read(cut)
    assert after.samples is not None
    assert before.samples is not None
    assert after.samples.equals(before.samples)
