"""The words of questions, in closed lists: sources, signals, keys, units, kinds of figures."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anonymize.domain.promises import Verdict
from anonymize.domain.questions import DRIVERS, HELD_BACK, LEVEL
from anonymize.domain.signals import CHARGING, DRIVING
from anonymize.domain.signals import SOURCES as KNOWN

Words = Mapping[str, str | Promise]

SOURCES: Words = {CHARGING: _("charging sessions"), DRIVING: _("trips")}
COUNTED: Words = {CHARGING: _("number of charging sessions"), DRIVING: _("number of trips")}
SIGNALS: Words = {
    "energy_per_session": _("energy per session"),
    "plug_in_hour": _("plug-in hour"),
    "session_duration": _("session duration"),
    "charging_power": _("charging power"),
    "start_soc": _("state of charge at the start"),
    "end_soc": _("state of charge at the end"),
    "distance": _("distance"),
    "trip_duration": _("trip duration"),
    "energy_used": _("energy used"),
    "consumption": _("energy use per distance"),
    "state_of_health": _("battery health"),
    "speed": _("speed"),
    "odometer": _("odometer reading"),
    "ambient_temperature": _("outside temperature"),
    "battery_temperature": _("battery temperature"),
    "harsh_events": _("harsh events"),
    "night_distance": _("distance at night"),
    "speeding_distance": _("distance above the speed limit"),
    "start_hour": _("hour of departure"),
    "vehicle_age": _("vehicle age"),
}
KEYS: Words = {
    "vehicle_model": _("car model"),
    "site": _("site"),
    "hour_of_day": _("hour of day"),
    "start_soc": SIGNALS["start_soc"],
    "ambient_temperature": SIGNALS["ambient_temperature"],
    "state_of_health": SIGNALS["state_of_health"],
    "odometer": SIGNALS["odometer"],
    "speed": SIGNALS["speed"],
    "vehicle_age": SIGNALS["vehicle_age"],
}
KINDS: Words = {
    "mean": _("mean of %(signal)s"),
    "variance": _("variance of %(signal)s"),
    "quantiles": _("%(shares)s quantiles of %(signal)s"),
    "histogram": _("histogram of %(signal)s"),
    "sum": _("total of %(signal)s"),
    "count": "%(number)s",
    "rate": _("%(signal)s per %(amount)s of %(per)s"),
}
MEANINGS: Words = {
    "mean": _("mean over drivers of each driver's own mean"),
    "variance": _("how far drivers' own means differ, squared"),
    "quantiles": _("below which value a share of drivers lies, by their own mean"),
    "histogram": _("mean over drivers of their own shares in each bin"),
    "sum": _("sum over drivers of each driver's own total"),
    "count": _("records of all drivers together"),
    "rate": _("totals of all drivers, one over the other"),
}
LEVELS: Words = {
    "all": _("%(what)s (all drivers together)"),
    "first": _("%(what)s (by %(key)s only)"),
    "group": "%(what)s",
}
UNITS: Words = {
    **{unit: unit for unit in ("kWh", "h", "kW", "%", "km", "Wh/km", "km/h")},
    "degC": "°C",
    "events": _("events"),
    "years": _("years"),
    "drivers": _("drivers"),
    "records": _("records"),
    "share": _("share"),
    "": "",
}
NUMBER = _("number of drivers")
POINTS = _("percentage points")
COLUMNS: Words = {
    LEVEL: _("what the row is about: all drivers, one value of the first key, or one group"),
    DRIVERS: _("drivers, with noise"),
    HELD_BACK: _("why figures are missing: too few drivers, or too much noise"),
}
VERDICTS: Mapping[Verdict, tuple[str | Promise, str]] = {
    "useful": (_("useful"), "good"),
    "coarse": (_("coarse"), "wait"),
    "refused": (_("would be refused"), "bad"),
}

REASONS: Words = {
    "too_few": _("One group would hold %(has)s drivers; at least %(least)s are needed."),
    "too_wide": _("%(figure)s would be told to no better than a third of its range."),
    "wide": _("%(figure)s would be told to no better than an eighth of its range."),
    "fine": _("Every figure is told to within an eighth of its range."),
}


def unit(text: str) -> str:
    """Return a unit for people: that of a signal, its square, or one over an amount of another."""
    if text in UNITS:
        return str(UNITS[text])
    if text.endswith("^2"):
        return f"{unit(text.removesuffix('^2'))}²"
    over, slash, below = text.partition("/")
    amount, _space, of = below.rpartition(" ")
    return f"{unit(over)}/{amount} {unit(of)}".replace("/ ", "/") if slash else text


def key(code: str) -> str:
    """Return the words of a key; an unknown one stands as it is."""
    return str(KEYS.get(code, code))


def signal(code: str) -> str:
    """Return the words of a signal; an unknown one stands as it is."""
    return str(SIGNALS.get(code, code))


def askable() -> dict[str, Any]:
    """Return everything that can be asked, for a page."""
    return {
        "kinds": [(code, MEANINGS[code]) for code in MEANINGS],
        "sources": [
            {
                "code": code,
                "words": SOURCES[code],
                "signals": [
                    (name, signal(name), unit(one.unit)) for name, one in source.signals.items()
                ],
                "keys": [(name, key(name)) for name in (*source.lists, *source.hours)],
                "measured": [
                    (name, key(name), unit(one.unit)) for name, one in source.numbers.items()
                ],
            }
            for code, source in KNOWN.items()
        ],
    }
