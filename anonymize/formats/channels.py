"""The names by which logging apps and adapters call a signal of a vehicle."""

from anonymize.formats import naming, units
from anonymize.formats.units import Scale, Signal

_SIGNAL_OF = {
    "vehicle speed": units.SPEED,
    "vehicle speed sensor": units.SPEED,
    "speed": units.SPEED,
    "speed obd": units.SPEED,
    "obd speed": units.SPEED,
    "vss": units.SPEED,
    "speed limit": units.SPEED_LIMIT,
    "state of charge": units.SOC,
    "soc": units.SOC,
    "battery soc": units.SOC,
    "hv battery soc": units.SOC,
    "state of charge bms": units.SOC,
    "state of charge display": units.SOC,
    "hybrid/ev battery remaining charge": units.SOC,
    "state of health": units.SOH,
    "soh": units.SOH,
    "battery state of health": units.SOH,
    "battery dc current": units.CURRENT,
    "battery current": units.CURRENT,
    "hv battery current": units.CURRENT,
    "battery dc voltage": units.VOLTAGE,
    "battery voltage": units.VOLTAGE,
    "hv battery voltage": units.VOLTAGE,
    "hv ev battery power": units.POWER,
    "battery power": units.POWER,
    "hv battery power": units.POWER,
    "dc battery temperature": units.BATTERY_TEMP,
    "battery temperature": units.BATTERY_TEMP,
    "hv battery temperature": units.BATTERY_TEMP,
    "ambient temperature": units.AMBIENT_TEMP,
    "ambient air temperature": units.AMBIENT_TEMP,
    "outside temperature": units.AMBIENT_TEMP,
    "oat": units.AMBIENT_TEMP,
    "odometer": units.ODOMETER,
    "battery dc capacity": units.ENERGY,  # it moves with the charge: the energy now, no capacity
    "battery energy": units.ENERGY,
    "engine rpm": units.ENGINE_RPM,
    "rpm": units.ENGINE_RPM,
}


def known(name: str) -> tuple[Signal, Scale] | None:
    """Return the signal and the scale of a column, told by its name and the unit in brackets."""
    plain, unit = naming.parted(name)
    return scaled(plain, unit)


def scaled(plain: str, unit: str) -> tuple[Signal, Scale] | None:
    """Return the signal and the scale for a plain name and a unit."""
    signal = _SIGNAL_OF.get(plain)
    if signal is None or (scale := units.scale_of(signal, unit)) is None:
        return None
    return signal, scale
