"""One process at a time; after a silent node a rest."""

import pytest

from chain import turns
from chain.errors import NodeDown, TurnTaken
from chain.models import Turn


def test_after_a_silent_node_the_turn_rests_longer_each_time(db, monkeypatch):
    monkeypatch.setattr(turns, "SHORTEST_REST_S", 100)
    monkeypatch.setattr(turns, "LONGEST_REST_S", 1_000)
    rests = []
    for _ in range(6):
        with pytest.raises(NodeDown), turns.take("sending"):
            raise NodeDown
        turn = Turn.objects.get(name="sending")
        with pytest.raises(TurnTaken), turns.take("sending"):
            pass
        rests.append(turn.misses)
        Turn.objects.update(held_until=None)
    assert rests == [1, 2, 3, 4, 5, 6]


def test_a_rest_grows_up_to_a_bound_and_is_never_the_same(db):
    assert turns.SHORTEST_REST_S / 2 <= turns._rest_s(0) <= turns.SHORTEST_REST_S
    assert turns.LONGEST_REST_S / 2 <= turns._rest_s(10_000) <= turns.LONGEST_REST_S
    assert len({turns._rest_s(9) for _ in range(50)}) > 1


def test_a_good_turn_forgets_the_misses(db):
    Turn.objects.create(name="sending", misses=4)
    with turns.take("sending"):
        pass
    assert Turn.objects.get(name="sending").misses == 0
