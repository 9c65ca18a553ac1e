"""What was read of a file, what was used and why rows were refused; told to its driver alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

CHARGING, DRIVING = "charging_sessions", "driving"


class Refusal(StrEnum):
    """Why a row was not used: a closed list."""

    WRONG_COLUMNS = "wrong_columns"
    DUPLICATE = "duplicate"
    MISSING_START = "missing_start"
    MISSING_END = "missing_end"
    MISSING_TIME = "missing_time"
    IMPOSSIBLE_DATE = "impossible_date"
    END_BEFORE_START = "end_before_start"
    MISSING_ENERGY = "missing_energy"
    UNREADABLE_NUMBER = "unreadable_number"
    NEGATIVE_ENERGY = "negative_energy"
    ZERO_ENERGY = "zero_energy"
    IMPOSSIBLE_ENERGY = "impossible_energy"
    NO_SIGNAL = "no_signal"
    BROKEN_FRAME = "broken_frame"


class Quirk(StrEnum):
    """What was unusual about a file and was put right: a closed list."""

    GZIP = "gzip"
    UTF_16 = "utf_16"
    OLD_ENCODING = "old_encoding"
    DOUBLE_ENCODED = "double_encoded"
    TRAILING_COLUMNS = "trailing_columns"
    MIDNIGHT = "midnight"
    OUT_OF_ORDER = "out_of_order"
    REPEATED_STRETCH = "repeated_stretch"
    ROW_IS_SECOND = "row_is_second"
    NO_DATE = "no_date"
    SIGN_SWAPPED = "sign_swapped"
    IMPLAUSIBLE_VALUES = "implausible_values"


@dataclass(frozen=True)
class QualityReport:
    """Counts of rows, the days they span, the signals found. No value of any row but the span.

    frame_rows: rows of the frame: sessions, or the trips that the samples make.
    """

    format: str
    rows_read: int
    rows_used: int
    kind: str = CHARGING
    frame_rows: int = 0
    refused: Mapping[Refusal, int] = field(default_factory=dict)
    span: tuple[date, date] | None = None
    signals: tuple[str, ...] = ()
    quirks: tuple[Quirk, ...] = ()
    is_simulated: bool = False

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON: integers, text and lists only."""
        return {
            "format": self.format,
            "kind": self.kind,
            "rows_read": self.rows_read,
            "rows_used": self.rows_used,
            "frame_rows": self.frame_rows,
            "refused": {code.value: count for code, count in sorted(self.refused.items())},
            "span": None if self.span is None else [day.isoformat() for day in self.span],
            "signals": list(self.signals),
            "quirks": [quirk.value for quirk in self.quirks],
            "is_simulated": self.is_simulated,
        }
