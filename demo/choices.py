"""Who does what in the demo: seeded, so that a run can be repeated."""

import random  # noqa: TID251 - a cast of characters, no secret
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

GRANT_PERCENT: Final = 85
DECLINE_PERCENT: Final = 10
REVOKE_PERCENT: Final = 3
CLAIM_PERCENT: Final = 92
FEWEST_DRIVERS: Final = 30
"""Below this the second release would fall under the smallest cohort of the questions."""


class Answer(Enum):
    """What a driver says to the offer."""

    GRANT = auto()
    DECLINE = auto()
    IGNORE = auto()


@dataclass(frozen=True)
class Choice:
    """What one driver will do. Only those who grant revoke, claim or erase."""

    answer: Answer
    may_claim: bool = False
    will_revoke: bool = False
    will_erase: bool = False


def choices(drivers: int, seed: int) -> Sequence[Choice]:
    """Return one choice for each driver; exactly one erases, at least one revokes."""
    granted = round(drivers * GRANT_PERCENT / 100)
    declined = round(drivers * DECLINE_PERCENT / 100)
    revoked = max(1, round(granted * REVOKE_PERCENT / 100))
    made = [_granting(place, granted, revoked) for place in range(granted)]
    made += [Choice(Answer.DECLINE)] * declined
    made += [Choice(Answer.IGNORE)] * (drivers - granted - declined)
    random.Random(seed).shuffle(made)
    return made


def _granting(place: int, granted: int, revoked: int) -> Choice:
    """Return the choice of the granter at a place: first who erases, then who revokes."""
    return Choice(
        Answer.GRANT,
        may_claim=0 < place < granted * CLAIM_PERCENT // 100,
        will_revoke=1 <= place <= revoked,
        will_erase=place == 0,
    )
