"""The archive of an export: JSON, tables, receipts and files in one ZIP, written once or not."""

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

TABLES: Final[Mapping[str, Sequence[str]]] = {
    "vehicles": ("id", "brand", "model", "year", "powertrain", "is_simulated", "state"),
    "uploads": ("id", "vehicle_id", "state", "size_bytes", "sha256", "cid", "created_at"),
    "consents": ("id", "title", "state", "consent_address", "signed_at", "expires_at"),
    "declines": ("id", "offer_id", "title", "at"),
    "releases": ("release_id", "title", "state", "rho_micro", "charged_at", "published_at"),
    "payouts": ("release_id", "title", "consent_address", "earned_units", "claimed_units"),
    "claims": ("id", "consent_address", "to", "state", "amount_units", "tx_hash"),
    "privacy_ledger": ("window", "used_rho_micro", "cap_rho_micro", "guess_in_100"),
}
"""What of each kind of fact stands in its table; everything stands in export.json."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_KINDS: Final = ((b"PAR1", ".parquet"), (b"PK\x03\x04", ".zip"), (b"\x1f\x8b", ".gz"))
_WORKBOOK: Final = b"[Content_Types].xml"
_START_BYTES: Final = 1024
_TEXT_MARKS: Final = frozenset(b"\t\n\r")
_SPACE: Final = 32


@contextmanager
def writing(path: Path) -> Iterator[ZipFile]:
    """Give a ZIP that takes its name only when all of it was written; a fault leaves nothing."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file, ZipFile(file, "w", ZIP_DEFLATED) as made:
            yield made
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def add_facts(made: ZipFile, document: Mapping[str, Any], readme: str) -> None:
    """Write the document, a table of each kind of fact, and the receipts."""
    made.writestr("README.txt", readme)
    made.writestr("export.json", _json(document))
    for name, columns in TABLES.items():
        made.writestr(f"tables/{name}.csv", table(document.get(name, []), columns))
    for consent in document.get("consents", []):
        if consent.get("receipt"):
            made.writestr(f"receipts/{consent['id']}.jsonld", _json(consent["receipt"]))


def add_file(made: ZipFile, name: str, pieces: Iterable[bytes]) -> str:
    """Write one file piece by piece; returns its name, with the ending that its start asks for."""
    rest = iter(pieces)
    start = next(rest, b"")
    whole = name + ending_of(start)
    with made.open(whole, "w", force_zip64=True) as entry:
        for piece in chain([start], rest):
            entry.write(piece)
    return whole


def ending_of(start: bytes) -> str:
    """Return the ending of a file's name by how it begins; names never left the driver's device."""
    if _WORKBOOK in start[:_START_BYTES]:
        return ".xlsx"
    for mark, ending in _KINDS:
        if start.startswith(mark):
            return ending
    head = start[:_START_BYTES]
    if any(byte < _SPACE and byte not in _TEXT_MARKS for byte in head):
        return ".bin"
    return ".json" if head.lstrip()[:1] in {b"{", b"["} else ".csv"


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return rows as CSV (RFC 4180), UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """Return what a spreadsheet shows and never runs: words of others come in titles."""
    if isinstance(value, bool):
        return "true" if value else "false"
    is_risky = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if is_risky else value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
