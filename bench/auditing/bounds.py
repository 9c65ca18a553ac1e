"""What a guesser's record proves: lower bounds on a loss, by exact counting statistics."""

from math import exp, inf, log

from scipy.optimize import brentq
from scipy.special import betaincinv, log_ndtr, ndtr, ndtri

DOUBT = 1e-4
"""How often one bound may be above the true loss by chance, at most."""

_LARGEST_EPSILON = 1e4


def share_at_least(right: int, games: int, doubt: float = DOUBT) -> float:
    """Return the least chance of a right guess that this record allows (Clopper and Pearson 1934).

    Half of the games are played with either cohort, so the number of right guesses is a sum of two
    binomials; its tail is no fatter than that of one binomial of the average chance (Hoeffding
    1956, theorem 4), for which the bound is exact.
    """
    return float(betaincinv(right, games - right + 1, doubt)) if right else 0.0


def mu_at_least(right: int, games: int, doubt: float = DOUBT) -> float:
    """Return a lower bound on the Gaussian-DP parameter.

    Under mu no test has errors whose sum is below 2 Phi(-mu/2) (Dong, Roth and Su 2022), so no
    guesser between two equally likely cohorts is right with more than Phi(mu/2).
    """
    return max(2 * float(ndtri(share_at_least(right, games, doubt))), 0.0)


def epsilon_at_least(mu: float, delta: float) -> float:
    """Return the least epsilon at this delta of a mechanism whose parameter is at least mu.

    Written apart from the accounting that makes the claims, from the same theorem (Balle and Wang
    2018, theorem 8).
    """
    if mu <= 0 or _delta_of(mu, 0.0) <= delta:
        return 0.0
    return float(brentq(lambda e: _delta_of(mu, e) - delta, 0.0, _LARGEST_EPSILON, xtol=1e-9))


def plain_epsilon_at_least(right: int, games: int, delta: float, doubt: float = DOUBT) -> float:
    """Return a lower bound on epsilon that leans on no curve, from the chance of a right guess.

    Under (epsilon, delta) that chance is at most (e^epsilon + delta) / (1 + e^epsilon).
    """
    share = share_at_least(right, games, doubt)
    if share <= delta:
        return 0.0
    return max(log((share - delta) / (1 - share)), 0.0) if share < 1 else inf


def _delta_of(mu: float, epsilon: float) -> float:
    away = exp(float(log_ndtr(-mu / 2 - epsilon / mu)) + epsilon)
    return float(ndtr(mu / 2 - epsilon / mu)) - away
