"""What providers really say is understood: not so much, or not now."""

from datetime import UTC, datetime

import pytest

from chain.domain import limits

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (-32005, "query returned more than 10000 results. Try with this block range [0x1, 0x2]."),
        (-32602, "Log response size exceeded. You can make eth_getLogs requests with up to a 2K"),
        (-32614, "eth_getLogs and eth_newFilter are limited to a 10,000 blocks range"),
        (-32602, "eth_getLogs is limited to a 10,000 range"),
        (-32062, "Block range is too large"),
        (-32000, "exceed maximum block range: 5000"),
        (-32047, "Invalid eth_getLogs request. 'fromBlock'-'toBlock' range too large. Max: 800"),
        (-32000, "query exceeds max results 20000, retry with the range 1-2"),
        (35, "ranges over 10000 blocks are not supported on freetier"),
        (-32000, "query timeout exceeded"),
        (-32603, "backend response too large"),
        (-32005, "limit exceeded"),
    ],
)
def test_a_range_that_is_too_wide_is_told_from_other_errors(code, message):
    assert limits.is_too_wide({"code": code, "message": message})
    assert not limits.is_busy({"code": code, "message": message})


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (429, "Your app has exceeded its compute units per second capacity."),
        (-32005, "project ID request rate exceeded"),
        (-32005, "daily request count exceeded, request rate limited"),
        (-32007, "50/second request limit reached - reduce calls per second"),
        (-32000, "Too Many Requests"),
        (-32016, "over rate limit"),
    ],
)
def test_a_busy_node_is_told_from_a_range_that_is_too_wide(code, message):
    assert limits.is_busy({"code": code, "message": message})
    assert not limits.is_too_wide({"code": code, "message": message})


@pytest.mark.parametrize("message", ["execution reverted", "header not found", ""])
def test_other_errors_are_neither(message):
    error = {"code": -32000, "message": message}
    assert not limits.is_busy(error)
    assert not limits.is_too_wide(error)


def test_the_pause_is_what_the_node_asks_for_or_grows():
    def pause_s(attempt, retry_after="", dice=0.0):
        return limits.pause_s(attempt=attempt, dice=dice, retry_after=retry_after, now=NOW)

    assert pause_s(0, "7") == 7
    assert pause_s(0, "Thu, 01 Jan 2026 00:00:09 GMT") == 9
    assert [pause_s(attempt) for attempt in range(4)] == [0.25, 0.5, 1.0, 2.0]
    assert pause_s(0, "soon") == pause_s(0)
    assert pause_s(2, dice=1.0) == pause_s(2) / 2


def test_many_logs_ask_for_narrower_spans():
    assert limits.wider(800, asked=800, logs=limits.MOST_LOGS + 1) == 400
    assert limits.wider(800, asked=800, logs=limits.MOST_LOGS) == 800
    assert limits.wider(800, asked=800, logs=0) == 900
    assert limits.wider(800, asked=3, logs=0) == 800
    assert limits.wider(limits.WIDEST, asked=limits.WIDEST, logs=0) == limits.WIDEST
    assert limits.narrower(1) == 1


def test_a_batch_holds_no_more_questions_than_a_node_takes():
    asked = list(range(2 * limits.MOST_ASKED + 1))
    parted = list(limits.parts(asked))
    assert [len(part) for part in parted] == [limits.MOST_ASKED, limits.MOST_ASKED, 1]
    assert [question for part in parted for question in part] == asked


def test_a_batch_is_no_longer_than_a_node_takes_unless_one_question_is():
    long, longer = "x" * (limits.MOST_ASKED_BYTES // 2 + 1), "x" * (2 * limits.MOST_ASKED_BYTES)
    parted = list(limits.parts([long, long, longer, long]))
    assert [len(part) for part in parted] == [1, 1, 1, 1]
    assert list(limits.parts([])) == []
