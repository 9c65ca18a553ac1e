"""The drivers of the demo, their files and the question asked of them: recorded or simulated."""

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from simulator import fleet as simulated

SPECS = Path(__file__).with_name("specs")
DRIVERS_WHEN_SIMULATED = 300

_UNKNOWN = "Unknown"
_HYBRID = re.compile(
    r"PHEV|hybrid|GTE|EREV|Twin Engine|BMW (330e|530e|225xe|i8|X5)|C350E|Optima", re.IGNORECASE
)

Vehicle = dict[str, str | int | None]


class UnknownFleet(ValueError):
    """There is no recorded fleet of a known kind at this path."""


@dataclass(frozen=True)
class FleetDriver:
    """One driver of the demo. label: a number of our own, never an id of the recorded file."""

    label: str
    vehicle: Vehicle
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Fleet:
    """Drivers with one file each, and the QuerySpec that suits their data.

    rows_without_user: recorded rows that nobody can upload, for no published user id owns them.
    """

    name: str
    is_simulated: bool
    drivers: list[FleetDriver] = field(repr=False)
    spec: dict[str, Any] = field(repr=False)
    rows_without_user: int = 0


@dataclass(frozen=True)
class _Recorded:
    """How one recorded set is known and split by user."""

    name: str
    delimiter: str
    first_column: str
    user_column: str
    vehicle_of: Callable[[Sequence[list[str]]], Vehicle]


def load(path: str | None, *, drivers: int | None, seed: int) -> Fleet:
    """Return the fleet recorded at a path (a file or its folder), or a simulated one without path.

    drivers: how many, all or 300 when None; which ones, and in which order, follows from the seed.

    Raises UnknownFleet when the path holds no recorded set of a known kind.
    """
    if path is None:
        return _simulated(DRIVERS_WHEN_SIMULATED if drivers is None else drivers, seed)
    lines = _lines(_table_at(Path(path)))
    kind = _kind_of(lines[0])
    rows, without_user = _rows_by_user(lines, kind)
    users = sorted(rows)
    order = np.random.default_rng(seed).permutation(len(users))
    chosen = [users[int(place)] for place in islice(order, drivers)]
    return Fleet(
        name=kind.name,
        is_simulated=False,
        drivers=[_driver(n, rows[user], lines[0], kind) for n, user in enumerate(chosen, start=1)],
        spec=spec_of(kind.name),
        rows_without_user=without_user,
    )


def spec_of(name: str) -> dict[str, Any]:
    """Return the QuerySpec that ships for `dundee`, `norway` or `simulated`."""
    spec: dict[str, Any] = json.loads((SPECS / f"{name}.json").read_text(encoding="utf-8"))
    return spec


def _simulated(drivers: int, seed: int) -> Fleet:
    return Fleet(
        name="simulated",
        is_simulated=True,
        drivers=[
            FleetDriver(label=one.label, vehicle=dict(one.vehicle), content=one.content)
            for one in simulated.fleet(seed, drivers)
        ],
        spec=spec_of("simulated"),
    )


def _table_at(path: Path) -> Path:
    if path.is_file():
        return path
    tables = sorted([*path.glob("*.csv"), *path.glob("*.csv.gz")])
    if len(tables) != 1:
        raise UnknownFleet(f"{path}: expected one .csv or .csv.gz file here, found {len(tables)}")
    return tables[0]


def _lines(table: Path) -> list[str]:
    """Return the published lines, byte for byte: the files have no line breaks within fields."""
    content = table.read_bytes()
    if table.suffix == ".gz":
        content = gzip.decompress(content)
    return content.decode("utf-8-sig").splitlines(keepends=True) or [""]


def _kind_of(header: str) -> _Recorded:
    for kind in _KINDS:
        names = next(csv.reader([header], delimiter=kind.delimiter), [])
        if names and names[0] == kind.first_column and kind.user_column in names:
            return kind
    raise UnknownFleet("the columns of this recorded set are not known")


def _rows_by_user(lines: Sequence[str], kind: _Recorded) -> tuple[dict[str, list[str]], int]:
    place = next(csv.reader([lines[0]], delimiter=kind.delimiter)).index(kind.user_column)
    rows: dict[str, list[str]] = {}
    without_user = 0
    for line, row in _parsed(lines[1:], kind):
        user = row[place].strip() if place < len(row) else ""
        if user:
            rows.setdefault(user, []).append(line)
        else:
            without_user += 1
    return rows, without_user


def _parsed(lines: Sequence[str], kind: _Recorded) -> Iterator[tuple[str, list[str]]]:
    return zip(lines, csv.reader(lines, delimiter=kind.delimiter), strict=True)


def _driver(number: int, lines: Sequence[str], header: str, kind: _Recorded) -> FleetDriver:
    return FleetDriver(
        label=f"{kind.name}-{number:03}",
        vehicle=kind.vehicle_of([row for _, row in _parsed(lines, kind)]),
        content="".join([header, *lines]).encode(),
    )


def _dundee_vehicle(rows: Sequence[list[str]]) -> Vehicle:
    """Return the car named most often in the last column; its year is not recorded."""
    name = " ".join(Counter(row[-1] for row in rows).most_common(1)[0][0].split())
    brand, _, model = name.partition(" ")
    return _vehicle(brand, model, "phev" if _HYBRID.search(name) else "bev")


def _norway_vehicle(rows: Sequence[list[str]]) -> Vehicle:  # noqa: ARG001  # no row tells the car
    return _vehicle("", "", "bev")


def _vehicle(brand: str, model: str, powertrain: str) -> Vehicle:
    return {
        "brand": brand or _UNKNOWN,
        "model": model or _UNKNOWN,
        "year": None,
        "powertrain": powertrain,
    }


_KINDS = (
    _Recorded("dundee", ",", "Charging event", "User ID", _dundee_vehicle),
    _Recorded("norway", ";", "location", "user_id", _norway_vehicle),
)
