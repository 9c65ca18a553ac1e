"""Trips from telemetry: distance, energy, harsh events, night and speed, one row each."""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from anonymize.formats import measures, timeline
from anonymize.formats.timeline import TIME, TRIP
from anonymize.formats.units import SIGNALS

SCHEMA: Mapping[str, pl.DataType] = {
    "window": pl.String(),
    "started_at": pl.Datetime("ms"),
    "start_hour": pl.Int64(),
    "vehicle_model": pl.String(),
    "distance_m": pl.Int64(),
    "duration_s": pl.Int64(),
    "energy_wh": pl.Int64(),
    "energy_wh_per_km": pl.Int64(),
    "speed_dkmh": pl.Int64(),
    "max_speed_dkmh": pl.Int64(),
    "harsh_accelerations": pl.Int64(),
    "harsh_brakings": pl.Int64(),
    "harsh_events": pl.Int64(),
    "night_s": pl.Int64(),
    "night_distance_m": pl.Int64(),
    "speeding_distance_m": pl.Int64(),
    "start_soc_permille": pl.Int64(),
    "end_soc_permille": pl.Int64(),
    "ambient_temp_dc": pl.Int64(),
    "battery_temp_dc": pl.Int64(),
    "soh_permille": pl.Int64(),
    "odometer_m": pl.Int64(),
}
"""energy_wh: drawn from the battery, what braking gave back taken off. speed_dkmh: the mean.

window, started_at, start_hour: local; null without a date. Temperatures: means of the trip.
soh_permille, odometer_m: the last. A stretch without 100 m of movement is no trip: its distance,
duration, energy, speeds and events are null, and what it tells of the battery stays.
"""

LEAST_MOVE_M = 100
LEAST_FOR_CONSUMPTION_M = 1_000


def per_trip(samples: pl.DataFrame, started_at: datetime | None) -> pl.DataFrame:
    """Return one row for each trip in samples that are in order of `time_ms`.

    started_at: local moment of `time_ms` 0; without it nothing is known of hours and months.
    """
    if not samples.height:
        return pl.DataFrame(schema=SCHEMA)
    samples = _whole(samples).with_columns(timeline.trip_numbers(samples).alias(TRIP))
    parts = [
        measures.moves(samples, started_at),
        measures.harsh(samples),
        measures.drawn(samples),
    ]
    trips = _states(samples, started_at)
    for part in parts:
        trips = trips.join(part, on=TRIP, how="left", maintain_order="left")
    return _finished(trips)


def _whole(samples: pl.DataFrame) -> pl.DataFrame:
    """Return the samples with a column for every signal."""
    missing = [
        pl.lit(None, dtype=signal.dtype).alias(signal.column)
        for signal in SIGNALS
        if signal.column not in samples.columns
    ]
    return samples.with_columns(missing)


def _states(samples: pl.DataFrame, started_at: datetime | None) -> pl.DataFrame:
    soc, odometer, left = (
        pl.col(name).drop_nulls() for name in ("soc_permille", "odometer_m", "energy_wh")
    )
    trips = samples.group_by(TRIP, maintain_order=True).agg(
        pl.col(TIME).first(),
        (pl.col(TIME).last() - pl.col(TIME).first()).floordiv(1000).alias("duration_s"),
        soc.first().alias("start_soc_permille"),
        soc.last().alias("end_soc_permille"),
        pl.col("ambient_temp_dc", "battery_temp_dc").mean().round(0),
        pl.col("soh_permille").drop_nulls().last(),
        odometer.last(),
        (odometer.last() - odometer.first()).alias("driven_m"),
        (left.first() - left.last()).alias("used_wh"),
    )
    at = (
        pl.lit(None, dtype=pl.Datetime("ms")) if started_at is None else timeline.moment(started_at)
    )
    return trips.with_columns(at.alias("started_at"))


def _finished(trips: pl.DataFrame) -> pl.DataFrame:
    distance = pl.col("distance_m").fill_null(pl.col("driven_m"))
    trips = trips.with_columns(
        distance.round(0).cast(pl.Int64),
        pl.col("drawn_wh").fill_null(pl.col("used_wh")).round(0).cast(pl.Int64).alias("energy_wh"),
        pl.col("started_at").dt.strftime("%Y-%m").alias("window"),
        pl.col("started_at").dt.hour().alias("start_hour"),
        pl.lit(None, dtype=pl.String).alias("vehicle_model"),
        (pl.col("harsh_accelerations") + pl.col("harsh_brakings")).alias("harsh_events"),
    )
    long_enough = pl.col("distance_m") >= LEAST_FOR_CONSUMPTION_M
    trips = trips.with_columns(
        pl.when(pl.col("duration_s") > 0)
        .then(pl.col("distance_m") * 36 / pl.col("duration_s"))
        .alias("speed_dkmh"),
        pl.when(long_enough)
        .then(pl.col("energy_wh") * 1000 / pl.col("distance_m"))
        .alias("energy_wh_per_km"),
    )
    has_moved = (pl.col("distance_m") >= LEAST_MOVE_M).fill_null(value=False)
    trips = trips.with_columns(
        pl.when(has_moved).then(pl.col(name)).alias(name) for name in _OF_MOVES
    )
    whole = [n for n, kind in SCHEMA.items() if kind == pl.Int64]
    return trips.with_columns(pl.col(whole).round(0).cast(pl.Int64)).select(list(SCHEMA))


_OF_MOVES = (
    "distance_m",
    "duration_s",
    "energy_wh",
    "energy_wh_per_km",
    "speed_dkmh",
    "max_speed_dkmh",
    "harsh_accelerations",
    "harsh_brakings",
    "harsh_events",
    "night_s",
    "night_distance_m",
    "speeding_distance_m",
)
