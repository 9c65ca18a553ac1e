"""Read a driver's file, whatever its kind, to one frame and a quality report."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from anonymize.formats import gbt32960, lines, opening, parquet
from anonymize.formats.car_scanner import WIDE, CarScannerLong
from anonymize.formats.errors import EmptyFile, FileTooLarge, UnknownFormat
from anonymize.formats.etios import ETIOS
from anonymize.formats.json_lines import JsonTable
from anonymize.formats.kit import KIT
from anonymize.formats.obd import Obd
from anonymize.formats.outcomes import Format, Outcome
from anonymize.formats.owner_log import OwnerLog
from anonymize.formats.quality import CHARGING, QualityReport, Quirk
from anonymize.formats.session_presets import PRESETS
from anonymize.formats.spreadsheets import DamagedLog, MixedDundee
from anonymize.formats.tables import Table, TextTable
from anonymize.formats.twizy import TWIZY
from anonymize.formats.ved import VED
from anonymize.formats.vss_charging import VSS_CHARGING
from anonymize.formats.vss_driving import VSS_DRIVING

MAX_BYTES = 2 * 2**30
"""What a file may have as it is handed in; Parquet has a limit of its own."""

_OWN: tuple[Format, ...] = (VSS_CHARGING, VSS_DRIVING)
# The order matters: what is known by more comes before what is known by less.
_FORMATS: tuple[Format, ...] = (
    *_OWN,
    MixedDundee(),
    *PRESETS,
    CarScannerLong(),
    WIDE,
    ETIOS,
    KIT,
    TWIZY,
    VED,
    OwnerLog(),
    Obd(),
    DamagedLog(),
)


@dataclass(frozen=True)
class Reading:
    """What a file holds: sessions, or the trips of a drive, and how the reading went.

    kind: `charging_sessions` or `driving`. samples: the telemetry of a drive.
    """

    frame: pl.DataFrame
    report: QualityReport
    kind: str = CHARGING
    samples: pl.DataFrame | None = field(default=None, repr=False)


def read(content: bytes, *, name: str = "", max_bytes: int = MAX_BYTES) -> Reading:
    """Return what a file holds, its kind told by its content.

    name: the file's name; only a date in it is looked at, for logs that tell none themselves.

    Raises UnreadableFile, with a reason a driver can act on.
    """
    _check_size(len(content), max_bytes)
    return read_stream(io.BufferedReader(io.BytesIO(content)), name=name)


def read_file(path: Path, *, max_bytes: int = MAX_BYTES) -> Reading:
    """Return what the file at a path holds; it is never held in memory whole, Parquet aside.

    Raises as `read`, and OSError.
    """
    _check_size(path.stat().st_size, max_bytes)
    with path.open("rb") as file:
        return read_stream(file, name=path.name)


def read_stream(file: "io.BufferedReader[Any]", *, name: str = "") -> Reading:
    """Return what a file holds that is read once, from its begin to its end.

    Never held in memory whole, Parquet aside. Raises as `read`, and what reading the file raises.
    """
    quirks: set[Quirk] = set()
    parts = opening.opened(file, quirks)
    first = next(parts, b"")
    if not first.strip():
        raise EmptyFile
    return _reported(_outcome(first, chain([first], parts), quirks, name))


def _outcome(first: bytes, parts: Iterator[bytes], quirks: set[Quirk], name: str) -> Outcome:
    if first.startswith(parquet.MAGIC):
        return _tabled(parquet.ParquetTable(_held(parts), quirks, name), _OWN)
    if gbt32960.is_binary(first):
        return gbt32960.read_binary(parts, quirks, name)
    texts = lines.stretches(opening.as_utf8(parts, quirks), quirks)
    start = next(texts, "")
    texts = chain([start], texts)
    if gbt32960.is_hex(start):
        return gbt32960.read_hex(texts, quirks, name)
    if start.lstrip().startswith("{"):
        return _tabled(JsonTable(texts, quirks, name), _OWN)
    if not start.strip():
        raise EmptyFile
    return _tabled(TextTable(texts, quirks, name), _FORMATS)


def _check_size(size_bytes: int, most_bytes: int) -> None:
    if size_bytes > most_bytes:
        raise FileTooLarge(size_bytes=size_bytes, most_bytes=most_bytes)


def _held(parts: Iterator[bytes]) -> bytes:
    content = bytearray()
    for part in parts:
        content += part
        _check_size(len(content), parquet.MAX_BYTES)
    return bytes(content)


def _tabled(table: Table, formats: Sequence[Format]) -> Outcome:
    for one in formats:
        if one.knows(table.names):
            return one.read(table)
    raise UnknownFormat


def _reported(outcome: Outcome) -> Reading:
    report = QualityReport(
        format=outcome.format,
        kind=outcome.kind,
        rows_read=outcome.rows_read,
        rows_used=outcome.rows_used,
        frame_rows=outcome.frame.height,
        refused=outcome.refused,
        span=outcome.span,
        signals=outcome.signals,
        quirks=tuple(sorted(outcome.quirks)),
        is_simulated=outcome.is_simulated,
    )
    return Reading(outcome.frame, report, outcome.kind, outcome.samples)
