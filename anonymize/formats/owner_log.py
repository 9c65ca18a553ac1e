"""Owners' charging logs (spritmonitor and its like): a row for what was driven on one charge."""

from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl

from anonymize.formats import moments, naming, outcomes, trips, units, values
from anonymize.formats.moments import Form
from anonymize.formats.outcomes import Outcome
from anonymize.formats.quality import DRIVING, Refusal
from anonymize.formats.tables import HASH, Table

_DATE = ("fuel date", "")
_DISTANCE, _ENERGY = ("trip distance", "km"), ("quantity", "kwh")
_ODOMETER = "odometer"
_LONGEST_M = 3_000_000
_SCHEMA: Mapping[str, pl.DataType] = {
    "started_at": pl.Datetime("us"),
    "distance_m": pl.Int64(),
    "energy_wh": pl.Int64(),
    "odometer_m": pl.Int64(),
    "is_missing": pl.Boolean(),
    HASH: pl.UInt64(),
}
_SIGNALS = {"distance_m": "distance", "energy_wh": "energy_used", "odometer_m": "odometer"}


class OwnerLog:
    """Only date, odometer, distance and energy are looked at: notes can say anything."""

    name = "owner_log"

    def knows(self, names: Sequence[str]) -> bool:
        """Tell whether date, distance in km and energy in kWh are there."""
        return {_DATE, _DISTANCE, _ENERGY} <= set(_parted(names))

    def read(self, table: Table) -> Outcome:
        """Read each row as one stretch of driving without an hour."""
        parted = _parted(table.names)
        places = {n: parted.index(n) for n in (_DATE, _DISTANCE, _ENERGY)}
        odometer = next((p for p, n in enumerate(parted) if n[0] == _ODOMETER), None)
        asked = sorted({*places.values(), *([] if odometer is None else [odometer])})
        kept, wrong = [pl.DataFrame(schema=_SCHEMA)], 0
        for stretch in table.stretches(asked):
            kept.append(_rows(stretch.frame, places, odometer, comma=table.decimal_comma))
            wrong += stretch.wrong
            outcomes.check_rows(sum(frame.height for frame in kept))
        return _outcome(pl.concat(kept), wrong, table)


def _rows(
    frame: pl.DataFrame, places: dict[tuple[str, str], int], odometer: int | None, *, comma: bool
) -> pl.DataFrame:
    date = values.stripped(frame[str(places[_DATE])])
    metres, energy = (
        values.numbers(frame[str(places[name])], decimal_comma=comma) * 1000
        for name in (_DISTANCE, _ENERGY)
    )
    driven = pl.Series([None] * frame.height, dtype=pl.Float64)
    if odometer is not None:
        driven = values.numbers(frame[str(odometer)], decimal_comma=comma) * 1000
    low, high = units.ODOMETER.low, units.ODOMETER.high
    return pl.DataFrame(
        {
            "started_at": moments.moments(date + " 00:00", Form.DAY_FIRST),
            "distance_m": values.whole(metres, low=1, high=_LONGEST_M, dtype=pl.Int64),
            "energy_wh": values.whole(energy, low=1, high=units.ENERGY.high, dtype=pl.Int64),
            "odometer_m": values.whole(driven, low=low, high=high, dtype=pl.Int64),
            "is_missing": date.is_null(),
            HASH: frame[HASH],
        },
        schema=_SCHEMA,
    )


def _outcome(found: pl.DataFrame, wrong: int, table: Table) -> Outcome:
    nothing = pl.col("distance_m").is_null() & pl.col("energy_wh").is_null()
    reasons = (
        (~pl.col(HASH).is_first_distinct(), Refusal.DUPLICATE),
        (pl.col("is_missing"), Refusal.MISSING_TIME),
        (pl.col("started_at").is_null(), Refusal.IMPOSSIBLE_DATE),
        (nothing, Refusal.NO_SIGNAL),
    )
    codes = [pl.when(where).then(pl.lit(reason.value)) for where, reason in reasons]
    found = found.with_columns(pl.coalesce(codes).alias("refusal"))
    used = found.filter(pl.col("refusal").is_null())
    refused = Counter(Refusal(code) for code in found["refusal"].drop_nulls())
    refused.update({Refusal.WRONG_COLUMNS: wrong} if wrong else {})
    return Outcome(
        format=OwnerLog.name,
        kind=DRIVING,
        frame=_trips(used),
        rows_read=found.height + wrong,
        rows_used=used.height,
        refused=refused,
        signals=tuple(word for name, word in _SIGNALS.items() if used[name].count()),
        quirks=frozenset(table.quirks),
        span=outcomes.span_of(used["started_at"]),
    )


def _trips(used: pl.DataFrame) -> pl.DataFrame:
    """Return the frame of trips; no hour is known, and no speed."""
    per_km = pl.when(pl.col("distance_m") >= trips.LEAST_FOR_CONSUMPTION_M).then(
        pl.col("energy_wh") * 1000 / pl.col("distance_m")
    )
    told = used.select(
        "distance_m",
        "energy_wh",
        "odometer_m",
        pl.col("started_at").cast(pl.Datetime("ms")),
        pl.col("started_at").dt.strftime("%Y-%m").alias("window"),
        per_km.round(0).cast(pl.Int64).alias("energy_wh_per_km"),
    )
    rest = [
        pl.lit(None, dtype=kind).alias(n)
        for n, kind in trips.SCHEMA.items()
        if n not in told.columns
    ]
    return told.with_columns(rest).select(list(trips.SCHEMA))


def _parted(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(plain, unit.lower()) for plain, unit in map(naming.parted, names)]
