"""What was read of a file, what was used and why rows were refused; told to its driver alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Refusal(StrEnum):
    """Why a row was not used: a closed list."""

    WRONG_COLUMNS = "wrong_columns"
    DUPLICATE = "duplicate"
    MISSING_START = "missing_start"
    MISSING_END = "missing_end"
    IMPOSSIBLE_DATE = "impossible_date"
    END_BEFORE_START = "end_before_start"
    MISSING_ENERGY = "missing_energy"
    UNREADABLE_NUMBER = "unreadable_number"
    NEGATIVE_ENERGY = "negative_energy"
    ZERO_ENERGY = "zero_energy"
    IMPOSSIBLE_ENERGY = "impossible_energy"


@dataclass(frozen=True)
class QualityReport:
    """Counts of rows, the days they span, the signals found. No value of any row but the span."""

    format: str
    rows_read: int
    rows_used: int
    refused: Mapping[Refusal, int] = field(default_factory=dict)
    span: tuple[date, date] | None = None
    signals: tuple[str, ...] = ()
    is_simulated: bool = False

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON: integers, text and lists only."""
        return {
            "format": self.format,
            "rows_read": self.rows_read,
            "rows_used": self.rows_used,
            "refused": {code.value: count for code, count in sorted(self.refused.items())},
            "span": None if self.span is None else [day.isoformat() for day in self.span],
            "signals": list(self.signals),
            "is_simulated": self.is_simulated,
        }
