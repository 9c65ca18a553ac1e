"""The guessing game: one of two neighbouring cohorts was released; which?"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

from anonymize.domain import accounting, mechanisms
from anonymize.domain.prefix import Floats, Ints

_DRAWS_AT_ONCE = 200_000


@dataclass(frozen=True)
class Pair:
    """The exact vectors of two neighbours, and what the noise upon them is made for."""

    one: Ints
    other: Ints
    sensitivity: float
    rho_micro: int

    @property
    def distance(self) -> float:
        """How far the driver moves the vector, in integer units."""
        return sqrt(sum(int(move) ** 2 for move in self.other - self.one))

    @property
    def mu(self) -> float:
        """The exact Gaussian parameter that this pair shows: how far it moves, over the noise."""
        scale = accounting.scale_of(sensitivity=self.sensitivity, rho_micro=self.rho_micro)
        return self.distance / scale


def right_guesses(pair: Pair, games: int) -> int:
    """Play so many games, half with either cohort, and return how many the best guesser wins.

    The guesser names the cohort that is likelier, which is the one that the noisy vector lies
    nearer to: a threshold on one projection, fixed before anything is drawn, and for equal Gaussian
    noise the best there is (Neyman and Pearson).
    """
    draws = games // 2
    arms = {is_other: log_ratios(pair, draws, is_other=is_other) for is_other in (False, True)}
    return sum(int(((ratios > 0) == is_other).sum()) for is_other, ratios in arms.items())


def log_ratios(pair: Pair, draws: int, *, is_other: bool) -> Floats:
    """Release one cohort so many times; return how much likelier the other one looks each time.

    As logarithms, so that those of several releases add up. Whoever computes them knows both exact
    vectors. Cells that do not tell the cohorts apart carry independent noise and are left out; many
    draws share one call.
    """
    touched = np.flatnonzero(pair.one != pair.other)
    one, other = pair.one[touched], pair.other[touched]
    exact = (other if is_other else one).tolist()
    direction = (other - one).astype(np.float64)
    middle = float((one + other) @ direction) / 2
    found = [np.empty(0)]
    for portion in _portions(draws, max(_DRAWS_AT_ONCE // touched.size, 1)):
        noised = mechanisms.noise(
            exact * portion, sensitivity=pair.sensitivity, rho_micro=pair.rho_micro
        )
        seen = np.array(noised.values, dtype=np.float64).reshape(portion, -1)
        found.append((seen @ direction - middle) / noised.scale**2)
    return np.concatenate(found)


def _portions(whole: int, most: int) -> Iterator[int]:
    for start in range(0, whole, most):
        yield min(most, whole - start)
