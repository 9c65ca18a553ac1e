"""Charging sessions of one driver as one frame, whatever file they came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import polars as pl

from anonymize.formats.quality import Refusal

SIGNALS = ("energy_per_session", "plug_in_hour")


@dataclass(frozen=True, slots=True)
class Session:
    """One charging session. started_at: local time, no zone; model and site: None if not told."""

    started_at: datetime
    energy_wh: int
    model: str | None
    site: str | None


class SessionFormat(Protocol):
    """A kind of session table: how to know it, and how to read one row of it."""

    name: str
    delimiter: str

    def places(self, header: Sequence[str]) -> dict[str, int] | None:
        """Return where each needed column stands, or None when this is another kind of table."""

    def session(self, row: Sequence[str], places: dict[str, int]) -> Session | Refusal:
        """Return the session in a row, or why it cannot be used."""


def frame_of(sessions: Sequence[Session]) -> pl.DataFrame:
    """Return the frame: session_start, energy_wh, vehicle_model, site, plug_in_hour, window.

    plug_in_hour: whole local hour 0..23; window: local calendar month `YYYY-MM`.
    """
    return pl.DataFrame(
        {
            "session_start": [s.started_at for s in sessions],
            "energy_wh": [s.energy_wh for s in sessions],
            "vehicle_model": [s.model for s in sessions],
            "site": [s.site for s in sessions],
            "plug_in_hour": [s.started_at.hour for s in sessions],
            "window": [f"{s.started_at.year}-{s.started_at.month:02}" for s in sessions],
        },
        schema={
            "session_start": pl.Datetime("us"),
            "energy_wh": pl.Int64,
            "vehicle_model": pl.String,
            "site": pl.String,
            "plug_in_hour": pl.Int64,
            "window": pl.String,
        },
    )
