"""Residential chargers of Norway: sessions with semicolons, decimal commas and local ISO times."""

from collections.abc import Sequence

from anonymize.formats import values
from anonymize.formats.quality import Refusal
from anonymize.formats.sessions import Session

_NAMES = {
    "location": "site",
    "plugin_time": "start",
    "plugout_time": "end",
    "energy_session": "energy",
}
_MISSING = {"", "NA"}


class Norway:
    """Semicolon separated; the car is not told."""

    name = "norway"
    delimiter = ";"

    def places(self, header: Sequence[str]) -> dict[str, int] | None:
        """Return where the needed columns stand, or None for another kind of table."""
        if not set(_NAMES) <= set(header):
            return None
        return {key: header.index(name) for name, key in _NAMES.items()}

    def session(self, row: Sequence[str], places: dict[str, int]) -> Session | Refusal:
        """Return the session in a row, or why it cannot be used."""
        if row[places["start"]].strip() in _MISSING:
            return Refusal.MISSING_START
        if row[places["end"]].strip() in _MISSING:
            return Refusal.MISSING_END
        start = values.year_first(row[places["start"]].strip())
        end = values.year_first(row[places["end"]].strip())
        if (refusal := values.order(start, end)) is not None or start is None:
            return refusal or Refusal.IMPOSSIBLE_DATE
        energy = values.energy_wh(row[places["energy"]], decimal=",")
        if isinstance(energy, Refusal):
            return energy
        site = row[places["site"]].strip() or None
        return Session(started_at=start, energy_wh=energy, model=None, site=site)
