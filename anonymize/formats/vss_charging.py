"""Our own session table: columns named by VSS paths, units as VSS has them."""

from collections.abc import Sequence

from anonymize.formats import values
from anonymize.formats.quality import Refusal
from anonymize.formats.sessions import Session

_CHARGING = "Vehicle.Powertrain.TractionBattery.Charging"

BRAND = "Vehicle.VehicleIdentification.Brand"
MODEL = "Vehicle.VehicleIdentification.Model"
TRAVELED = "Vehicle.TraveledDistance"
SOC = "Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed"
# VSS has no branch for a single charging session; these four are an overlay.
START = f"{_CHARGING}.Session.Start"
END = f"{_CHARGING}.Session.End"
ENERGY = f"{_CHARGING}.Session.Energy"
SITE = f"{_CHARGING}.Session.Site"

COLUMNS = (BRAND, MODEL, TRAVELED, SOC, START, END, ENERGY, SITE)
"""Distance in m and state of charge in percent at plug-in; start and end local; energy in kWh."""


class VssCharging:
    """Comma separated, after lines that begin with `#`; columns in any order."""

    name = "vss_charging"
    delimiter = ","

    def places(self, header: Sequence[str]) -> dict[str, int] | None:
        """Return where the needed columns stand, or None for another kind of table."""
        if not {START, END, ENERGY} <= set(header):
            return None
        return {name: header.index(name) for name in COLUMNS if name in header}

    def session(self, row: Sequence[str], places: dict[str, int]) -> Session | Refusal:
        """Return the session in a row, or why it cannot be used."""
        if not row[places[START]].strip():
            return Refusal.MISSING_START
        if not row[places[END]].strip():
            return Refusal.MISSING_END
        start = values.year_first(row[places[START]].strip())
        end = values.year_first(row[places[END]].strip())
        if (refusal := values.order(start, end)) is not None or start is None:
            return refusal or Refusal.IMPOSSIBLE_DATE
        energy = values.energy_wh(row[places[ENERGY]])
        if isinstance(energy, Refusal):
            return energy
        words = [row[places[name]].strip() for name in (BRAND, MODEL) if name in places]
        return Session(
            started_at=start,
            energy_wh=energy,
            model=" ".join(filter(None, words)) or None,
            site=(row[places[SITE]].strip() or None) if SITE in places else None,
        )
