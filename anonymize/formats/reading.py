"""Read a driver's file, whatever its kind, to one frame and a quality report."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from anonymize.formats.dundee import Dundee
from anonymize.formats.errors import BrokenTable, EmptyFile, FileTooLarge, NotText, UnknownFormat
from anonymize.formats.norway import Norway
from anonymize.formats.quality import QualityReport, Refusal
from anonymize.formats.sessions import SIGNALS, Session, SessionFormat, frame_of
from anonymize.formats.vss_charging import VssCharging

MAX_BYTES = 64 * 2**20
SIMULATED = "SIMULATED"

_FORMATS: tuple[SessionFormat, ...] = (VssCharging(), Dundee(), Norway())


@dataclass(frozen=True)
class Reading:
    """What a file holds: the usable sessions as a frame, and how the reading went."""

    frame: pl.DataFrame
    report: QualityReport


def read(content: bytes, *, max_bytes: int = MAX_BYTES) -> Reading:
    """Return the sessions of a file, its kind told by its content.

    Raises UnreadableFile, with a reason a driver can act on.
    """
    if len(content) > max_bytes:
        raise FileTooLarge(size_bytes=len(content), most_bytes=max_bytes)
    remarks, table = _split(_text_of(content))
    kind, places, width = _recognised(table)
    sessions, refused, rows_read = _sessions(table, kind, places, width)
    days = [session.started_at.date() for session in sessions]
    report = QualityReport(
        format=kind.name,
        rows_read=rows_read,
        rows_used=len(sessions),
        refused=refused,
        span=(min(days), max(days)) if days else None,
        signals=SIGNALS if sessions else (),
        is_simulated=SIMULATED in remarks,
    )
    return Reading(frame=frame_of(sessions), report=report)


def _text_of(content: bytes) -> str:
    if not content.strip():
        raise EmptyFile
    if b"\0" in content:
        raise NotText
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _split(text: str) -> tuple[str, str]:
    """Part the remarks, lines at the top that begin with `#`, from the table."""
    start = 0
    while text.startswith("#", start):
        start = text.find("\n", start) + 1 or len(text)
    return text[:start], text[start:]


def _recognised(table: str) -> tuple[SessionFormat, dict[str, int], int]:
    for kind in _FORMATS:
        header = next(_rows(table, kind.delimiter), (1, []))[1]
        places = kind.places([name.strip() for name in header])
        if places is not None:
            return kind, places, len(header)
    raise UnknownFormat


def _sessions(
    table: str, kind: SessionFormat, places: dict[str, int], width: int
) -> tuple[list[Session], Counter[Refusal], int]:
    sessions: list[Session] = []
    refused: Counter[Refusal] = Counter()
    seen: set[tuple[str, ...]] = set()
    rows = _rows(table, kind.delimiter)
    next(rows)
    for _, row in rows:
        found = _session(row, kind, places, width, seen)
        if isinstance(found, Session):
            sessions.append(found)
        else:
            refused[found] += 1
    return sessions, refused, len(sessions) + refused.total()


def _session(
    row: Sequence[str],
    kind: SessionFormat,
    places: dict[str, int],
    width: int,
    seen: set[tuple[str, ...]],
) -> Session | Refusal:
    if len(row) != width:
        return Refusal.WRONG_COLUMNS
    if (whole := tuple(row)) in seen:
        return Refusal.DUPLICATE
    seen.add(whole)
    return kind.session(row, places)


def _rows(table: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and row; blank lines are passed over."""
    reader = csv.reader(io.StringIO(table, newline=""), delimiter=delimiter)
    try:
        yield from ((reader.line_num, row) for row in reader if row)
    except csv.Error as error:
        raise BrokenTable(line=reader.line_num) from error
