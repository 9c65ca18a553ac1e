"""What the samples of a trip add up to: distance, harsh events, energy drawn."""

from datetime import datetime

import polars as pl

from anonymize.formats import timeline
from anonymize.formats.timeline import TIME, TRIP

HARSH_DKMH_PER_S = 113
"""7 mph in one second, 3.13 m/s²: what United States insurers count as hard braking, and fleet
telematics as moderate (Verizon Connect, "How harsh driving events are analyzed")."""

SPEEDING_DKMH = 1_200
"""120 km/h, the highest limit on China's motorways; a limit beside the samples goes before it."""

NIGHT_FROM_H, NIGHT_UNTIL_H = 22, 6
"""Our choice: wide enough to hold midnight to five, the night of ILO Convention 171."""

_LONGEST_STEP_MS = 60_000
_LONGEST_HARSH_STEP_S = 5
_DKMH_IN_MM_PER_S = 1_000 / 36
_MS_IN_HOUR = 3_600_000


def moves(samples: pl.DataFrame, started_at: datetime | None) -> pl.DataFrame:
    """Return distances by the mean speed of each step; steps over a minute are left out."""
    steps = (
        samples.select(TRIP, TIME, "speed_dkmh", pl.col("speed_limit_dkmh").forward_fill())
        .drop_nulls("speed_dkmh")
        .with_columns(
            pl.col(TIME).diff().alias("step_ms"),
            ((pl.col("speed_dkmh") + pl.col("speed_dkmh").shift()) / 2).alias("mean"),
        )
        .filter((pl.col(TRIP) == pl.col(TRIP).shift()) & (pl.col("step_ms") <= _LONGEST_STEP_MS))
        .with_columns((pl.col("mean") * _DKMH_IN_MM_PER_S * pl.col("step_ms") / 1e6).alias("m"))
    )
    limit = pl.col("speed_limit_dkmh").fill_null(SPEEDING_DKMH)
    metres, at_night = pl.col("m"), _is_night(started_at)
    return steps.group_by(TRIP).agg(
        metres.sum().alias("distance_m"),
        pl.col("speed_dkmh").max().alias("max_speed_dkmh"),
        metres.filter(pl.col("mean") > limit).sum().alias("speeding_distance_m"),
        metres.filter(at_night).sum().alias("night_distance_m"),
        (pl.col("step_ms").filter(at_night).sum() / 1000).alias("night_s"),
    )


def _is_night(started_at: datetime | None) -> pl.Expr:
    if started_at is None:
        return pl.lit(value=False)
    hour = timeline.moment(started_at).dt.hour()
    return (hour >= NIGHT_FROM_H) | (hour < NIGHT_UNTIL_H)


def harsh(samples: pl.DataFrame) -> pl.DataFrame:
    """Count changes of speed from second to second; harsh seconds in a row are one event.

    Loggers hold a reading for some seconds and then jump: a change is therefore taken over the
    time since the reading before it came up, and not at all when that is over five seconds.
    """
    is_new = pl.struct(TRIP, "speed_dkmh").rle_id().diff().fill_null(1) > 0
    change = pl.col("speed_dkmh").diff() / pl.col("second").diff()
    is_near = (pl.col("second").diff() <= _LONGEST_HARSH_STEP_S) & (
        pl.col(TRIP) == pl.col(TRIP).shift()
    )
    changes = (
        samples.select(TRIP, pl.col(TIME).floordiv(1000).alias("second"), "speed_dkmh")
        .drop_nulls("speed_dkmh")
        .group_by(TRIP, "second", maintain_order=True)
        .agg(pl.col("speed_dkmh").last())
        .filter(is_new)
        .with_columns(
            (is_near & (change >= HARSH_DKMH_PER_S)).fill_null(value=False).alias("up"),
            (is_near & (change <= -HARSH_DKMH_PER_S)).fill_null(value=False).alias("down"),
        )
    )
    begins = [pl.col(way) & ~pl.col(way).shift(fill_value=False) for way in ("up", "down")]
    return changes.group_by(TRIP).agg(
        begins[0].sum().cast(pl.Int64).alias("harsh_accelerations"),
        begins[1].sum().cast(pl.Int64).alias("harsh_brakings"),
    )


def drawn(samples: pl.DataFrame) -> pl.DataFrame:
    """Return what was drawn, by power or else voltage times current, null where neither is told."""
    flow = pl.col("current_ma").forward_fill().over(TRIP).cast(pl.Float64)
    product = flow * pl.col("voltage_mv").forward_fill().over(TRIP) / 1e6
    power = pl.col("power_w").forward_fill().over(TRIP).cast(pl.Float64).fill_null(product)
    step = pl.col(TIME).diff().shift(-1).over(TRIP).clip(0, _LONGEST_STEP_MS)
    step_wh = pl.col("step_wh")
    return (
        samples.with_columns((-power * step / _MS_IN_HOUR).alias("step_wh"))
        .group_by(TRIP)
        .agg(pl.when(step_wh.count() > 0).then(step_wh.sum()).alias("drawn_wh"))
    )
