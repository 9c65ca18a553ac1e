"""Tell a privacy loss as odds: right guesses in a hundred."""

import math


def guess_in_100(rho_micro: int) -> int:
    """Return the most right guesses in 100 after a Gaussian release, rounded up.

    rho_micro: zero-concentrated privacy loss in millionths of rho. The guesser knows everything
    but one fact, which is even at the start; without the release the answer is 50.
    """
    mu = math.sqrt(2 * rho_micro / 1_000_000)
    chance = 0.5 * (1 + math.erf(mu / 2 / math.sqrt(2)))
    return min(100, math.ceil(100 * chance))
