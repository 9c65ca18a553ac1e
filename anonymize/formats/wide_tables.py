"""Drives as wide tables: a column for each signal, a row for each moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from anonymize.formats import channels, naming, values
from anonymize.formats.clocks import Clock, RowIsSecond
from anonymize.formats.driving import Driving
from anonymize.formats.errors import SeveralVehicles
from anonymize.formats.outcomes import Outcome
from anonymize.formats.quality import Quirk
from anonymize.formats.tables import ROW, Table
from anonymize.formats.timeline import TRIP
from anonymize.formats.units import Scale, Signal

Names = Mapping[str, tuple[Signal, Scale]]


@dataclass(frozen=True)
class WideTable:
    """Where a log keeps what. Names of columns are plain here: small, without unit.

    marks: names that tell the log from others. named: its own names for signals; those that are
    known everywhere when empty. sign: 1 when current and power into the battery are positive, -1
    when those out of it are, 0 when the format does not say. vehicle: a column that must hold one
    value and is not kept. trip: a column that changes from trip to trip.
    """

    name: str
    clock: Callable[[], Clock]
    marks: frozenset[str]
    named: Names = field(default_factory=dict)
    sign: int = 0
    vehicle: str | None = None
    trip: str | None = None

    def knows(self, names: Sequence[str]) -> bool:
        """Tell whether the columns it needs are all there."""
        needed = {*self.marks, *self.clock().columns}
        return needed <= set(_plain(names)) and bool(self.signals(names))

    def read(self, table: Table) -> Outcome:
        """Read every row to the telemetry and its trips. Raises SeveralVehicles."""
        plain = _plain(table.names)
        clock = self.clock()
        clock_places = [plain.index(name) for name in clock.columns]
        signals = self.signals(table.names)
        vehicle, trip = (plain.index(n) if n in plain else None for n in (self.vehicle, self.trip))
        others = [place for place in (vehicle, trip) if place is not None]
        if isinstance(clock, RowIsSecond):
            table.quirks.add(Quirk.ROW_IS_SECOND)
        driving = Driving(self.name, table, clock=clock, sign=self.sign)
        owners: set[str] = set()
        for stretch in table.stretches(sorted({*clock_places, *signals, *others})):
            frame = stretch.frame
            told = [frame[str(place)] for place in clock_places]
            owners |= _owners(frame, vehicle)
            driving.add(
                time=clock.read(told or [frame[ROW]]),
                is_missing=_any_missing(told, frame.height),
                signals=self._columns(frame, signals, trip, table),
                wrong=stretch.wrong,
            )
        if len(owners) > 1:
            raise SeveralVehicles
        return driving.outcome()

    def signals(self, names: Sequence[str]) -> dict[int, tuple[Signal, Scale]]:
        """Return the place, signal and scale of each column that is read; of two, the first."""
        found: dict[str, tuple[int, tuple[Signal, Scale]]] = {}
        for place, name in enumerate(names):
            known = self.named.get(_plain([name])[0]) if self.named else channels.known(name)
            if known is not None:
                found.setdefault(known[0].column, (place, known))
        return dict(found.values())

    def _columns(
        self,
        frame: pl.DataFrame,
        signals: Mapping[int, tuple[Signal, Scale]],
        trip: int | None,
        table: Table,
    ) -> pl.DataFrame:
        columns = {}
        for place, (signal, scale) in signals.items():
            read = values.numbers(frame[str(place)], decimal_comma=table.decimal_comma)
            columns[signal.column] = scaled(read, signal, scale)
            if columns[signal.column].count() < read.count():
                table.quirks.add(Quirk.IMPLAUSIBLE_VALUES)
        if trip is not None:
            number = values.numbers(frame[str(trip)], decimal_comma=table.decimal_comma)
            columns[TRIP] = number.cast(pl.Int64, strict=False)
        return pl.DataFrame(columns)


def scaled(read: pl.Series, signal: Signal, scale: Scale) -> pl.Series:
    """Return values in the unit of the signal's column; null where no road vehicle shows them."""
    factor, offset = scale
    return values.whole(
        read * factor + offset, low=signal.low, high=signal.high, dtype=signal.dtype
    )


def _plain(names: Sequence[str]) -> list[str]:
    return [naming.parted(name)[0] for name in names]


def _owners(frame: pl.DataFrame, vehicle: int | None) -> set[str]:
    if vehicle is None:
        return set()
    return set(values.stripped(frame[str(vehicle)]).drop_nulls().unique().head(2))


def _any_missing(columns: Sequence[pl.Series], height: int) -> pl.Series:
    gone = [values.stripped(column).is_null() for column in columns]
    if not gone:
        return pl.repeat(value=False, n=height, dtype=pl.Boolean, eager=True)
    return pl.select(pl.any_horizontal(gone)).to_series()
