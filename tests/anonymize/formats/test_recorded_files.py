"""The recorded sets, read whole: every row is used or counted by reason."""

import gzip
import time

import pytest

from anonymize.domain import cells, contributions, queries
from anonymize.formats import errors
from anonymize.formats.reading import read
from demo import fleets
from tests.anonymize.making import first, recorded


def test_it_reads_the_public_chargers_of_a_city():
    file = recorded("charging", "dundee_uk", "Charging_Sessions_Dundee_060618_060918.csv.gz")
    reading = read(gzip.decompress(file.read_bytes()))
    assert reading.report.to_dict()["refused"] == {
        "missing_end": 57,
        "negative_energy": 6,
        "zero_energy": 543,
    }
    assert reading.report.rows_read == 14_747
    assert reading.report.rows_used == reading.frame.height == 14_141
    assert reading.frame["window"].n_unique() == 4


def test_it_reads_the_residential_chargers_of_a_country():
    file = recorded("charging", "norway_residential", "Dataset1_charging_reports.csv.gz")
    reading = read(gzip.decompress(file.read_bytes()))
    assert reading.report.to_dict()["refused"] == {"missing_end": 10}
    assert reading.report.rows_used == 27_141
    assert reading.frame["site"].n_unique() == 9


def test_the_files_of_all_drivers_become_a_vector_in_seconds():
    fleet = fleets.load(str(recorded("charging", "dundee_uk")), drivers=None, seed=1)
    query = queries.plan_of(fleet.spec)
    began = time.perf_counter()
    frames = {one.label: read(one.content).frame for one in fleet.drivers}
    parts = {label: contributions.partials(one, query) for label, one in frames.items()}
    vector = cells.encode(contributions.bound(parts, query, first), cells.layout_of(query))
    assert any(vector)
    # 1.2 s on two quiet cores; the bound leaves room for a busy machine.
    assert time.perf_counter() - began < 8


def test_a_table_of_the_same_source_with_swapped_dates_is_not_taken_for_it():
    files = sorted(recorded("messy").glob("Charging_Sessions_Dundee*.csv.gz"))
    assert files
    for file in files:
        with pytest.raises(errors.UnknownFormat):
            read(gzip.decompress(file.read_bytes()))
