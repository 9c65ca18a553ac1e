"""The KIT's logs of a Seat Leon: a clock without a date, and rows that fill some columns each."""

from anonymize.formats.clocks import ClockOfDay
from anonymize.formats.wide_tables import WideTable

KIT = WideTable(
    name="kit_seat_leon",
    clock=ClockOfDay,
    marks=frozenset({"vehicle speed sensor", "air flow rate from mass flow sensor"}),
)
