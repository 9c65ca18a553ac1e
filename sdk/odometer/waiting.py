"""Wait for what others do, by asking again."""

import time
from collections.abc import Callable
from typing import TypeVar

from odometer.errors import OdometerError

T = TypeVar("T")
_LONGEST_PAUSE_S = 1.0


class NotInTime(OdometerError):
    """What was waited for did not happen in time; it may still."""


def until(
    look: Callable[[], T],
    is_done: Callable[[T], bool],
    *,
    what: str,
    at_most_s: float,
    pause_s: float = 0.1,
) -> T:
    """Return the first look that is done. Pauses grow to one second. Raises NotInTime."""
    limit = time.monotonic() + at_most_s
    seen = look()
    while not is_done(seen):
        if time.monotonic() > limit:
            raise NotInTime(f"{what} was not done within {at_most_s:.0f} s")
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
        seen = look()
    return seen
