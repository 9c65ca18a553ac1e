import polars as pl
import pytest

from bench.peers import errors
from bench.peers.asked import Answer, Question
from bench.peers.errors import Missed

QUESTION = Question(
    models=["Small", "Large"],
    bins=2,
    at=[0.5],
    clamp=(0, 600),
    health=(70, 100),
    l0=2,
    epsilon=1.0,
    delta=1e-6,
    rho=0.02,
    may_bound=True,
)
TABLE = pl.DataFrame(
    {
        "driver": [1, 1, 2, 3],
        "model": ["Small", "Small", "Small", "Large"],
        "bin": [0, 1, 0, 0],
        "wh_per_km": [100.0, 150.0, 200.0, 180.0],
        "soh": [90.0, 90.0, 94.0, 80.0],
    }
)


def test_the_exact_figures_weigh_every_driver_the_same():
    truth = errors.exact(QUESTION, TABLE)

    assert sorted(truth.means) == [("Large", 0, 180.0), ("Small", 0, 150.0), ("Small", 1, 150.0)]
    assert sorted(truth.quantiles) == [("Large", 0.5, 80.0), ("Small", 0.5, 92.0)]


def test_means_miss_relatively_and_quantiles_by_points():
    truth = errors.exact(QUESTION, TABLE)
    told = Answer([("Small", 0, 165.0), ("Large", 0, 90.0)], [("Small", 0.5, 90.5)])

    missed = errors.missed(told, truth)

    assert missed.means == {("Small", 0): pytest.approx(0.1), ("Large", 0): 0.5}
    assert missed.quantiles == {("Small", 0.5): 1.5}


def test_a_figure_of_a_group_without_drivers_has_no_error():
    told = Answer([("Large", 1, 300.0)], [])

    assert errors.missed(told, errors.exact(QUESTION, TABLE)).means == {}


def test_the_middle_and_the_tail_are_over_all_answers_and_what_is_told_over_all_groups():
    one = Missed({("Small", 0): 0.1, ("Small", 1): 0.2}, {("Small", 0.5): 1.0})
    other = Missed({("Small", 0): 0.3}, {})

    told = errors.figures(QUESTION, [one, other])

    assert told["mean_median"] == pytest.approx(0.2)
    assert told["mean_p90"] == pytest.approx(0.28)
    assert told["mean_told"] == 3 / 8
    assert told["soh_told"] == 1 / 4


def test_nothing_told_has_a_share_and_no_error():
    told = errors.figures(QUESTION, [Missed({}, {})])

    assert told == {"mean_told": 0, "soh_told": 0}


def test_only_the_figures_that_the_others_tell_too_are_kept_table_by_table():
    peer = Missed({("Small", 0): 0.1, ("Small", 1): 0.2}, {("Small", 0.5): 1.0})
    ours = [Missed({("Small", 1): 0.0}, {}), Missed({("Small", 0): 0.0}, {})]

    kept = errors.only([peer, peer], ours)

    assert [one.means for one in kept] == [{("Small", 1): 0.2}, {("Small", 0): 0.1}]
    assert [one.quantiles for one in kept] == [{}, {}]
