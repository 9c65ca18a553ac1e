"""Our own telemetry table: columns named by VSS paths, units and signs as VSS has them."""

from functools import partial

from anonymize.formats import units
from anonymize.formats.clocks import Stamp
from anonymize.formats.units import Scale, Signal
from anonymize.formats.wide_tables import WideTable

_BATTERY = "Vehicle.Powertrain.TractionBattery"

# VSS leaves the time to the message; here it is a column: ISO 8601, the local clock.
TIMESTAMP = "Timestamp"
SPEED = "Vehicle.Speed"

SIGNALS: dict[str, tuple[Signal, Scale]] = {
    SPEED: (units.SPEED, (10, 0)),
    f"{_BATTERY}.StateOfCharge.Current": (units.SOC, (10, 0)),
    f"{_BATTERY}.StateOfHealth": (units.SOH, (10, 0)),
    f"{_BATTERY}.CurrentCurrent": (units.CURRENT, (1000, 0)),
    f"{_BATTERY}.CurrentVoltage": (units.VOLTAGE, (1000, 0)),
    f"{_BATTERY}.CurrentPower": (units.POWER, (1, 0)),
    f"{_BATTERY}.Temperature.Average": (units.BATTERY_TEMP, (10, 0)),
    f"{_BATTERY}.StateOfCharge.CurrentEnergy": (units.ENERGY, (1000, 0)),
    "Vehicle.Exterior.AirTemperature": (units.AMBIENT_TEMP, (10, 0)),
    "Vehicle.TraveledDistance": (units.ODOMETER, (1, 0)),
    "Vehicle.Powertrain.CombustionEngine.Speed": (units.ENGINE_RPM, (1, 0)),
}

COLUMNS = (TIMESTAMP, *SIGNALS)
"""Columns in any order, any of them left out but the time and the speed or the charge."""

VSS_DRIVING = WideTable(
    name="vss_driving",
    clock=partial(Stamp, (TIMESTAMP.lower(),)),
    marks=frozenset(),
    named={name.lower(): known for name, known in SIGNALS.items()},
    sign=1,
)
