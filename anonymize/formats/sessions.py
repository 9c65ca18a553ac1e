"""Charging sessions of one driver as one frame, whatever file they came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

SCHEMA: Mapping[str, pl.DataType] = {
    "started_at": pl.Datetime("us"),
    "energy_wh": pl.Int64(),
    "vehicle_model": pl.String(),
    "site": pl.String(),
    "plug_in_hour": pl.Int64(),
    "window": pl.String(),
    "duration_s": pl.Int64(),
    "power_w": pl.Int64(),
    "start_soc_permille": pl.Int64(),
    "end_soc_permille": pl.Int64(),
}
"""started_at: local, no zone. plug_in_hour: whole local hour 0..23. window: local month `YYYY-MM`.

power_w: mean while charging where that is told, else while connected. Null: not told.
"""

SIGNALS = {
    "energy_wh": "energy_per_session",
    "plug_in_hour": "plug_in_hour",
    "duration_s": "session_duration",
    "power_w": "charging_power",
    "start_soc_permille": "start_soc",
    "end_soc_permille": "end_soc",
}


@dataclass(frozen=True, slots=True)
class Session:
    """One charging session. started_at: local time, no zone; the others None if not told."""

    started_at: datetime
    energy_wh: int | None
    model: str | None
    site: str | None
    duration_s: int | None = None
    power_w: int | None = None
    start_soc_permille: int | None = None
    end_soc_permille: int | None = None


def frame_of(sessions: Sequence[Session]) -> pl.DataFrame:
    """Return the frame of sessions that are held one by one."""
    starts = [session.started_at for session in sessions]
    columns = {
        "started_at": starts,
        "vehicle_model": [session.model for session in sessions],
        "plug_in_hour": [start.hour for start in starts],
        "window": [f"{start.year}-{start.month:02}" for start in starts],
    }
    same = [name for name in SCHEMA if name not in columns]
    columns |= {name: [getattr(session, name) for session in sessions] for name in same}
    return pl.DataFrame({name: columns[name] for name in SCHEMA}, schema=SCHEMA)
