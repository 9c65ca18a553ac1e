"""carOBD logs: one row a second without any time, empty units, a comma too many in each row."""

from anonymize.formats import units
from anonymize.formats.clocks import RowIsSecond
from anonymize.formats.units import Scale, Signal
from anonymize.formats.wide_tables import WideTable

_NAMED: dict[str, tuple[Signal, Scale]] = {
    "vehicle speed": (units.SPEED, (10, 0)),
    "engine rpm": (units.ENGINE_RPM, (1, 0)),
}

ETIOS = WideTable(
    name="carobd",
    clock=RowIsSecond,
    marks=frozenset({"vehicle speed", "engine rpm", "engine run tine"}),  # sic
    named=_NAMED,
)
