"""An export holds everything, opened on this side; or it is not there at all."""

import base64
import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import requests
from nacl.public import PublicKey, SealedBox

from odometer import archive, exporting
from odometer.errors import Unavailable, Untrusted
from protocol import envelope, vault
from protocol.envelope import Context
from protocol.errors import ProtocolError
from tests.sdk.wire import session

SEED = b"\x05" * 32
KEY = vault.box_key(SEED)
PUBLIC = vault.box_public_key(SEED)
PLAIN = b"start,end\n2018-06-01,2018-06-02\n" * 5_000


class Handed:
    """One upload as the export tells of it, and its ciphertext."""

    def __init__(self, name: str, plaintext: bytes = PLAIN) -> None:
        context = Context("upload", "d-1", "v-1", name)
        data_key = envelope.new_data_key()
        self.sealed = envelope.seal_bytes(plaintext, data_key, context)
        report = SealedBox(PublicKey(PUBLIC)).encrypt(b'{"rows":2}')
        self.told: dict[str, Any] = {
            "id": name,
            "state": "checked",
            "context": asdict(context),
            "wrapped_key": {"sealed": _text(envelope.wrap_key(data_key, PUBLIC, context))},
            "quality": {"report_sealed": _text(report)},
        }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def document_of(*uploads, **changes):
    return {
        "object": "export",
        "made_at": "2026-11-22T12:00:00Z",
        "vehicles": [{"id": "v-1", "brand": "=cmd()", "model": "LEAF"}],
        "uploads": list(uploads),
        "consents": [{"id": "c-1", "receipt": {"@type": "ConsentReceipt"}}],
        "is_complete": True,
        **changes,
    }


def _archives(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if ".zip" in file.name]


def _export(path: Path, *answers, **options):
    caller, _ = session(*answers)
    return exporting.export(caller, path, KEY, **options)


def test_an_archive_holds_facts_tables_receipts_reports_and_the_files_opened(tmp_path):
    handed, path = Handed("u-1"), tmp_path / "mine.zip"
    counts = _export(path, (200, document_of(handed.told)), (200, handed.sealed))
    assert (counts["uploads"], counts["files"]) == (1, 1)
    with ZipFile(path) as kept:
        assert kept.testzip() is None
        assert kept.read("files/u-1.csv") == PLAIN
        assert json.loads(kept.read("reports/u-1.json")) == {"rows": 2}
        assert json.loads(kept.read("receipts/c-1.jsonld")) == {"@type": "ConsentReceipt"}
        assert json.loads(kept.read("export.json"))["object"] == "export"
        assert {f"tables/{name}.csv" for name in archive.TABLES} <= set(kept.namelist())
        assert "docs/export.md" in kept.read("README.txt").decode()


def test_a_sealed_archive_is_opened_later_without_any_server(tmp_path):
    handed = [Handed("u-1"), Handed("u-2", b"")]
    answers = [(200, document_of(*[one.told for one in handed]))]
    answers += [(200, one.sealed) for one in handed]
    _export(tmp_path / "sealed.zip", *answers, is_sealed=True)
    with ZipFile(tmp_path / "sealed.zip") as kept:
        assert kept.read("sealed/u-1.odom") == handed[0].sealed
        assert not [name for name in kept.namelist() if name.startswith(("files/", "reports/"))]
    assert exporting.open_archive(tmp_path / "sealed.zip", tmp_path / "open.zip", SEED) == 2
    with ZipFile(tmp_path / "open.zip") as kept:
        assert kept.read("files/u-1.csv") == PLAIN
        assert kept.read("files/u-2.csv") == b""


def test_erased_and_unfinished_uploads_are_told_and_not_fetched(tmp_path):
    erased = Handed("u-1").told | {"state": "erased", "wrapped_key": None}
    waiting = Handed("u-2").told | {"state": "receiving"}
    counts = _export(tmp_path / "mine.zip", (200, document_of(erased, waiting)))
    assert (counts["uploads"], counts["files"]) == (2, 0)


@pytest.mark.parametrize("cut", [1, 40, 70_000])
def test_nothing_is_saved_while_a_file_does_not_open(tmp_path, cut):
    handed, path = Handed("u-1"), tmp_path / "mine.zip"
    path.write_bytes(b"the export of last month")
    with pytest.raises(ProtocolError):
        _export(path, (200, document_of(handed.told)), (200, handed.sealed[:-cut]))
    assert path.read_bytes() == b"the export of last month"
    assert _archives(tmp_path) == ["mine.zip"]


def test_nothing_is_saved_with_another_seed(tmp_path):
    handed = Handed("u-1")
    caller, _ = session((200, document_of(handed.told)), (200, handed.sealed))
    with pytest.raises(ProtocolError, match="does not open"):
        exporting.export(caller, tmp_path / "mine.zip", vault.box_key(b"\x06" * 32))
    assert not _archives(tmp_path)


def test_a_document_that_is_not_complete_is_no_export(tmp_path):
    with pytest.raises(Untrusted, match="broke off"):
        _export(tmp_path / "mine.zip", (200, document_of(is_complete=False)))


def test_a_lost_connection_leaves_nothing_behind(tmp_path):
    handed = Handed("u-1")
    losses = [requests.ConnectionError("gone")] * 3
    with pytest.raises(Unavailable):
        _export(tmp_path / "mine.zip", (200, document_of(handed.told)), *losses)
    assert not _archives(tmp_path)


def test_a_table_runs_nothing_in_a_spreadsheet():
    text = archive.table([{"id": "v-1", "brand": "=cmd()", "year": -3}], ("id", "brand", "year"))
    assert list(csv.reader(io.StringIO(text))) == [
        ["id", "brand", "year"],
        ["v-1", "'=cmd()", "-3"],
    ]


@pytest.mark.parametrize(
    ("start", "ending"),
    [
        (b"PAR1\x15", ".parquet"),
        (b"PK\x03\x04 xl/workbook", ".zip"),
        (b"PK\x03\x04 [Content_Types].xml", ".xlsx"),
        (b"\x1f\x8b\x08", ".gz"),
        (b'  {"trips": []}', ".json"),
        ("Ladevorgang;Zähler\r\n".encode(), ".csv"),
        (b"\x00\x01", ".bin"),
    ],
)
def test_a_file_is_named_by_how_it_begins(start, ending):
    assert archive.ending_of(start) == ending
