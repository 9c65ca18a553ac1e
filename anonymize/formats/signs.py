"""Bring current and power to one sign: positive into the battery."""

import polars as pl

from anonymize.formats import timeline
from anonymize.formats.quality import Quirk
from anonymize.formats.timeline import TIME
from anonymize.formats.units import CURRENT, POWER, SOC, SPEED

_COLUMNS = (CURRENT.column, POWER.column)
_LONGEST_STEP_MS = 60_000
_LEAST_CHANGE_PERMILLE = 10
_MOVING_DKMH = 50


def righted(samples: pl.DataFrame, declared: int, quirks: set[Quirk]) -> pl.DataFrame:
    """Return the samples with current and power positive into the battery.

    What the charge of the battery shows counts most: it must rise when the flow is into it. Then
    what the format declares (1 or -1). Then that a moving car, on the whole, draws from it.
    """
    for column in _COLUMNS:
        if column not in samples.columns or not samples[column].count():
            continue
        sign = _by_charge(samples, column) or declared or _by_moving(samples, column) or 1
        if sign < 0:
            quirks.add(Quirk.SIGN_SWAPPED)
            samples = samples.with_columns(-pl.col(column))
    return samples


def _by_charge(samples: pl.DataFrame, column: str) -> int:
    """Return 1 or -1 as flow and charge go together or against each other; 0 when it is unclear."""
    if SOC.column not in samples.columns:
        return 0
    soc = pl.col(SOC.column).drop_nulls()
    trips = (
        _flows(samples, column)
        .group_by(timeline.trip_numbers(samples).alias("number"))
        .agg((soc.last() - soc.first()).alias("change"), pl.col("flow").sum())
    )
    if trips["change"].fill_null(0).abs().sum() < _LEAST_CHANGE_PERMILLE:
        return 0
    return _sign((trips["change"].cast(pl.Float64) * trips["flow"]).sum())


def _by_moving(samples: pl.DataFrame, column: str) -> int:
    if SPEED.column not in samples.columns:
        return 0
    moving = pl.col(SPEED.column).forward_fill() > _MOVING_DKMH
    return -_sign(_flows(samples, column).filter(moving)["flow"].sum())


def _flows(samples: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the samples with the flow until the next one, in the column's unit times ms."""
    step = pl.col(TIME).diff(null_behavior="ignore").shift(-1).clip(0, _LONGEST_STEP_MS)
    flow = pl.col(column).forward_fill().cast(pl.Float64) * step
    return samples.with_columns(flow.fill_null(0).alias("flow"))


def _sign(value: object) -> int:
    return (value > 0) - (value < 0) if isinstance(value, float) else 0
