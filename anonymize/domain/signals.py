"""What can be asked about: sources, their signals with units, and the keys they are grouped by."""

from collections.abc import Mapping
from dataclasses import dataclass

CHARGING, DRIVING = "charging_sessions", "driving"
HOUR_OF_DAY = "hour_of_day"


@dataclass(frozen=True)
class Signal:
    """A measured quantity: the frame's column, the unit told to people, frame units in one unit."""

    column: str
    unit: str
    per_unit: int


@dataclass(frozen=True)
class Source:
    """One kind of frame, and what it can be asked.

    lists, hours: key to column, its values named or whole hours. numbers: keys whose values are
    measured, and cut by public bins.
    """

    signals: Mapping[str, Signal]
    lists: Mapping[str, str]
    hours: Mapping[str, str]
    numbers: Mapping[str, Signal]


_AMBIENT = Signal(column="ambient_temp_dc", unit="degC", per_unit=10)
_SOH = Signal(column="soh_permille", unit="%", per_unit=10)
_ODOMETER = Signal(column="odometer_m", unit="km", per_unit=1000)
_SPEED = Signal(column="speed_dkmh", unit="km/h", per_unit=10)
_AGE = Signal(column="vehicle_age_y", unit="years", per_unit=1)
_HOURS = Signal(column="duration_s", unit="h", per_unit=3600)

SOURCES: Mapping[str, Source] = {
    CHARGING: Source(
        signals={
            "energy_per_session": Signal(column="energy_wh", unit="kWh", per_unit=1000),
            "plug_in_hour": Signal(column="plug_in_hour", unit="h", per_unit=1),
            "session_duration": _HOURS,
            "charging_power": Signal(column="power_w", unit="kW", per_unit=1000),
            "start_soc": Signal(column="start_soc_permille", unit="%", per_unit=10),
            "end_soc": Signal(column="end_soc_permille", unit="%", per_unit=10),
        },
        lists={"vehicle_model": "vehicle_model", "site": "site"},
        hours={HOUR_OF_DAY: "plug_in_hour"},
        numbers={"start_soc": Signal(column="start_soc_permille", unit="%", per_unit=10)},
    ),
    DRIVING: Source(
        signals={
            "distance": Signal(column="distance_m", unit="km", per_unit=1000),
            "trip_duration": _HOURS,
            "energy_used": Signal(column="energy_wh", unit="kWh", per_unit=1000),
            "consumption": Signal(column="energy_wh_per_km", unit="Wh/km", per_unit=1),
            "state_of_health": _SOH,
            "speed": _SPEED,
            "odometer": _ODOMETER,
            "vehicle_age": _AGE,
            "ambient_temperature": _AMBIENT,
            "battery_temperature": Signal(column="battery_temp_dc", unit="degC", per_unit=10),
            "harsh_events": Signal(column="harsh_events", unit="events", per_unit=1),
            "night_distance": Signal(column="night_distance_m", unit="km", per_unit=1000),
            "speeding_distance": Signal(column="speeding_distance_m", unit="km", per_unit=1000),
            "start_hour": Signal(column="start_hour", unit="h", per_unit=1),
        },
        lists={"vehicle_model": "vehicle_model"},
        hours={HOUR_OF_DAY: "start_hour"},
        numbers={
            "ambient_temperature": _AMBIENT,
            "state_of_health": _SOH,
            "odometer": _ODOMETER,
            "vehicle_age": _AGE,
            "speed": _SPEED,
        },
    ),
}
