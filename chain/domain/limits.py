"""What providers say when they will not answer so much, or not now; how wide to ask next."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

Question = TypeVar("Question")

WIDTH: Final = 500
"""Blocks in one question when nothing is known about the provider."""
WIDEST: Final = 10_000
MOST_LOGS: Final = 10_000
"""Logs in one answer: more would lie in memory, and hold up the turn, for too long."""

MOST_ASKED: Final = 100
MOST_ASKED_BYTES: Final = 1_000_000
"""Questions in one batch, and their length: a node refuses a longer one as a whole."""

MOST_PAUSE_S: Final = 10.0
"""A node that asks for more patience than this is left alone until its time has come."""
_FIRST_PAUSE_S: Final = 0.25

_BUSY: Final = re.compile(
    r"rate.?limit|request rate|too many requests|request (count|limit)|requests? per|/second"
    r"|compute units|capacity|throughput"
)
_BUSY_CODES: Final = frozenset({429, -32029, -32097})
_TOO_WIDE: Final = re.compile(
    r"more than \d+ (results|logs)|max(imum)? (results|block range|is)|(block|blocks) range"
    r"|range (is )?too|limited to|ranges? over|too (large|wide|many (blocks|logs|results))"
    r"|response size|size exceeded|limit exceeded|time(d)? ?out|deadline exceeded"
)
_TOO_WIDE_CODES: Final = frozenset({-32005, -32008, -32062, -32614})

Refused = Mapping[str, Any]
"""The `error` of a JSON-RPC answer."""


def is_busy(error: Refused) -> bool:
    """Return whether the node says: not now."""
    return error.get("code") in _BUSY_CODES or bool(_BUSY.search(_message(error)))


def is_too_wide(error: Refused) -> bool:
    """Return whether the node says: not so much at once."""
    if is_busy(error):
        return False
    return error.get("code") in _TOO_WIDE_CODES or bool(_TOO_WIDE.search(_message(error)))


def pause_s(*, attempt: int, dice: float, retry_after: str = "", now: datetime) -> float:
    """Return the seconds to wait after an attempt: what the node asks for, or a growing time.

    attempt: 0 is the first. dice: 0 to 1, takes up to a half away: no two of us come together.
    retry_after: the HTTP header, if there was one.
    """
    asked = _asked_s(retry_after, now)
    if asked is not None:
        return asked + dice * _FIRST_PAUSE_S
    return float(_FIRST_PAUSE_S * 2**attempt * (1 - dice / 2))


def narrower(width: int) -> int:
    """Return the width to ask for after a refusal."""
    return max(1, width // 2)


def wider(width: int, *, asked: int, logs: int) -> int:
    """Return the width to ask for after an answer of so many logs: it grows slowly."""
    if logs > MOST_LOGS:
        return narrower(min(width, asked))
    if asked < width or logs > MOST_LOGS // 2:
        return width
    return min(WIDEST, width + max(1, width // 8))


def parts(asked: Sequence[Question]) -> Iterator[Sequence[Question]]:
    """Yield the questions in batches that a node takes, in their order."""
    start = size = 0
    for place, question in enumerate(asked):
        length = len(str(question))
        if place > start and (size + length > MOST_ASKED_BYTES or place - start == MOST_ASKED):
            yield asked[start:place]
            start, size = place, 0
        size += length
    if start < len(asked):
        yield asked[start:]


def _asked_s(retry_after: str, now: datetime) -> float | None:
    """Return the seconds of an HTTP Retry-After, which names seconds or a date."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _message(error: Refused) -> str:
    return str(error.get("message", "")).lower()
