"""Public chargers of Dundee: day-first dates, and the car in an unnamed sixteenth column."""

from collections.abc import Sequence

from anonymize.formats import values
from anonymize.formats.quality import Refusal
from anonymize.formats.sessions import Session

_NAMES = {
    "Start Date": "start_day",
    "Start Time": "start_clock",
    "End Date": "end_day",
    "End Time": "end_clock",
    "Total kWh": "energy",
    "Site": "site",
}
_CAR = 15


class Dundee:
    """Comma separated; `Model` is the charger's, the car stands in the last, unnamed column."""

    name = "dundee"
    delimiter = ","

    def places(self, header: Sequence[str]) -> dict[str, int] | None:
        """Return where the needed columns stand, or None for another kind of table."""
        if len(header) <= _CAR or "Charging event" not in header:
            return None
        if header[_CAR].strip() or not set(_NAMES) <= set(header):
            return None
        return {"car": _CAR, **{key: header.index(name) for name, key in _NAMES.items()}}

    def session(self, row: Sequence[str], places: dict[str, int]) -> Session | Refusal:
        """Return the session in a row, or why it cannot be used."""
        if not row[places["start_day"]].strip():
            return Refusal.MISSING_START
        if not row[places["end_day"]].strip() or not row[places["end_clock"]].strip():
            return Refusal.MISSING_END
        start = values.day_first(row[places["start_day"]], row[places["start_clock"]])
        end = values.day_first(row[places["end_day"]], row[places["end_clock"]])
        if (refusal := values.order(start, end)) is not None or start is None:
            return refusal or Refusal.IMPOSSIBLE_DATE
        energy = values.energy_wh(row[places["energy"]])
        if isinstance(energy, Refusal):
            return energy
        return Session(
            started_at=start,
            energy_wh=energy,
            model=" ".join(row[places["car"]].split()) or None,
            site=row[places["site"]].strip() or None,
        )
