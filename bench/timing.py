"""Time things in pairs, in one run: the machines are noisy, ratios hold."""

import statistics
import time
from collections.abc import Callable

ROUNDS = 5


def median_s(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median seconds of some runs, after one that is not counted."""
    act()
    return statistics.median(_once(act) for _ in range(rounds))


def paired_s(
    one: Callable[[], object], other: Callable[[], object], rounds: int = ROUNDS
) -> tuple[float, float]:
    """Return the median seconds of two acts that took turns, so that a slow moment hits both."""
    one()
    other()
    pairs = [(_once(one), _once(other)) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def _once(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
