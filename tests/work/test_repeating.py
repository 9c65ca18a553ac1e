"""The same request twice gives one effect and one answer."""

from datetime import UTC, datetime

import pytest

from common.errors import Conflict
from work import repeating
from work.errors import IdempotencyKeyReused
from work.models import AnsweredRequest

pytestmark = pytest.mark.django_db

REQUEST = {"caller": "7", "path": "/api/v1/claims", "key": "k-1", "body_sha256": "a" * 64}


def test_a_repeat_replays_the_first_answer():
    acts: list[int] = []

    def act() -> tuple[int, object]:
        acts.append(1)
        return 202, {"object": "claim"}

    first = repeating.answer_once(**REQUEST, act=act)
    again = repeating.answer_once(**REQUEST, act=act)
    assert first == ((202, {"object": "claim"}), False)
    assert again == ((202, {"object": "claim"}), True)
    assert acts == [1]


def test_another_body_under_the_same_key_is_refused():
    repeating.answer_once(**REQUEST, act=lambda: (200, {}))
    with pytest.raises(IdempotencyKeyReused):
        repeating.answer_once(**{**REQUEST, "body_sha256": "b" * 64}, act=lambda: (200, {}))


def test_a_refusal_is_not_stored():
    def refuse() -> tuple[int, object]:
        raise Conflict

    with pytest.raises(Conflict):
        repeating.answer_once(**REQUEST, act=refuse)
    assert not AnsweredRequest.objects.exists()
    assert repeating.answer_once(**REQUEST, act=lambda: (200, {"ok": True}))[1] is False


def test_keys_of_different_callers_do_not_meet():
    repeating.answer_once(**REQUEST, act=lambda: (200, {"of": "7"}))
    other = repeating.answer_once(**{**REQUEST, "caller": "8"}, act=lambda: (200, {"of": "8"}))
    assert other == ((200, {"of": "8"}), False)


def test_an_answer_with_times_is_stored_as_it_was_sent():
    at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    repeating.answer_once(**REQUEST, act=lambda: (201, {"created_at": at}))
    (_, body), is_replay = repeating.answer_once(**REQUEST, act=lambda: (201, {}))
    assert (body, is_replay) == ({"created_at": "2026-11-22T09:30:00Z"}, True)
