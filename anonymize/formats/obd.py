"""Logs of OBD adapters in general: one time column, signals with their unit in the header."""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from anonymize.formats import channels, naming
from anonymize.formats.clocks import Stamp
from anonymize.formats.errors import SpreadsheetDamage
from anonymize.formats.outcomes import Outcome
from anonymize.formats.tables import Stretch, Table
from anonymize.formats.wide_tables import WideTable

_TIMES = ("timestamp", "device time", "datetime", "date time", "gps time", "time", "seconds")
_LOOKED_AT = 200
# 1,51336E+12 was a time; -58.321.307 a coordinate; 48km/h a number beside its unit.
_DAMAGE = re.compile(
    r"\s*(?:[0-9][.,][0-9]+E\+[0-9]+"
    r"|-?[0-9]{1,3}\.[0-9]{3}\.[0-9]{1,3}"
    r"|-?[0-9]+(?:[.,][0-9]+)?\s*(?:km/h|g/s|rpm|kPa|[°º]?C))\s*",
    re.ASCII | re.IGNORECASE,
)


class Obd:
    """Any log with a time and a known signal. Says nothing about signs: the data must tell."""

    name = "obd"

    def knows(self, names: Sequence[str]) -> bool:
        """Tell whether there is a time, and a signal whose header has a unit in brackets."""
        with_unit = [name for name in names if naming.parted(name)[1]]
        return _time_of(names) is not None and any(map(channels.known, with_unit))

    def read(self, table: Table) -> Outcome:
        """Read it as a wide table. Raises SpreadsheetDamage."""
        time = _time_of(table.names) or ""
        wide = WideTable(name=self.name, clock=partial(Stamp, (time,)), marks=frozenset())
        return wide.read(Undamaged(table))


class Undamaged:
    """A table whose first rows are looked at before anything is read."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.names, self.remarks, self.quirks = table.names, table.remarks, table.quirks
        self.decimal_comma, self.file_name = table.decimal_comma, table.file_name

    def stretches(self, places: Sequence[int]) -> Iterator[Stretch]:
        """Yield the table's stretches. Raises SpreadsheetDamage."""
        stretches = self._table.stretches(places)
        for first in stretches:
            refuse_damage(first, places)
            yield first
            break
        yield from stretches


def refuse_damage(stretch: Stretch, places: Sequence[int]) -> None:
    """Raise SpreadsheetDamage when most first values of a column are what a spreadsheet leaves."""
    for place in places:
        told = stretch.frame[str(place)].drop_nulls().head(_LOOKED_AT).to_list()
        texts = [text for text in told if isinstance(text, str) and text.strip()]
        damaged = sum(1 for text in texts if _DAMAGE.fullmatch(text))
        if damaged * 2 > len(texts):
            raise SpreadsheetDamage


def _time_of(names: Sequence[str]) -> str | None:
    plain = {naming.parted(name)[0] for name in names}
    return next((time for time in _TIMES if time in plain), None)
