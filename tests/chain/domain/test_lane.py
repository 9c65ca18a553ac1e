"""What to do with a transaction, given what the chain says."""

from datetime import UTC, datetime, timedelta

import pytest

from chain.domain import lane
from chain.domain.gas import Prices
from chain.domain.lane import Flight, Rules, Sight, Step

GWEI = 10**9
BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)
RULES = Rules(patience=timedelta(seconds=30), cap_wei=100 * GWEI)
UNUSED = Sight(used=5, sure=5)


def step(*, after_s=0, sight=UNUSED, base=GWEI, nonce=5, most=3 * GWEI, **facts):
    flight = Flight(nonce, Prices(most, GWEI), BEGAN_AT, **_sent(0, 0) | facts)
    at = BEGAN_AT + timedelta(seconds=after_s)
    return lane.step(flight, sight, base_fee_wei=base, at=at, rules=RULES)


def _sent(taken_s, handed_s):
    after = [None if s is None else BEGAN_AT + timedelta(seconds=s) for s in (taken_s, handed_s)]
    return {"taken_at": after[0], "handed_at": after[1]}


def test_what_was_never_handed_over_is_sent():
    assert step(**_sent(None, None)) is Step.SEND


def test_what_is_mined_waits_until_it_is_deep():
    assert step(sight=Sight(used=6, sure=5), after_s=99) is Step.WAIT
    assert step(sight=Sight(used=6, sure=6)) is Step.CLOSE


def test_what_is_mined_before_it_was_known_to_be_sent_is_not_sent():
    assert step(sight=Sight(used=6, sure=6), **_sent(None, None)) is Step.CLOSE


@pytest.mark.parametrize(
    ("handed_s", "after_s", "expected"),
    [(0, 4, Step.WAIT), (0, 5, Step.SEND), (20, 29, Step.WAIT), (16, 24, Step.SEND)],
)
def test_the_same_bytes_go_again_less_and_less_often(handed_s, after_s, expected):
    assert step(after_s=after_s, **_sent(0, handed_s)) is expected


def test_the_longest_pause_is_a_minute():
    never_taken = _sent(None, 9_000)
    assert step(after_s=9_059, **never_taken) is Step.WAIT
    assert step(after_s=9_060, **never_taken) is Step.SEND


def test_patience_ends_for_the_first_in_the_line():
    assert step(after_s=30) is Step.RAISE
    assert step(after_s=30, **_sent(20, 29)) is Step.WAIT  # taken late


def test_one_behind_another_pays_more_only_when_no_block_takes_its_price():
    assert step(nonce=6, after_s=30, **_sent(0, 29)) is Step.WAIT
    assert step(nonce=6, after_s=30, base=3 * GWEI, **_sent(0, 29)) is Step.RAISE


def test_an_underpriced_one_is_raised_at_once():
    assert step(is_underpriced=True, **_sent(None, 0)) is Step.RAISE


def test_at_the_cap_it_is_told_again_and_shown():
    assert step(most=90 * GWEI, after_s=30, **_sent(0, 29)) is Step.WAIT_AT_CAP
    assert step(most=90 * GWEI, after_s=30, **_sent(0, 0)) is Step.SEND_AT_CAP


def test_every_nonce_that_others_wait_for_and_nobody_holds_is_missing():
    assert lane.missing(Sight(used=3, sure=1), {5, 6, 9}) == [3, 4, 7, 8]
    assert lane.missing(Sight(used=5, sure=5), {5, 6}) == []
    assert lane.missing(Sight(used=9, sure=5), {5, 6}) == []
    assert lane.missing(Sight(used=9, sure=9), set()) == []
