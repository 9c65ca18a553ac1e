"""Take turns: one process sends and one indexes at a time, whoever they are."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from chain.errors import NodeDown, TurnTaken
from chain.models import Turn

LENGTH = timedelta(seconds=20)
"""How long a killed holder is waited for; every act under a turn checks that it still has it."""
POLL_S = 0.05

SHORTEST_REST_S = 0.25
LONGEST_REST_S = 5.0


@dataclass(frozen=True)
class HeldTurn:
    """A turn that is ours until it runs out."""

    name: str
    owner: str

    def renew(self) -> None:
        """Hold the turn for its full length again. Raises TurnTaken when it is not ours now."""
        mine = Turn.objects.filter(name=self.name, owner=self.owner)
        if mine.update(held_until=timezone.now() + LENGTH) != 1:
            raise TurnTaken

    def check(self) -> None:
        """Lock the turn's row inside the caller's transaction. Raises TurnTaken as `renew` does."""
        if not Turn.objects.select_for_update().filter(name=self.name, owner=self.owner).exists():
            raise TurnTaken


@contextmanager
def take(name: str, *, patience_s: float = 0) -> Iterator[HeldTurn]:
    """Hold the named turn for the block's time.

    patience_s: seconds to wait for whoever has it. Raises TurnTaken when that was not enough.

    After a NodeDown the turn rests, longer with every miss in a row, and with some chance in it.
    """
    turn = HeldTurn(name, secrets.token_hex(16))
    Turn.objects.get_or_create(name=name)
    give_up_at = time.monotonic() + patience_s
    while not _grasp(turn):
        if time.monotonic() >= give_up_at:
            raise TurnTaken
        time.sleep(POLL_S)
    mine = Turn.objects.filter(name=name, owner=turn.owner)
    try:
        yield turn
    except NodeDown:
        misses = Turn.objects.values_list("misses", flat=True).get(name=name)
        rest = timedelta(seconds=_rest_s(misses))
        mine.update(owner="", held_until=timezone.now() + rest, misses=misses + 1)
        raise
    except BaseException:
        mine.update(owner="", held_until=None)
        raise
    mine.update(owner="", held_until=None, misses=0)


def _rest_s(misses: int) -> float:
    longest_s: float = min(SHORTEST_REST_S * 2 ** min(misses, 10), LONGEST_REST_S)
    return longest_s * (1 + secrets.randbelow(1000) / 1000) / 2


def _grasp(turn: HeldTurn) -> bool:
    now = timezone.now()
    free = Q(held_until__isnull=True) | Q(held_until__lt=now)
    mine = Turn.objects.filter(free, name=turn.name)
    return mine.update(owner=turn.owner, held_until=now + LENGTH) == 1
