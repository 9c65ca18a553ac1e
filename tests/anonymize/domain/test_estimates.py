"""The table of a release: what it says, what it holds back."""

from statistics import fmean, median, pvariance

import polars as pl
import pytest

from anonymize.domain import cells, estimates, mechanisms
from anonymize.domain.mechanisms import Noised
from anonymize.domain.prefix import RESOLUTION
from tests.anonymize.making import (
    EVERY_KIND,
    HOURS,
    MODELS,
    QUANTILES,
    cohort,
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


def own_means(frames, model):
    named = {"Small": "Small", "Large": "Large", "Other": "Unlisted"}[model]
    own = [f for f in frames.values() if f["vehicle_model"][0] == named]
    return [f["energy_wh"].mean() / 1000 for f in own], own


def test_without_noise_it_gives_the_exact_figures_of_the_cohort():
    query = query_with(statistics=EVERY_KIND)
    frames = cohort(300)
    table = estimated(query, frames).frame
    for model in ["Small", "Large", "Other"]:
        means, own = own_means(frames, model)
        row = table.row(by_predicate=pl.col("vehicle_model") == model, named=True)
        assert row["drivers"] == len(own)
        assert row["energy_mean"] == pytest.approx(fmean(means), abs=2e-3)
        assert row["energy_variance"] == pytest.approx(pvariance(means), abs=0.05)
        assert row["energy_quantiles_p50"] == pytest.approx(median(means), abs=0.7)
        totals = [min(f["energy_wh"].sum() / 1000, 200) for f in own]
        hours = [min(f["plug_in_hour"].sum(), 300) for f in own]
        assert row["energy_sum"] == pytest.approx(sum(totals), rel=1e-3)
        assert row["sessions"] == pytest.approx(sum(f.height for f in own), rel=1e-3)
        assert row["energy_per_hour"] == pytest.approx(sum(totals) / sum(hours), rel=1e-3)
        shares = [(f["plug_in_hour"] < 8).mean() for f in own]
        assert row["plug_in_hour_0-8"] == pytest.approx(fmean(shares), abs=2e-3)


def test_the_values_of_the_first_key_have_rows_when_asked_for():
    query = query_with(
        group_by=[MODELS, HOURS], l0=3, l0_first=1, statistics=[{**QUANTILES, "level": "first"}]
    )
    table = estimated(query, cohort(200)).frame
    assert table["level"].to_list() == ["all"] + ["first"] * 3 + ["group"] * 9
    firsts = table.filter(pl.col("level") == "first")
    assert firsts["vehicle_model"].to_list() == ["Small", "Large", "Other"]
    assert firsts["hour_of_day"].null_count() == 3
    assert firsts["energy_quantiles_p50"].null_count() == 0
    groups = table.filter(pl.col("level") == "group")
    assert groups["energy_quantiles_p50"].null_count() == 9


def test_the_counts_of_a_level_add_up():
    query = query_with(rho_micro=20_000)
    layout = cells.layout_of(query)
    noised = mechanisms.noise(
        vector_of(cohort(300), query), sensitivity=layout.sensitivity, rho_micro=20_000
    )
    table = estimates.estimate(noised, layout).frame
    assert table["drivers"][0] == pytest.approx(sum(table["drivers"][1:]), abs=2)


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
    _, weight, _ = next(p for p in layout.places() if p[0].shape == "drivers" and p[0].level)
    frames = {f"d{n}": frame(session("Small")) for n in range(15)}
    table = estimated(query, frames, 10 * weight * RESOLUTION).frame
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
