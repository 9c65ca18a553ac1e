"""Faulty sensors and loggers, as they are found in recorded telemetry."""

from enum import StrEnum

import numpy as np
import polars as pl

from simulator.telemetry import AIR_C, BATTERY_C, CURRENT, POWER, SOC, SPEED, TIMESTAMP

_GAPS, _LONGEST_GAP = 12, 0.03
_STUCK_PART = 0.3
_IMPOSSIBLE_PART = 0.01
_LATER_YEARS = 150
_STICKING = (SOC, SPEED, BATTERY_C, AIR_C)


class Fault(StrEnum):
    """What is wrong with a vehicle's telemetry."""

    NONE = "none"
    GAPS = "gaps"
    SWAPPED_SIGNS = "swapped_signs"
    STUCK_VALUE = "stuck_value"
    IMPOSSIBLE_DATES = "impossible_dates"


def fault_of(share: float, rng: np.random.Generator) -> Fault:
    """Draw the fault of one vehicle. share: of vehicles with a fault, each kind as often."""
    kinds = list(Fault)[1:]
    kind = kinds[int(rng.integers(0, len(kinds)))]
    return kind if rng.random() < share else Fault.NONE


def spoiled(frame: pl.DataFrame, fault: Fault, rng: np.random.Generator) -> pl.DataFrame:
    """Return the telemetry with the fault in it."""
    if not frame.height or fault is Fault.NONE:
        return frame
    if fault is Fault.GAPS:
        return _with_gaps(frame, rng)
    if fault is Fault.SWAPPED_SIGNS:
        return frame.with_columns(-pl.col(CURRENT, POWER))
    if fault is Fault.STUCK_VALUE:
        return _stuck(frame, rng)
    strange = pl.Series(rng.random(frame.height) < _IMPOSSIBLE_PART)
    later = pl.col(TIMESTAMP).dt.offset_by(f"{_LATER_YEARS}y")
    return frame.with_columns(pl.when(strange).then(later).otherwise(TIMESTAMP).alias(TIMESTAMP))


def _with_gaps(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Drop up to twelve stretches, each of up to 3% of the rows."""
    keeps = np.ones(frame.height, dtype=bool)
    for start, length in zip(rng.random(_GAPS), rng.random(_GAPS), strict=True):
        first = int(start * frame.height)
        keeps[first : first + int(length * _LONGEST_GAP * frame.height)] = False
    return frame.filter(pl.Series(keeps))


def _stuck(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Let one signal keep its value for 30% of the rows."""
    column = _STICKING[int(rng.integers(0, len(_STICKING)))]
    first = int(rng.random() * (1 - _STUCK_PART) * frame.height)
    last = first + int(_STUCK_PART * frame.height)
    row = pl.int_range(frame.height)
    sticks = row.is_between(first, last)
    return frame.with_columns(
        pl.when(sticks).then(pl.col(column).get(first)).otherwise(column).alias(column)
    )
