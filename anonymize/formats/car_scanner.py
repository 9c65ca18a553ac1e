"""Exports of Car Scanner: wide, a column a signal, and long, a row a value."""

from collections.abc import Sequence

import polars as pl

from anonymize.formats import channels, naming, values
from anonymize.formats.clocks import ClockOfDay, SecondsOfDay
from anonymize.formats.driving import Driving
from anonymize.formats.outcomes import Outcome
from anonymize.formats.quality import Quirk
from anonymize.formats.tables import Table
from anonymize.formats.wide_tables import WideTable, scaled

WIDE = WideTable(
    name="car_scanner_wide",
    clock=ClockOfDay,
    marks=frozenset({"battery dc voltage", "battery dc current"}),
    sign=-1,  # the app counts what leaves the battery
)


class CarScannerLong:
    """`SECONDS; PID; VALUE; UNITS`, and coordinates that are never looked at."""

    name = "car_scanner_long"
    _needed = ("SECONDS", "PID", "VALUE", "UNITS")

    def knows(self, names: Sequence[str]) -> bool:
        """Tell whether the four columns are there."""
        return set(self._needed) <= set(names)

    def read(self, table: Table) -> Outcome:
        """Read each value to the signal that its name and unit tell."""
        places = [table.names.index(name) for name in self._needed]
        clock, chosen = SecondsOfDay(), dict[str, str]()
        driving = Driving(self.name, table, clock=clock, sign=-1)
        for stretch in table.stretches(sorted(places)):
            seconds, pid, value, unit = (stretch.frame[str(place)] for place in places)
            driving.add(
                time=clock.read([seconds]),
                is_missing=values.stripped(seconds).is_null(),
                signals=_signals(pid, value, unit, chosen, table.quirks),
                wrong=stretch.wrong,
            )
        return driving.outcome()


def _signals(
    pid: pl.Series, value: pl.Series, unit: pl.Series, chosen: dict[str, str], quirks: set[Quirk]
) -> pl.DataFrame:
    """Return a column for each signal, by the first of its names that the file has."""
    number = values.numbers(value, decimal_comma=True)
    pairs = pl.DataFrame({"pid": pid, "unit": unit}).unique(maintain_order=True)
    columns: dict[str, pl.Series] = {}
    for name, told in pairs.drop_nulls("pid").iter_rows():
        tidy = naming.tidy(name, quirks)
        known = channels.scaled(tidy.lower(), naming.tidy(told or "", quirks))
        known = known or channels.known(tidy)  # some names carry the unit too
        if known is None or chosen.setdefault(known[0].column, name) != name:
            continue
        read = values.kept(
            number, (pid == name) & unit.eq_missing(pl.Series([told], dtype=pl.String))
        )
        column = scaled(read, *known)
        if column.count() < read.count():
            quirks.add(Quirk.IMPLAUSIBLE_VALUES)
        held = columns.get(known[0].column)
        columns[known[0].column] = column if held is None else held.fill_null(column)
    return pl.DataFrame(columns)
