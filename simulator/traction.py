"""What the wheels and the cabin ask of the battery.

The forces on a car on a level road (Guzzella and Sciarretta, Vehicle Propulsion Systems, 3rd
edition, chapter 2): inertia, rolling resistance and drag.
"""

import math

import numpy as np

from simulator.models import ROLLING_RESISTANCE, CarModel
from simulator.numbers import Floats

GRAVITY = 9.81
LOAD_KG = 110
"""One to two people and a bag."""

ROTATING_MASS = 1.04
"""Wheels and motor turn too: they add a twenty-fifth to the inertia of one-gear electric cars."""

DRIVE_EFFICIENCY = 0.87
"""Battery to wheel: inverter 0.97, motor 0.93, gear 0.97, typical means over a cycle."""

REGEN_SHARE = 0.85
"""Of the braking power that reaches the motor: the other axle brakes by friction a little."""

_REGEN_FROM_MPS, _REGEN_FULL_MPS = 1.5, 5.0
_REGEN_MOST_W_PER_KG = 35.0
_BASE_W = 300.0
_HEATS_BELOW_C, _COOLS_ABOVE_C = 18.0, 23.0
_HEATING_W_PER_K, _COOLING_W_PER_K = 135.0, 95.0
_MOST_HEATING_W, _MOST_COOLING_W = 5_000.0, 3_000.0
_CABIN_KG = 1_700.0


def wheel_w(speed_mps: Floats, model: CarModel, air_c: float) -> Floats:
    """Return the power at the wheels in W for speeds one second apart; negative when braking.

    P = v (m' a + c m g + 1/2 rho A v²), rho = 353 / T kg/m³, the density of dry air at sea level.
    """
    mass = model.mass_kg + LOAD_KG
    density = 353.0 / (air_c + 273.15)
    gain = np.empty_like(speed_mps)
    gain[:-1] = speed_mps[1:] - speed_mps[:-1]
    gain[-1] = -speed_mps[-1]
    middle = speed_mps + 0.5 * gain
    force = (0.5 * density * model.drag_area_m2) * middle * middle
    force += (ROTATING_MASS * mass) * gain
    force += ROLLING_RESISTANCE * mass * GRAVITY
    force *= middle
    return force


def traction_w(speed_mps: Floats, model: CarModel, air_c: float) -> Floats:
    """Return what driving draws from the battery in W, negative where braking gives back.

    A motor brakes weakly at walking pace, so recovery fades in from 1.5 to 5 m/s: a straight line
    of our own. It has a most, as the motor has.
    """
    wheel = wheel_w(speed_mps, model, air_c)
    fade = (speed_mps - _REGEN_FROM_MPS) * (1 / (_REGEN_FULL_MPS - _REGEN_FROM_MPS))
    np.minimum(fade, 1, out=fade)
    np.maximum(fade, 0, out=fade)
    back = np.minimum(wheel, 0)
    np.maximum(back, -_REGEN_MOST_W_PER_KG * model.mass_kg, out=back)
    back *= REGEN_SHARE * DRIVE_EFFICIENCY
    back *= fade
    np.maximum(wheel, 0, out=wheel)
    wheel *= 1 / DRIVE_EFFICIENCY
    wheel += back
    return wheel


def auxiliary_w(model: CarModel, air_c: float, comfort: float) -> float:
    """Return the mean load of cabin and electronics in W; comfort: 1 is usual, 0 sits in a coat.

    Straight lines outside a mild band, set so that a mid-size car loses about 40% of its range at
    -7 °C and 17% at 35 °C in mixed driving, as the American Automobile Association measured
    (Electric Vehicle Range Testing, 2019). A smaller car has a smaller cabin.
    """
    size = math.sqrt(model.mass_kg / _CABIN_KG)
    heating = min(max(_HEATS_BELOW_C - air_c, 0) * _HEATING_W_PER_K, _MOST_HEATING_W)
    cooling = min(max(air_c - _COOLS_ABOVE_C, 0) * _COOLING_W_PER_K, _MOST_COOLING_W)
    return _BASE_W + size * comfort * (heating + cooling)
