"""Logs and tables that a spreadsheet or a re-export has damaged: known only to say so."""

from collections.abc import Sequence

from anonymize.formats import naming, obd
from anonymize.formats.errors import MixedDates, UnknownFormat
from anonymize.formats.outcomes import Outcome
from anonymize.formats.tables import Table

_OBD_WORDS = ("speed", "rpm", "maf", "engine", "coolant", "throttle", "intake", "latitude")


class DamagedLog:
    """A log with a time and OBD words in its header, but no units there."""

    name = "obd_damaged"

    def knows(self, names: Sequence[str]) -> bool:
        """Tell whether there is a time, and two columns named as OBD logs name them."""
        plain = [naming.parted(name)[0] for name in names]
        hits = sum(1 for name in plain if any(word in name for word in _OBD_WORDS))
        return "time" in plain and hits > 1

    def read(self, table: Table) -> Outcome:
        """Raise SpreadsheetDamage, or UnknownFormat when it is whole and merely unknown."""
        places = range(len(table.names))
        for stretch in table.stretches(places):
            obd.refuse_damage(stretch, places)
            break
        raise UnknownFormat


class MixedDundee:
    """Dundee's sessions re-exported: month first up to the twelfth of a month, else day first."""

    name = "dundee_mixed"

    def knows(self, names: Sequence[str]) -> bool:
        """Tell the re-export by its own row numbers."""
        return {"_id", "Charging event", "Start Date", "Total kWh"} <= set(names)

    def read(self, _table: Table) -> Outcome:
        """Raise MixedDates: no row tells which way it is written."""
        raise MixedDates
