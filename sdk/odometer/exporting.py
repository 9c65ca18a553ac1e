"""Take everything along: every fact, every receipt, and every upload opened on this side."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import requests
from nacl.public import PrivateKey, SealedBox

from odometer import archive
from odometer.errors import Untrusted, unreachable
from odometer.http import Session
from protocol import envelope, vault

PIECE_BYTES: Final = 1024 * 1024
WHOLE: Final = frozenset({"received", "pinned", "checked", "unreadable"})
"""States of an upload whose bytes can be fetched."""

_ABOUT: Final = """Odometer: everything about one driver
=====================================

export.json      every fact, as the server tells it
tables/*.csv     the same in short, for spreadsheets
receipts/        the receipts of consents; each can be checked, and its consent stopped, without us
reports/         what the builder found in a file (JSON)
{files}

Taken on {made_at}. Every field is explained in docs/export.md of the program.
"""
_OPENED: Final = "files/           the files as they were handed in, opened with your own key"
_SEALED: Final = """sealed/          the files as we keep them; your 24 words open them without us:
                 odometer data open THIS.zip OPENED.zip --words-file words.txt"""


def export(
    session: Session, path: Path, private_key: bytes, *, is_sealed: bool = False
) -> dict[str, int]:
    """Write the archive and return how many facts of each kind, and how many files, it holds.

    private_key: the driver's X25519 key; is_sealed: take the files as they are kept, unopened.
    Nothing is saved while anything fails to open. Raises ProtocolError, Unavailable, Untrusted.
    """
    document = session.get("/drivers/me/export")
    if not document.get("is_complete"):
        raise Untrusted("export_incomplete", "the export broke off")
    with archive.writing(path) as made:
        archive.add_facts(made, document, _readme(document, is_sealed=is_sealed))
        uploads = [upload for upload in document["uploads"] if is_here(upload)]
        for upload in uploads:
            sealed = _fetched(session, upload["id"])
            if is_sealed:
                _add_sealed(made, upload, sealed)
            else:
                archive.add_file(made, _name(upload), opened(upload, sealed, private_key))
                _add_report(made, upload, private_key)
    return {**_counts(document), "files": len(uploads)}


def open_archive(sealed: Path, path: Path, seed: bytes) -> int:
    """Open every file of a sealed archive, without any server; returns how many there were.

    seed: of the recovery words. Raises ProtocolError when one does not open; nothing is saved then.
    """
    private_key = vault.box_key(seed)
    with ZipFile(sealed) as kept, archive.writing(path) as made:
        document = json.loads(kept.read("export.json"))
        archive.add_facts(made, document, _readme(document, is_sealed=False))
        uploads = [upload for upload in document["uploads"] if is_here(upload)]
        for upload in uploads:
            with kept.open(_sealed_name(upload)) as entry:
                pieces = iter(lambda: entry.read(PIECE_BYTES), b"")
                archive.add_file(made, _name(upload), opened(upload, pieces, private_key))
            _add_report(made, upload, private_key)
    return len(uploads)


def is_here(upload: Mapping[str, Any]) -> bool:
    """Tell whether the bytes of an upload can be fetched: whole, and not erased."""
    return upload["state"] in WHOLE and upload["wrapped_key"] is not None


def opened(
    upload: Mapping[str, Any], sealed: Iterator[bytes], private_key: bytes
) -> Iterator[bytes]:
    """Yield the plaintext of an upload; it is whole only when the last piece came."""
    context = envelope.Context(**upload["context"])
    wrapped = base64.b64decode(upload["wrapped_key"]["sealed"], validate=True)
    data_key = envelope.unwrap_key(wrapped, private_key, context)
    return envelope.open_chunks(sealed, data_key, context)


def _fetched(session: Session, upload_id: str) -> Iterator[bytes]:
    answer = session.send(
        "GET", f"/uploads/{upload_id}/content", headers={"Accept": "*/*"}, stream=True
    )
    try:
        yield from answer.iter_content(PIECE_BYTES)
    except requests.RequestException as loss:
        raise unreachable(session.url, loss) from loss


def _add_sealed(made: ZipFile, upload: Mapping[str, Any], sealed: Iterator[bytes]) -> None:
    with made.open(_sealed_name(upload), "w", force_zip64=True) as entry:
        for piece in sealed:
            entry.write(piece)


def _add_report(made: ZipFile, upload: Mapping[str, Any], private_key: bytes) -> None:
    text = (upload.get("quality") or {}).get("report_sealed")
    if text:
        report = SealedBox(PrivateKey(private_key)).decrypt(base64.b64decode(text))
        made.writestr(f"reports/{upload['id']}.json", report)


def _name(upload: Mapping[str, Any]) -> str:
    return f"files/{upload['id']}"


def _sealed_name(upload: Mapping[str, Any]) -> str:
    return f"sealed/{upload['id']}.odom"


def _readme(document: Mapping[str, Any], *, is_sealed: bool) -> str:
    files = _SEALED if is_sealed else _OPENED
    return _ABOUT.format(files=files, made_at=document["made_at"])


def _counts(document: Mapping[str, Any]) -> dict[str, int]:
    return {name: len(rows) for name, rows in document.items() if isinstance(rows, list)}
