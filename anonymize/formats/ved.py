"""Rows of the Vehicle Energy Dataset of Ann Arbor, of one vehicle: the day and the trip counted."""

from anonymize.formats.clocks import DayAndMilliseconds
from anonymize.formats.wide_tables import WideTable

VED = WideTable(
    name="ved",
    clock=DayAndMilliseconds,
    marks=frozenset({"vehid", "trip", "vehicle speed"}),
    vehicle="vehid",
    trip="trip",
)
