"""What a campaign may do next, and which money on the chain counts as its bounty. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

UNFUNDED = "unfunded"
FUNDING = "funding"
FUNDED = "funded"
SETTLED = "settled"
REFUNDED = "refunded"
LAPSED = "lapsed"

SETTLE = "settle"
REFUND = "refund"

BEFORE_THE_MONEY = frozenset({UNFUNDED, FUNDING, LAPSED})

LEAST_TIME_TO_BUILD = timedelta(minutes=5)
"""A build that begins later may miss the deadline: it would cost drivers privacy for no pay."""

PAUSE = timedelta(minutes=5)
"""How long to wait after the contract or the builder said no."""

LONGEST_PAUSE = timedelta(days=1)

SHORTEST = timedelta(hours=1)
"""A campaign runs at least so long."""


class Step(StrEnum):
    """What is to be done for a campaign now."""

    WAIT = "wait"
    LAPSE = "lapse"
    ASK_DRIVERS = "ask_drivers"
    BUILD = "build"
    SETTLE = "settle"
    REFUND = "refund"


@dataclass(frozen=True)
class Bounty:
    """The money of one campaign as the escrow holds it. Amounts in token units."""

    funder: str
    recipient: str
    dataset: bytes
    units: int
    threshold: int
    deadline: int


@dataclass(frozen=True)
class Standing:
    """Everything that decides what comes next. on_its_way: settle or refund, sent, not heard."""

    state: str
    deadline_at: datetime
    threshold: int
    consents: int = 0
    on_its_way: str = ""
    is_offered: bool = False
    is_building: bool = False
    has_answer: bool = False
    is_given_back: bool = False
    not_before: datetime | None = None
    build_not_before: datetime | None = None


def next_step(now: datetime, stands: Standing) -> Step:
    """Return the one step that is due. Doing it twice must be harmless: two may ask at once."""
    if stands.state in {UNFUNDED, FUNDING}:
        return Step.LAPSE if now >= stands.deadline_at else Step.WAIT
    if stands.state != FUNDED or stands.on_its_way or _is_before(now, stands.not_before):
        return Step.WAIT
    if stands.is_given_back or now >= stands.deadline_at:
        return Step.REFUND
    if stands.has_answer:
        return Step.SETTLE
    return _gather(now, stands)


def _gather(now: datetime, stands: Standing) -> Step:
    if not stands.is_offered:
        return Step.ASK_DRIVERS
    is_enough = stands.consents >= stands.threshold and not stands.is_building
    has_time = now + LEAST_TIME_TO_BUILD <= stands.deadline_at
    is_paused = _is_before(now, stands.build_not_before)
    return Step.BUILD if is_enough and has_time and not is_paused else Step.WAIT


def _is_before(now: datetime, at: datetime | None) -> bool:
    return at is not None and now < at


def pause_after(failures: int) -> timedelta:
    """Return how long to wait after so many builds failed: 5 minutes, doubled, a day at most."""
    doublings = min(failures - 1, 12)
    return min(PAUSE * (1 << doublings), LONGEST_PAUSE)


def phase(request_state: str, stands: Standing) -> str:
    """Return in one word where a campaign is, as people are told it."""
    if request_state != "approved":
        return request_state
    if stands.state != FUNDED:
        return stands.state
    if stands.on_its_way == REFUND or stands.is_given_back:
        return "refunding"
    if stands.on_its_way == SETTLE or stands.has_answer:
        return "settling"
    return "building" if stands.is_building else "gathering"
