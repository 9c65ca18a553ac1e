"""The cell vector: its layout, and the guard on which its sensitivity rests."""

import polars as pl
import pytest

from anonymize.domain import cells, contributions
from anonymize.domain.contributions import RESOLUTION
from tests.anonymize.making import HOURS, MODELS, first, frame, query_with, session, vector_of


def test_the_layout_follows_from_the_question_alone():
    layout = cells.layout_of(query_with(group_by=[MODELS, HOURS], l0=2))
    assert layout.size == 5 * (1 + 9)
    assert layout == cells.layout_of(query_with(group_by=[MODELS, HOURS], l0=2))


def test_each_driver_stands_in_the_level_of_all_data_and_in_the_group():
    query = query_with()
    vector = vector_of({"d": frame(session("Large", 40_000, 3))}, query)
    layout = cells.layout_of(query)
    weights = layout.whole.weights
    assert vector[layout.block(-1)] == [
        weights.count * RESOLUTION,
        weights.mean * RESOLUTION,
        weights.bin * RESOLUTION,
        0,
        0,
    ]
    assert vector[layout.block(0)] == [0] * 5
    assert vector[layout.block(1)][0] == layout.weights_at(1)[0] * RESOLUTION


def test_an_ungrouped_question_has_one_block():
    query = query_with(group_by=[])
    layout = cells.layout_of(query)
    assert layout.size == len(vector_of({"d": frame(session())}, query)) == 5


def test_nobody_makes_a_vector_of_zeros():
    assert vector_of({}, query_with()) == [0] * 20


@pytest.mark.parametrize(
    "broken",
    [
        pl.col("count") * 2,
        pl.col("mean_0") - 3 * RESOLUTION,
        pl.col("share_0_0") + 1,
        (pl.col("group") + 7).alias("group"),
        pl.lit(0, pl.Int64).alias("group"),
        pl.lit(None, pl.Int64).alias("mean_0"),
    ],
)
def test_it_refuses_a_contribution_beyond_its_bound(broken):
    query = query_with()
    bounded = contributions.bound_frames({"d": frame(session())}, query, first)
    with pytest.raises(ValueError, match="passes its bound"):
        cells.encode(bounded.with_columns(broken), cells.layout_of(query))


def test_it_refuses_more_groups_than_the_layout_charges_for():
    frames = {"d": frame(session("Small"), session("Large"))}
    bounded = contributions.bound_frames(frames, query_with(l0=2), first)
    with pytest.raises(ValueError, match="passes its bound"):
        cells.encode(bounded, cells.layout_of(query_with(l0=1)))
