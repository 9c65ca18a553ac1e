"""The blocks of one GB/T 32960 frame: what is read of them, and how long the others are."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from anonymize.formats import gbt32960_lengths as lengths

Values = dict[str, int]

_TIME_BYTES = 6
_EPOCH = datetime.fromisoformat("1970-01-01")
_OFFSET_C = 40
# The last two numbers of each width say: abnormal, invalid.
_ABNORMAL, _ABNORMAL_WORD, _ABNORMAL_LONG = 0xFE, 0xFFFE, 0xFFFFFFFE
_OWN_FIRST, _OWN_LAST = 0x80, 0xFE


@dataclass(frozen=True)
class Version:
    """One edition of the standard.

    vehicle: layout of block 1: always speed, odometer, voltage, current and charge after three
    states. temperatures: the readings of a block. lengths: bytes of a block, from its content.
    """

    vehicle: struct.Struct
    current_offset: int
    temperatures: Mapping[int, Callable[[bytes], list[int]]]
    lengths: Mapping[int, Callable[[bytes], int]]


def moment_ms(payload: bytes) -> int | None:
    """Return the frame's moment on the local (Beijing) clock; None when it is impossible."""
    try:
        year, month, day, hour, minute, second = payload[:_TIME_BYTES]
        at = _EPOCH.replace(
            year=2000 + year, month=month, day=day, hour=hour, minute=minute, second=second
        )
    except ValueError:
        return None
    return (at - _EPOCH) // timedelta(milliseconds=1)


def values(payload: bytes, version: Version) -> Values:
    """Return what the blocks of a data frame tell; a block that breaks off ends the reading."""
    found: Values = {}
    place = _TIME_BYTES
    while place < len(payload):
        kind, content = payload[place], payload[place + 1 :]
        try:
            length = _length(kind, content, version)
            if length > len(content):
                break
            found |= _read(kind, content[:length], version)
        except (IndexError, KeyError, struct.error):
            break
        place += 1 + length
    return found


def _length(kind: int, content: bytes, version: Version) -> int:
    if _OWN_FIRST <= kind <= _OWN_LAST:
        return 2 + _word(content, 0)
    return version.lengths[kind](content)


def _read(kind: int, content: bytes, version: Version) -> Values:
    if kind == 1:
        return _vehicle(version.vehicle.unpack(content), version)
    if kind not in version.temperatures:
        return {}
    known = [raw - _OFFSET_C for raw in version.temperatures[kind](content) if raw < _ABNORMAL]
    return {"battery_temp_dc": round(10 * sum(known) / len(known))} if known else {}


def _vehicle(raw: tuple[int, ...], version: Version) -> Values:
    speed, odometer, voltage, current, charge = raw
    told = {
        "speed_dkmh": speed if speed < _ABNORMAL_WORD else None,
        "odometer_m": odometer * 100 if odometer < _ABNORMAL_LONG else None,
        "voltage_mv": voltage * 100 if voltage < _ABNORMAL_WORD else None,
        "current_ma": (current - version.current_offset) * 100
        if current < _ABNORMAL_WORD
        else None,
        "soc_permille": charge * 10 if charge < _ABNORMAL else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _word(content: bytes, place: int) -> int:
    return int.from_bytes(content[place : place + 2], "big")


def _probes(content: bytes) -> list[int]:
    found: list[int] = []
    place = 1
    for _ in range(content[0]):
        count = _word(content, place + 1)
        found += content[place + 3 : place + 3 + count]
        place += 3 + count
    return found


_PROBES = lengths.packs(3, 1, 2, 1)

OF_2016 = Version(
    vehicle=struct.Struct(">3xHIHHB6x"),
    current_offset=10_000,
    temperatures={9: _probes},
    lengths={
        1: lengths.fixed(20),
        2: lengths.list_of(12),
        3: lambda content: 18 + _word(content, 6),
        4: lengths.fixed(5),
        5: lengths.fixed(9),
        6: lengths.fixed(14),
        7: lengths.warnings_2016,
        8: lengths.packs(10, 9, 1, 2),
        9: _PROBES,
    },
)
OF_2025 = Version(
    vehicle=struct.Struct(">3xHIHHB4x"),
    current_offset=30_000,
    temperatures={8: _probes},
    lengths={
        1: lengths.fixed(18),
        2: lengths.list_of(10),
        4: lengths.fixed(2),
        5: lengths.fixed(10),
        6: lengths.warnings_2025,
        7: lengths.packs(7, 5, 2, 2),
        8: _PROBES,
    },
)
