"""The cell vector: its layout, and the guard on which its sensitivity rests."""

import polars as pl
import pytest

from anonymize.domain import cells, contributions, splitting
from anonymize.domain.contributions import ALL, CROSS
from anonymize.domain.prefix import RESOLUTION
from tests.anonymize.making import (
    BOUGHT,
    HOURS,
    MODELS,
    first,
    frame,
    query_with,
    session,
    vector_of,
)


def cells_of(vector, layout, shape, level):
    for part, weight, place in layout.places():
        if (part.shape, part.level) == (shape, level):
            return [value / weight for value in vector[place]]
    raise AssertionError(shape)


def test_the_layout_follows_from_the_question_alone():
    layout = cells.layout_of(query_with(group_by=[MODELS, HOURS], l0=2))
    assert layout.size == 5 * (1 + 9)
    assert layout == cells.layout_of(query_with(group_by=[MODELS, HOURS], l0=2))


def test_each_driver_stands_in_the_level_of_all_data_and_in_the_group():
    query = query_with()
    vector, layout = (
        vector_of({"d": frame(session("Large", 40_000, 3))}, query),
        cells.layout_of(query),
    )
    assert cells_of(vector, layout, "drivers", ALL) == [RESOLUTION]
    assert cells_of(vector, layout, "value", ALL) == [RESOLUTION]
    assert cells_of(vector, layout, "shares", ALL) == [RESOLUTION, 0, 0]
    assert cells_of(vector, layout, "drivers", CROSS) == [0, RESOLUTION, 0]


def test_nobody_makes_a_vector_of_zeros():
    assert vector_of({}, query_with()) == [0] * 20


def test_every_part_has_about_the_share_it_was_given():
    query = query_with(group_by=[MODELS, HOURS], l0=2)
    from_rule = splitting.shares(query)
    layout = cells.layout_of(query)
    total = sum(share for _, share in from_rule)
    for (part, share), weight in zip(from_rule, layout.weights, strict=True):
        assert weight**2 * part.bound_squared / layout.squared == pytest.approx(
            share / total, rel=0.05
        )


def test_a_question_whose_range_is_bought_has_no_layout_before():
    with pytest.raises(ValueError, match="bought first"):
        cells.layout_of(query_with(statistics=[BOUGHT]))


@pytest.mark.parametrize(
    "broken",
    [
        (pl.col("group") + 7).alias("group"),
        (pl.col("group") - 1).alias("group"),
        pl.lit(0, pl.Int64).alias("rows"),
        pl.lit(None, pl.Int64).alias("sum_energy_wh"),
        pl.lit(-1, pl.Int64).alias("driver"),
        pl.lit(CROSS, pl.Int64).alias("level"),
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
