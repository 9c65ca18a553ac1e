"""The RSK logs of a Renault Twizy: date and clock apart, two ways to write a date."""

from anonymize.formats import units
from anonymize.formats.clocks import DateAndClock
from anonymize.formats.units import Scale, Signal
from anonymize.formats.wide_tables import WideTable

# `Temperature` comes from a weather service: it is the air around the car, not the battery.
_NAMED: dict[str, tuple[Signal, Scale]] = {
    "soc": (units.SOC, (10, 0)),
    "speed": (units.SPEED, (10, 0)),
    "temperature": (units.AMBIENT_TEMP, (10, 0)),
    "speedlimit": (units.SPEED_LIMIT, (10, 0)),
}

TWIZY = WideTable(
    name="twizy_rsk",
    clock=DateAndClock,
    marks=frozenset({"soc", "speed", "gpsspeed", "speedlimit"}),
    named=_NAMED,
)
