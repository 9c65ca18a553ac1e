"""Frames of GB/T 32960-2016 and -2025, as monitoring units send them: binary, or hex in lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import polars as pl

from anonymize.formats import gbt32960_blocks as blocks
from anonymize.formats.clocks import Stamp
from anonymize.formats.driving import Driving
from anonymize.formats.errors import EncryptedFrames, SeveralVehicles, UnreadableFile
from anonymize.formats.outcomes import Outcome
from anonymize.formats.quality import Quirk, Refusal
from anonymize.formats.units import SIGNALS

NAME = "gbt32960"

_VERSIONS = {b"##": blocks.OF_2016, b"$$": blocks.OF_2025}
_DATA = (0x02, 0x03)  # sent at once, and sent later
_UNENCRYPTED = 0x01
_KIND, _OWNER, _ENCRYPTION, _LENGTH = 2, slice(4, 21), 21, slice(22, 24)
_HEAD_BYTES = 24
_MOST_BYTES = _HEAD_BYTES + 0xFFFF + 1
_STARTS = rb"(?:##|\$\$)[\x01-\x0b\x80-\xfe][\x01-\x06\xfe]"
_ANY_START = re.compile(_STARTS)
_HEX = re.compile(
    r"(?:2323|2424)(?:0[1-9ab]|[89a-f][0-9a-f])(?:0[1-6]|fe)[0-9a-f]{42,}",
    re.ASCII | re.IGNORECASE,
)
_FRAMES_IN_STRETCH = 10_000
_MOST_BROKEN = 100_000
_SCHEMA = {signal.column: signal.dtype for signal in SIGNALS}


@dataclass
class _Source:
    quirks: set[Quirk]
    file_name: str
    remarks: str = ""


@dataclass(frozen=True)
class _Frame:
    """owner: a number that differs from vehicle to vehicle and says nothing; None: broken."""

    time_ms: int | None
    values: blocks.Values
    owner: int | None


_BROKEN = _Frame(time_ms=None, values={}, owner=None)


def is_binary(start: bytes) -> bool:
    """Tell frames by how they begin."""
    return _ANY_START.match(start) is not None


def is_hex(start: str) -> bool:
    """Tell lines of hex by the first line that is not empty."""
    return _in_line(start.lstrip()[: 4 * _MOST_BYTES].split("\n", 1)[0]) is not None


def read_binary(parts: Iterator[bytes], quirks: set[Quirk], file_name: str) -> Outcome:
    """Read frames that follow each other. Raises SeveralVehicles, EncryptedFrames."""
    return _read(map(_frame, _cut(parts)), quirks, file_name)


def read_hex(texts: Iterator[str], quirks: set[Quirk], file_name: str) -> Outcome:
    """Read a frame a line, whatever stands before it. Raises as `read_binary`."""
    lines = (line for text in texts for line in text.split("\n") if line.strip())
    frames = (_frame(_in_line(line) or b"") for line in lines)
    return _read(frames, quirks, file_name)


def _read(frames: Iterator[_Frame], quirks: set[Quirk], file_name: str) -> Outcome:
    # Current counts what leaves the battery in this standard.
    driving = Driving(NAME, _Source(quirks, file_name), clock=Stamp(), sign=-1)
    owners: set[int] = set()
    broken = 0
    while stretch := list(islice(frames, _FRAMES_IN_STRETCH)):
        whole = [frame for frame in stretch if frame.owner is not None]
        owners.update(frame.owner for frame in whole if frame.owner is not None)
        if len(owners) > 1:
            raise SeveralVehicles
        broken += len(stretch) - len(whole)
        if broken > _MOST_BROKEN:
            raise UnreadableFile
        time = pl.Series([frame.time_ms for frame in whole], dtype=pl.Int64)
        values = pl.from_dicts([frame.values for frame in whole], schema=_SCHEMA) if whole else None
        never = pl.repeat(value=False, n=len(whole), dtype=pl.Boolean, eager=True)
        signals = pl.DataFrame(schema=_SCHEMA) if values is None else values
        driving.add(time=time, is_missing=never, signals=signals)
    driving.refuse(Refusal.BROKEN_FRAME, broken)
    return driving.outcome()


def _frame(content: bytes) -> _Frame:
    """Decode one frame. Raises EncryptedFrames for one whose data cannot be read."""
    if not is_binary(content) or not _is_whole(content):
        return _BROKEN
    owner = hash(content[_OWNER])
    if content[_KIND] not in _DATA:
        return _Frame(time_ms=0, values={}, owner=owner)
    if content[_ENCRYPTION] != _UNENCRYPTED:
        raise EncryptedFrames
    payload = content[_HEAD_BYTES:-1]
    at = blocks.moment_ms(payload)
    return _Frame(at, blocks.values(payload, _VERSIONS[content[:_KIND]]), owner)


def _cut(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield frames; what stands between two of them is yielded too, as a broken frame."""
    held, place = b"", 0
    for part in parts:
        held, place = held[place:] + part, 0
        while len(held) - place >= _MOST_BYTES:
            end = _end(held, place)
            yield held[place:end]
            place = end
    while place < len(held):
        end = _end(held, place)
        yield held[place:end]
        place = end


def _end(held: bytes, place: int) -> int:
    """Return where the frame at this place ends, or the next one begins when there is none."""
    head = held[place : place + _HEAD_BYTES]
    if is_binary(head):
        end = place + _HEAD_BYTES + int.from_bytes(head[_LENGTH], "big") + 1
        if end <= len(held) and _is_whole(held[place:end]):
            return end
    following = _ANY_START.search(held, place + 1)
    return following.start() if following else len(held)


def _is_whole(frame: bytes) -> bool:
    """Tell whether the check byte, the exclusive or of all after the start, fits."""
    body = np.frombuffer(frame, dtype=np.uint8)[_KIND:]
    return len(frame) > _HEAD_BYTES and not np.bitwise_xor.reduce(body)


def _in_line(line: str) -> bytes | None:
    found = _HEX.search(line.replace(" ", ""))
    if found is None:
        return None
    whole = found[0]
    length = 2 * (_HEAD_BYTES + int(whole[2 * 22 : 2 * _HEAD_BYTES], 16) + 1)
    return bytes.fromhex(whole[:length]) if len(whole) >= length else b"\0"
