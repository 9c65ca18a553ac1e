"""How a battery ages: with the square root of time, and with each full cycle.

SoH = 1 - k f(T) g(s) sqrt(years) - c cycles. Calendar loss with the square root of time and an
activation energy of 24.5 kJ/mol, and cycle loss linear in throughput, are the form of Wang et al.,
Journal of Power Sources 269 (2014) 937-948. Its cells age faster than cars do, so k and c are set
for fleets: near 2.3% a year over the first years (Geotab, 22,700 electric vehicles, 2026).
"""

import math
from dataclasses import dataclass

import numpy as np

from simulator.battery import GAS, KELVIN
from simulator.climates import Climate
from simulator.models import LFP, NMC

_CALENDAR = {NMC: 0.034, LFP: 0.027}
_CYCLE = {NMC: 0.00017, LFP: 0.00010}
_ACTIVATION = 24_500.0
_REFERENCE_K = 15 + KELVIN
_WARMER_THAN_AIR_K = 4.0
_LOWEST = 0.55


@dataclass(frozen=True)
class Ageing:
    """calendar: loss after one year. cycle: loss of one full cycle. Both are shares."""

    calendar: float
    cycle: float

    def soh(self, years: float, cycles: float) -> float:
        """Return the state of health, 1 when new."""
        return max(1 - self.calendar * math.sqrt(years) - self.cycle * cycles, _LOWEST)


def ageing_of(chemistry: str, climate: Climate, resting_soc: float, luck: float) -> Ageing:
    """Return how a battery ages here. resting_soc: the charge it mostly rests at, 0 to 1.

    f: the Arrhenius factor over a year of the climate, 1 at 15 °C. g = 0.7 + 0.5 s: full batteries
    age faster (Keil et al., Journal of The Electrochemical Society 163, 2016, A1872, whose steps
    are made a line here). luck: a factor of the single battery.
    """
    kelvin = climate.year_c() + _WARMER_THAN_AIR_K + KELVIN
    warmth = float(np.exp(-_ACTIVATION / GAS * (1 / kelvin - 1 / _REFERENCE_K)).mean())
    filled = 0.7 + 0.5 * resting_soc
    return Ageing(_CALENDAR[chemistry] * warmth * filled * luck, _CYCLE[chemistry] * luck)
