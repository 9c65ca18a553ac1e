"""The simulated fleet: seeded, labelled, readable, and unlike in its habits."""

from collections import Counter

import polars as pl
import pytest

from anonymize.domain import promises, queries
from anonymize.formats import vss_charging
from anonymize.formats.reading import read
from demo import fleets
from simulator import files
from simulator.fleet import fleet


@pytest.fixture(scope="module")
def readings():
    return [read(one.content) for one in fleet(11, 70)]


def test_the_same_seed_gives_the_same_fleet_whatever_its_size():
    assert list(fleet(3, 2)) == list(fleet(3, 4))[:2]
    assert next(fleet(3, 1)).content != next(fleet(4, 1)).content


def test_every_file_says_that_it_is_simulated(readings):
    assert all(one.content.startswith(b"# ") for one in fleet(11, 5))
    assert all(reading.report.is_simulated for reading in readings)


def test_the_columns_are_those_of_our_own_format():
    assert files.COLUMNS == vss_charging.COLUMNS


def test_nearly_every_row_can_be_used_and_faults_occur(readings):
    refused = sum((Counter(reading.report.refused) for reading in readings), Counter())
    read_rows = sum(reading.report.rows_read for reading in readings)
    assert {"negative_energy", "zero_energy", "missing_end"} == set(refused)
    assert 0.005 < refused.total() / read_rows < 0.05


def test_some_drivers_charge_far_more_than_others(readings):
    rows = sorted(reading.report.rows_used for reading in readings)
    assert rows[-1] > 5 * max(rows[5], 1)


def test_models_differ_in_energy_and_evenings_are_busy(readings):
    frame = pl.concat([reading.frame for reading in readings])
    means = frame.group_by("vehicle_model").agg(pl.col("energy_wh").mean())["energy_wh"]
    assert means.max() > 1.8 * means.min()
    evening = frame["plug_in_hour"].is_between(16, 21).mean()
    assert evening > 0.4
    assert frame["window"].unique().sort().to_list() == ["2026-08", "2026-09", "2026-10"]


def test_the_shipped_question_suits_the_fleet(readings):
    query = queries.plan_of(fleets.spec_of("simulated"))
    models = set(pl.concat([reading.frame for reading in readings])["vehicle_model"])
    assert set(query.group_by[0].domain) - {"Other"} <= models
    assert promises.promise(query, fleets.DRIVERS_WHEN_SIMULATED).verdict == "useful"
