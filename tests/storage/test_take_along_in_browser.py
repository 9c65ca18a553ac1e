"""The archive made in a browser is the one that the Python client makes."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from odometer import exporting
from tests.protocol.static import lay_out
from tests.sdk.test_exporting import KEY, PLAIN, Handed, document_of
from tests.sdk.wire import session

AWKWARD: dict[str, Any] = {
    "vehicles": [
        {"id": "v-1", "brand": "=cmd()", "model": 'LEAF "Acenta", 30 kWh', "is_simulated": True},
        {"id": "v-2", "brand": "蔚来", "model": "ES8\nsecond line", "year": 2019},
    ],
    "declines": [{"id": "d-1", "offer_id": "o-1", "title": "-1 is no number", "at": None}],
    "privacy_ledger": [{"window": "2018-06", "used_rho_micro": 100_000, "guess_in_100": "52.1"}],
}


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("static"))


def _make(static: Path, folder: Path, *handed: Handed, **changes: Any) -> tuple[str, Path]:
    given, made = folder / "given.json", folder / "browser.zip"
    facts = {
        "document": document_of(*[one.told for one in handed], **changes),
        "sealed": {one.told["id"]: base64.b64encode(one.sealed).decode() for one in handed},
        "private_key": KEY.hex(),
    }
    given.write_text(json.dumps(facts))
    script = Path(__file__).with_name("take_along.mjs")
    done = subprocess.run(
        ["node", script, static, given, made], capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return done.stdout, made


def test_browser_and_client_make_the_same_archive(static: Path, tmp_path: Path) -> None:
    handed = [Handed("u-1"), Handed("u-2", b""), Handed("u-3", b"PK\x03\x04 a zip")]
    erased = Handed("u-4")
    erased.told.update({"state": "erased", "wrapped_key": None})
    said, made = _make(static, tmp_path, *handed, erased, **AWKWARD)
    assert said == ""
    document = document_of(*[one.told for one in (*handed, erased)], **AWKWARD)
    caller, _ = session((200, document), *[(200, one.sealed) for one in handed])
    exporting.export(caller, tmp_path / "client.zip", KEY)
    with ZipFile(made) as theirs, ZipFile(tmp_path / "client.zip") as ours:
        assert theirs.testzip() is None
        assert sorted(theirs.namelist()) == sorted(ours.namelist())
        for name in ours.namelist():
            if name != "README.txt":
                assert theirs.read(name) == ours.read(name), name
        assert theirs.read("files/u-1.csv") == PLAIN


def test_nothing_is_made_while_a_file_does_not_open(static: Path, tmp_path: Path) -> None:
    handed = Handed("u-1")
    handed.sealed = handed.sealed[:-1]
    said, made = _make(static, tmp_path, handed)
    assert said in {"damaged", "truncated"}
    assert not made.exists()
