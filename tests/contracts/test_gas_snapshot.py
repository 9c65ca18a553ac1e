"""The kept gas figures: within the targets, and compared entry by entry."""

import pytest

from bench import gas


@pytest.mark.parametrize("act", sorted(gas.TARGETS))
def test_the_snapshot_keeps_within_the_targets(act):
    assert gas.kept()[act] <= gas.TARGETS[act]


def test_the_snapshot_holds_whole_numbers_in_alphabetical_order():
    kept = gas.kept()
    assert list(kept) == sorted(kept)
    assert all(type(value) is int and value > 0 for value in kept.values())


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (1_000, 1_050, set()),
        (1_000, 950, set()),
        (1_000, 1_051, {"act"}),
        (1_000, 949, {"act"}),
    ],
)
def test_a_figure_that_moved_by_more_than_five_percent_is_named(before, now, told):
    assert set(gas.changes({"act": before}, {"act": now})) == told


def test_a_figure_that_came_or_went_is_named():
    assert set(gas.changes({"old": 1}, {"new": 1})) == {"old", "new"}
