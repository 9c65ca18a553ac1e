"""Noise a cell vector and tell its loss; randomness is allowed here, and only from OpenDP."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
import opendp.prelude as dp
from opendp import mod

from anonymize.domain.accounting import MICRO, scale_of

dp.enable_features("contrib")

MECHANISM = "discrete_gaussian"

_LARGEST = 2**53


def check_features() -> None:
    """Make sure that of OpenDP's feature gates `contrib` alone is open.

    Raises RuntimeError: behind the other gates a loss may rest on unproved assumptions.
    """
    if {"contrib"} != mod.GLOBAL_FEATURES:
        raise RuntimeError("an OpenDP feature other than contrib is on")


check_features()

_SPACE = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T=float)


@dataclass(frozen=True)
class Noised:
    """A noisy cell vector. scale: standard deviation per cell; rho_micro_spent: its exact cost."""

    values: tuple[int, ...]
    scale: float
    rho_micro_spent: int


def noise(vector: Sequence[int], *, sensitivity: float, rho_micro: int) -> Noised:
    """Return the vector with independent discrete Gaussian noise on every cell.

    Unit: one driver; all data of that driver in the query's windows.
    Bound: `sensitivity`, the largest L2 change of the vector by one driver (cells.layout_of).
    Loss: rho = (sensitivity / scale)^2 / 2 in zero-concentrated DP; at most rho_micro millionths.
    Why: Canonne, Kamath, Steinke, The Discrete Gaussian for Differential Privacy (2020), theorem 4;
    drawn by OpenDP's make_gaussian over integers, and the loss is what its map says for this bound.

    Raises ValueError when a number is out of range or the map does not confirm the cost.
    """
    check_features()
    if any(abs(value) > _LARGEST for value in vector):
        raise ValueError("a cell is too large")
    scale = scale_of(sensitivity=sensitivity, rho_micro=rho_micro)
    measurement = dp.m.make_gaussian(*_SPACE, scale)
    loss = measurement.map(sensitivity)  # type: ignore[no-untyped-call]  # OpenDP leaves it bare
    spent = ceil(Fraction(loss) * MICRO)
    if spent > rho_micro:
        raise ValueError("the mechanism costs more than was asked")
    noisy = measurement(np.array(vector, dtype=np.int64))
    return Noised(tuple(noisy), scale=scale, rho_micro_spent=spent)
