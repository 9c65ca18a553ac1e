"""Privacy loss as integers, ledgers that charge or refuse, and what a loss means to people."""

from dataclasses import dataclass
from math import ceil, exp, sqrt

from scipy.optimize import brentq
from scipy.special import log_ndtr, ndtr

from anonymize.domain.errors import BudgetExhausted
from consent.domain import odds

MICRO = 1_000_000
MIN_SCALE = 4_096.0
"""Least noise scale in integer units; on so fine a grid the Gaussian conversion holds."""

_SCALE_SLACK = 1 + 1e-9
_GRID_SLACK = 1 + 1e-6
_LARGEST_EPSILON = 1e4


@dataclass(frozen=True)
class Ledger:
    """How much loss a row may carry, and how much it carries; in millionths of rho."""

    cap_rho_micro: int
    spent_rho_micro: int = 0

    @property
    def left_rho_micro(self) -> int:
        """What may still be spent; never below zero."""
        return max(self.cap_rho_micro - self.spent_rho_micro, 0)

    def may_charge(self, rho_micro: int) -> bool:
        """Whether one more charge would stay within the cap."""
        return 0 <= rho_micro <= self.left_rho_micro

    def charge(self, rho_micro: int) -> "Ledger":
        """Return the ledger with one more charge.

        Raises BudgetExhausted when it would pass the cap; ValueError for a negative charge.
        """
        if rho_micro < 0:
            raise ValueError("a charge cannot be negative")
        if not self.may_charge(rho_micro):
            raise BudgetExhausted(asked=rho_micro, left=self.left_rho_micro)
        return Ledger(self.cap_rho_micro, self.spent_rho_micro + rho_micro)


def scale_of(*, sensitivity: float, rho_micro: int) -> float:
    """Return the noise scale that costs rho_micro, a hair above the exact one for rounding.

    Raises ValueError when the bound, the cost or the scale is out of range.
    """
    if not sensitivity > 0 or rho_micro < 1:
        raise ValueError("sensitivity and cost must be above zero")
    scale = sensitivity / sqrt(2 * rho_micro / MICRO) * _SCALE_SLACK
    if scale < MIN_SCALE:
        raise ValueError("the noise is too fine for the grid")
    return scale


def mu_of(rho_micro: int) -> float:
    """Return the Gaussian-DP parameter of Gaussian charges that sum to this rho.

    A Gaussian charge of rho has mu = sqrt(2 rho) and squares of mu add up, as rho does. The hair
    above is for the integer grid: a discrete Gaussian of scale s >= 4096 is, to a factor of e^-300,
    a randomised rounding (by a discrete Gaussian of scale 4) of a continuous one of variance
    s^2 - 16, so its loss is at most that of mu times (1 - 16/s^2)^(-1/2) < 1 + 1e-6.
    """
    if rho_micro < 0:
        raise ValueError("a loss cannot be negative")
    return sqrt(2 * rho_micro / MICRO) * _GRID_SLACK


def delta_of(rho_micro: int, epsilon: float) -> float:
    """Return the exact delta of Gaussian charges at epsilon (Balle and Wang 2018, theorem 8)."""
    mu = mu_of(rho_micro)
    if mu == 0:
        return 0.0
    first = float(ndtr(mu / 2 - epsilon / mu))
    second = float(log_ndtr(-mu / 2 - epsilon / mu)) + epsilon
    return max(first - exp(second), 0.0)


def epsilon_of(rho_micro: int, delta: float) -> float:
    """Return the epsilon of Gaussian charges at this delta (0 < delta < 1); never below the exact.

    Raises ValueError when delta is out of range.
    """
    if not 0 < delta < 1:
        raise ValueError("delta must lie between 0 and 1")
    if delta_of(rho_micro, 0.0) <= delta:
        return 0.0
    root = brentq(lambda e: delta_of(rho_micro, e) - delta, 0.0, _LARGEST_EPSILON, xtol=1e-9)
    return float(root) + 1e-8


def epsilon_text(rho_micro: int, delta: float) -> str:
    """Return epsilon with two decimals, rounded up, for reports."""
    return f"{ceil(epsilon_of(rho_micro, delta) * 100) / 100:.2f}"


def guess_in_100(rho_micro: int) -> int:
    """Return how often in 100 the best guesser is right about one even fact of a driver, at most.

    The same sentence as on an offer, from the same function. Raises ValueError below zero.
    """
    if rho_micro < 0:
        raise ValueError("a loss cannot be negative")
    return odds.guess_in_100(rho_micro)
