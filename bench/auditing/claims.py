"""What is claimed, the game that puts it to the test, and the record of that game."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from anonymize.domain import accounting
from bench.auditing import bounds, canary, guessing, planted, worst

DELTA = 1e-6
LOSSES = {1: 28_000, 3: 209_700}
"""The most millionths of rho, in hundreds, whose epsilon at DELTA is not above 1 and 3."""

MECHANISM, WHOLE_WAY, TABLE = "mechanism", "whole way", "table"

_PAIRED = 200_000
_FINE = 40_000


@dataclass(frozen=True)
class Claim:
    """A loss that is claimed, and how it is tested.

    times: how much further than an added driver's data the pair may lie (2 for replaced data).
    play: given a number of games, how many a guesser wins. portions: so many tasks share the games.
    """

    kind: str
    told: str
    rho_micro: int
    games: int
    play: Callable[[int], int]
    times: int = 1
    portions: int = 1

    @property
    def mu(self) -> float:
        """The Gaussian parameter that is claimed."""
        return self.times * accounting.mu_of(self.rho_micro)

    @property
    def epsilon(self) -> float:
        """The epsilon at DELTA that is claimed; a driver's data replaced count as 4 rho."""
        return accounting.epsilon_of(self.times**2 * self.rho_micro, DELTA)


@dataclass(frozen=True)
class Record:
    """How many games were won of those played, and what that proves about the loss."""

    right: int
    games: int

    @property
    def mu(self) -> float:
        """The least Gaussian parameter."""
        return bounds.mu_at_least(self.right, self.games)

    @property
    def epsilon(self) -> float:
        """The least epsilon at DELTA."""
        return bounds.epsilon_at_least(self.mu, DELTA)


def claims() -> list[Claim]:
    """Return every claim that is tested on right code."""
    return [*_mechanism(), *_whole_way()]


def _mechanism() -> list[Claim]:
    added = [
        *((1, shape, _PAIRED) for shape in ("mean", "histogram")),
        *((3, shape, _FINE) for shape in worst.SHAPES if shape != "quantiles"),
    ]
    found = [
        Claim(MECHANISM, shape, LOSSES[loss], games, partial(_added, shape, LOSSES[loss]))
        for loss, shape, games in added
    ]
    dear = canary.STAGED.rho_micro  # many cells to draw, so few games: they must show much
    quantiles = partial(_added, "quantiles", dear)
    return [
        *found,
        Claim(MECHANISM, "quantiles", dear, 12_000, quantiles, portions=2),
        Claim(MECHANISM, "mean in two groups", LOSSES[3], 40_000, _added_to_groups),
        Claim(MECHANISM, "sum, data replaced", LOSSES[1], _PAIRED, _replaced, times=2),
    ]


def _whole_way() -> list[Claim]:
    rho_micro = canary.RHO_MICRO
    return [
        Claim(WHOLE_WAY, "mean in two groups, one step", rho_micro, 40_000, _one_step),
        Claim(
            WHOLE_WAY,
            "mean with a bought range on two keys, four steps",
            canary.STAGED.rho_micro,
            10_000,
            canary.right_by_steps,
            portions=5,
        ),
        Claim(
            TABLE, "mean, from the released table alone", rho_micro, 4_000, canary.right_by_table
        ),
    ]


def _added(shape: str, rho_micro: int, games: int) -> int:
    return guessing.right_guesses(worst.added(shape, rho_micro), games)


def _added_to_groups(games: int) -> int:
    return guessing.right_guesses(worst.added_to_groups(LOSSES[3]), games)


def _replaced(games: int) -> int:
    return guessing.right_guesses(worst.replaced(LOSSES[1]), games)


def _one_step(games: int) -> int:
    return guessing.right_guesses(canary.one_step_pair(), games)


def planted_record(name: str) -> Record | None:
    """Play against a planted bug; None for one that only the exact sum shows."""
    bug = planted.BUGS[name]()
    if not bug.games:
        return None
    (step,) = bug.steps
    return Record(guessing.right_guesses(step, bug.games), bug.games)
