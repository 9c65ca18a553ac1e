import numpy as np
import polars as pl
import pytest

from anonymize.domain import queries
from bench import real
from demo import fleets

NOTHING = np.nan


def test_recorded_data_that_are_absent_give_no_figures(tmp_path):
    assert real.measure(tmp_path) == {}


def test_errors_are_over_what_is_told_and_has_an_exact_figure():
    told = np.array([[[11.0], [NOTHING], [5.0]], [[8.0], [40.0], [5.0]]])
    truth = np.array([[10.0], [20.0], [NOTHING]])

    found = real.errors(told, truth, is_relative=True)

    assert found["error_median"] == pytest.approx(0.2)
    assert found["error_p90"] == pytest.approx(0.84)


def test_an_interval_counts_where_it_is_told_and_the_truth_is_known():
    value = np.array([[[1.0], [2.0], [NOTHING]]])
    told = real.Told(value, value - 0.5, value + 0.5)

    assert told.coverage(np.array([[1.4], [3.0], [1.0]])) == 0.5


def test_widths_are_set_against_promised_ones_where_most_draws_tell():
    high = np.array([[[1.0], [NOTHING]], [[3.0], [NOTHING]], [[2.0], [9.0]]])
    told = real.Told(high, -high, high)

    assert told.half_over(np.array([[4.0], [1.0]])) == 0.5


def test_heavy_drivers_weigh_more_over_rows_and_the_same_over_drivers():
    query = queries.plan_of(fleets.spec_of("dundee"))
    energy = query.statistics[0]
    parts = pl.DataFrame(
        {
            "driver": [0, 1],
            "group": [0, 0],
            "rows": [3, 1],
            "sum_energy_wh": [30_000, 20_000],
        }
    )

    assert real.over_drivers(query, energy, parts)[0, 0] == 15
    assert real.over_rows(query, energy, parts)[0, 0] == 12.5
