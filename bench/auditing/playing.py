"""Play all games, spread over the machine's cores."""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from bench.auditing import claims, planted
from bench.auditing.claims import Claim, Record


@dataclass(frozen=True)
class Played:
    """The records of all games: of what is claimed, and of the planted bugs by name."""

    claims: list[tuple[Claim, Record]]
    bugs: Mapping[str, Record | None]


def play_all(begin: Callable[[int], object], done: Callable[[], object]) -> Played:
    """Play every claim's games and every bug's.

    begin is told how many tasks there are, done after each.
    """
    made = claims.claims()
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # tables are small, cores are taken
    fresh = multiprocessing.get_context("spawn")  # a fork would copy locks of busy threads
    with ProcessPoolExecutor(mp_context=fresh) as pool:
        parts = {
            pool.submit(one.play, one.games // one.portions): place
            for place, one in sorted(enumerate(made), key=lambda pair: -pair[1].portions)
            for _ in range(one.portions)
        }
        bugs = {pool.submit(claims.planted_record, name): name for name in planted.BUGS}
        begin(len(parts) + len(bugs))
        every: list[Future[Any]] = [*parts, *bugs]
        for _ in as_completed(every):
            done()
    return Played(_records(made, parts), {name: task.result() for task, name in bugs.items()})


def _records(made: list[Claim], parts: Mapping[Future[int], int]) -> list[tuple[Claim, Record]]:
    right: Counter[int] = Counter()
    for task, place in parts.items():
        right[place] += task.result()
    return [(one, Record(right[place], one.games)) for place, one in enumerate(made)]
