"""The table of a release: what it says, what it holds back."""

from statistics import fmean

import polars as pl
import pytest

from anonymize.domain import cells, contributions, estimates, mechanisms
from anonymize.domain.mechanisms import Noised
from tests.anonymize.making import (
    HOURS,
    MODELS,
    cohort,
    first,
    frame,
    query_with,
    session,
    vector_of,
)

FAINT = 1e-3


def estimated(query, frames, scale=FAINT):
    layout = cells.layout_of(query)
    values = tuple(vector_of(frames, query))
    return estimates.estimate(Noised(values, scale=scale, rho_micro_spent=0), layout)


def test_without_noise_it_gives_the_exact_figures_of_the_cohort():
    query = query_with()
    frames = cohort(300)
    bounded = contributions.bound_frames(frames, query, first)
    table = estimated(query, frames).frame
    for number, model in enumerate(["Small", "Large", "Other"]):
        exact = bounded.filter(pl.col("group") == number)
        row = table.row(by_predicate=pl.col("vehicle_model") == model, named=True)
        assert row["drivers"] == exact.height
        mean = 20 + 20 * fmean(exact["mean_0"].to_list()) / contributions.RESOLUTION
        assert row["energy_mean"] == pytest.approx(mean, abs=1e-4)
        share = fmean(exact["share_0_0"].to_list()) / contributions.RESOLUTION
        assert row["plug_in_hour_0-8"] == pytest.approx(share, abs=1e-5)


def test_the_first_row_is_all_data_and_has_no_group():
    table = estimated(query_with(group_by=[MODELS, HOURS], l0=3), cohort(60)).frame
    assert table.row(0, named=True)["level"] == "all"
    assert table.row(0)[1:3] == (None, None)
    assert table.height == 1 + 9


def test_an_ungrouped_question_gives_one_row():
    table = estimated(query_with(group_by=[]), cohort(60)).frame
    assert table.height == 1
    assert table["drivers"].item() == 60


def test_a_group_below_the_minimum_is_held_back_whole():
    frames = {f"d{n}": frame(session("Small")) for n in range(40)}
    frames |= {f"e{n}": frame(session("Large")) for n in range(19)}
    table = estimated(query_with(min_cohort=20), frames).frame
    row = table.row(by_predicate=pl.col("vehicle_model") == "Large", named=True)
    assert row["held_back"] == "min_cohort"
    figures = [name for name in table.columns if name.startswith(("energy", "plug_in"))]
    assert all(row[name] is None for name in figures)


def test_a_group_too_noisy_to_divide_by_is_held_back():
    query = query_with(min_cohort=10)
    layout = cells.layout_of(query)
    scale = 10 * layout.weights_at(0)[0] * contributions.RESOLUTION
    frames = {f"d{n}": frame(session("Small")) for n in range(15)}
    table = estimated(query, frames, scale).frame
    row = table.row(by_predicate=pl.col("vehicle_model") == "Small", named=True)
    assert row["held_back"] == "too_noisy"


def test_nobody_is_answered_without_a_crash():
    query = query_with()
    layout = cells.layout_of(query)
    noised = mechanisms.noise(
        vector_of({}, query), sensitivity=layout.sensitivity, rho_micro=query.rho_micro
    )
    told = estimates.estimate(noised, layout)
    assert told.cohort_noised >= 0
    assert told.frame["held_back"].null_count() == 0
    assert min(told.frame["drivers"].to_list()) >= 0


def test_every_column_is_described_and_shares_sum_to_one():
    told = estimated(query_with(), cohort(200), scale=1e4)
    assert [column["name"] for column in told.columns] == told.frame.columns
    assert all(column["description"] for column in told.columns)
    shares = told.frame.select(
        pl.sum_horizontal("plug_in_hour_0-8", "plug_in_hour_8-16", "plug_in_hour_16-24")
    )
    assert all(row[0] == pytest.approx(1, abs=1e-5) for row in shares.iter_rows())


def test_the_noisy_cohort_is_a_whole_number_near_the_true_one():
    assert estimated(query_with(), cohort(200)).cohort_noised == 200
