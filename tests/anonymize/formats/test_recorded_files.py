"""The recorded sets, read whole: every row is used or counted by reason."""

import gzip
import time
from collections import Counter

import polars as pl
import pytest

from anonymize.domain import cells, contributions, queries
from anonymize.formats import errors
from anonymize.formats.reading import read, read_file
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
    began = time.process_time()
    frames = {one.label: read(one.content).frame for one in fleet.drivers}
    parts = {label: contributions.partials(one, query) for label, one in frames.items()}
    vector = cells.encode(contributions.bound(parts, query, first), cells.layout_of(query))
    assert any(vector)
    # About 5 s of processor time, most of it 6 ms for each small file; the clock would tell
    # how busy the machine is.
    assert time.process_time() - began < 10


def test_a_table_of_the_same_source_with_mixed_dates_is_refused():
    files = sorted(recorded("messy").glob("Charging_Sessions_Dundee*.csv.gz"))
    assert files
    for file in files:
        with pytest.raises(errors.MixedDates):
            read(file.read_bytes())


# Counted with awk and grep on the published files, not with this reader.
SESSIONS = {
    "belib_paris/transactions-data-April-2017.csv.gz": (
        3_387,
        {"duplicate": 5, "zero_energy": 464},
    ),
    "boulder_us/ev_chargingstationdata_Boulder.csv.gz": (20_268, {"zero_energy": 1_622}),
    "dundee_uk/Charging_Sessions_Dundee_060618_060918.csv.gz": (
        14_747,
        {"missing_end": 57, "negative_energy": 6, "zero_energy": 543},
    ),
    "evwatts_tx/evwatts.public.vehiclesessions.csv.gz": (4_432, {}),
    "norway_residential/Dataset1_charging_reports.csv.gz": (27_151, {"missing_end": 10}),
    "sap_labs_fr/conso-ve-sap.csv.gz": (18_586, {}),
    "workplace_us/station_data_dataverse.csv.gz": (2_873, {"zero_energy": 46}),
}


@pytest.mark.parametrize("name", sorted(SESSIONS))
def test_it_reads_every_published_set_of_sessions(name):
    rows, refused = SESSIONS[name]
    reading = read_file(recorded("charging", *name.split("/")))
    assert reading.report.format == name.split("/")[0]
    assert reading.report.rows_read == rows
    assert reading.report.to_dict()["refused"] == refused
    assert reading.frame.height == rows - sum(refused.values())
    assert reading.frame["window"].null_count() == 0


def test_states_of_charge_of_zero_are_unknown():
    frame = read_file(recorded("charging", "sap_labs_fr", "conso-ve-sap.csv.gz")).frame
    known = frame.filter(pl.col("start_soc_permille").is_not_null())
    assert known.height == 2_051
    assert known["start_soc_permille"].min() == 10


# Files, rows, refusals and kilometres: counted with awk too, the kilometres from speeds alone.
DRIVES = {
    "twizy_rsk": (12, 41_412, {"impossible_date": 157}, 371.6),
    "carobd_etios": (94, 220_644, {"wrong_columns": 2_289}, 1_280.4),
    "kit_seat_leon": (57, 1_836_049, {"no_signal": 112}, 3_047.9),
}


@pytest.mark.parametrize("name", sorted(DRIVES))
def test_it_reads_every_recorded_drive(name):
    count, rows, refused, driven_km = DRIVES[name]
    readings = [read_file(path) for path in sorted(recorded("trips", name).glob("*.csv.gz"))]
    assert len(readings) == count
    assert sum(reading.report.rows_read for reading in readings) == rows
    total = sum((Counter(reading.report.refused) for reading in readings), Counter())
    assert {code.value: count for code, count in total.items()} == refused
    assert sum(reading.report.rows_used for reading in readings) == rows - total.total()
    metres = pl.concat([reading.frame for reading in readings])["distance_m"].sum()
    assert metres / 1000 == pytest.approx(driven_km, abs=0.1)
