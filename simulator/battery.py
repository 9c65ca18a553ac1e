"""A battery as an open-circuit voltage behind one resistance, and its warmth.

The simplest equivalent circuit (Plett, Battery Management Systems, volume 1, chapter 2). Currents
and powers here are positive out of the battery; what is written turns them.
"""

from dataclasses import dataclass

import numpy as np

from simulator.models import LFP, NMC, CarModel
from simulator.numbers import Floats

SECONDS_PER_HOUR = 3600.0
KELVIN = 273.15
GAS = 8.314

_POINTS = 1_000
# Typical rest voltages of one cell at a charge of 0, 10, ... 100%; rounded, ours.
_CELL_V = {
    NMC: (3.30, 3.48, 3.56, 3.60, 3.63, 3.67, 3.75, 3.85, 3.94, 4.05, 4.18),
    LFP: (2.95, 3.19, 3.23, 3.26, 3.28, 3.29, 3.30, 3.32, 3.33, 3.34, 3.40),
}
_REST_V = {
    chemistry: np.interp(np.linspace(0, 1, _POINTS + 1), np.linspace(0, 1, 11), volts)
    for chemistry, volts in _CELL_V.items()
}

CELL_OHM_AH = 0.1
"""Resistance of a cell with its connections, times its capacity: 2 mohm for 50 Ah at 25 °C."""

_OHM_ACTIVATION = 20_000.0
_OHM_PER_FADE = 2.0
_MOST_POWER = 0.9
_HEAT_J_PER_WH_K = 6.0 * 3.6
_COOLS_IN_S = 6 * SECONDS_PER_HOUR
_GROWTH = np.exp(np.arange(1, 10_001) / _COOLS_IN_S)


@dataclass(frozen=True)
class Pack:
    """A new battery: cells in series, capacity in Ah, resistance at 25 °C."""

    chemistry: str
    cells: int
    capacity_ah: float
    ohm: float
    wh: float

    def rest_v(self, soc: Floats) -> Floats:
        """Return the open-circuit voltage of the pack; soc from 0 to 1."""
        places = (soc * _POINTS).astype(np.int64)
        return self.cells * _REST_V[self.chemistry].take(places, mode="clip")

    def ohm_at(self, battery_c: float, soh: float) -> float:
        """Return the resistance: cold raises it (Arrhenius, 20 kJ/mol), fade doubles it twofold.

        R = R25 exp(Ea / Rg (1/T - 1/298 K)) (1 + 2 (1 - SoH)).
        """
        cold = 1 / (battery_c + KELVIN) - 1 / (25 + KELVIN)
        return self.ohm * float(np.exp(_OHM_ACTIVATION / GAS * cold)) * self.fade_of_ohm(soh)

    @staticmethod
    def fade_of_ohm(soh: float) -> float:
        """Return how much the resistance has grown when the capacity has fallen to this share."""
        return 1 + _OHM_PER_FADE * (1 - soh)


@dataclass(frozen=True)
class Flow:
    """What flows, second by second. soc: after the second. loss_w: heat in the resistance."""

    power_w: Floats
    current_a: Floats
    rest_v: Floats
    voltage_v: Floats
    soc: Floats
    loss_w: Floats


def pack_of(model: CarModel) -> Pack:
    """Return the pack that gives the model's energy at its nominal voltage."""
    mean_v = float(_REST_V[model.chemistry].mean())
    cells = max(round(model.pack_v / mean_v), 1)
    capacity_ah = model.battery_wh / (cells * mean_v)
    ohm = cells * CELL_OHM_AH / capacity_ah
    return Pack(model.chemistry, cells, capacity_ah, ohm, model.battery_wh)


def flow(pack: Pack, power_w: Floats, soc: float, soh: float, ohm: float) -> Flow:
    """Return what flows when these powers are drawn, one each second, from this charge on.

    P = U I with U = E - R I gives I = (E - sqrt(E² - 4 R P)) / 2R. E follows the charge, which is
    found in two rounds: by energy first, by counted current then.
    """
    capacity_as = pack.capacity_ah * soh * SECONDS_PER_HOUR
    start_v = float(pack.rest_v(np.array([soc]))[0])
    rest_v = pack.rest_v(soc - np.cumsum(power_w) / (start_v * capacity_as))
    power_w = np.minimum(power_w, _MOST_POWER * rest_v * rest_v / (4 * ohm))
    current = (rest_v - np.sqrt(rest_v * rest_v - 4 * ohm * power_w)) / (2 * ohm)
    drop = ohm * current
    after = soc - np.cumsum(current) / capacity_as
    return Flow(power_w, current, rest_v, rest_v - drop, after, drop * current)


def warmth(pack: Pack, loss_w: Floats, battery_c: float, air_c: float) -> Floats:
    """Return the battery's temperature in °C, second by second.

    One lump: C dT/dt = heat - C (T - air) / tau, with 6 J/K for each kJ of capacity (about 1000
    J/kg K at 165 Wh/kg) and tau 6 h; solved with the integrating factor exp(t / tau).
    """
    growth = _growth(len(loss_w))
    gained = np.cumsum(loss_w * growth) / (_HEAT_J_PER_WH_K * pack.wh)
    return air_c + (battery_c - air_c + gained) / growth


def warmth_after(pack: Pack, loss_w: Floats, battery_c: float, air_c: float) -> float:
    """Return the last temperature of `warmth`, without those before."""
    growth = _growth(len(loss_w))
    gained = float(loss_w @ growth) / (_HEAT_J_PER_WH_K * pack.wh)
    return air_c + (battery_c - air_c + gained) / float(growth[-1])


def cooled(battery_c: float, air_c: float, seconds: float) -> float:
    """Return the temperature after a rest."""
    return air_c + (battery_c - air_c) * float(np.exp(-seconds / _COOLS_IN_S))


def _growth(seconds: int) -> Floats:
    if seconds <= len(_GROWTH):
        return _GROWTH[:seconds]
    return np.exp(np.arange(1, seconds + 1) / _COOLS_IN_S)
