"""Tell a privacy loss as odds: right guesses in a hundred."""

import math


def guess_in_100(rho_micro: int) -> int:
    """Return the most right guesses in 100 after Gaussian releases, rounded up.

    rho_micro: zero-concentrated privacy loss in millionths of rho, for a driver's data being there
    or not. The guesser knows everything but one fact, which is even at the start; without the
    releases the answer is 50. One fact instead of another is one set of data replaced by another:
    at most twice as far as taking it away, so the Gaussian parameter is twice sqrt(2 rho), and the
    best guesser is right with Phi(sqrt(2 rho)).
    """
    distance = math.sqrt(2 * rho_micro / 1_000_000)
    chance = 0.5 * (1 + math.erf(distance / math.sqrt(2)))
    return min(100, math.ceil(100 * chance))
