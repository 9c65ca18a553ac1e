"""Drives in the forms drivers have them: told by content, brought to VSS, parted into trips."""

import gzip
import io
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from anonymize.formats import errors, merging
from anonymize.formats.quality import DRIVING
from anonymize.formats.reading import Reading, read
from tests.anonymize.formats import making

FILES = {
    "vss_driving": making.vss_drive(),
    "car_scanner_wide": making.car_scanner_wide(),
    "car_scanner_long": making.car_scanner_long(),
    "ved": making.ved(),
    "owner_log": making.owner_log(),
    "obd": making.obd(),
    "twizy_rsk": making.twizy(["03/29/2021"] * 30),
    "carobd": making.etios(),
    "kit_seat_leon": making.kit([f"10:00:{n:02}.000" for n in range(30)]),
    "gbt32960": making.frames(),
}


def only(frame):
    assert frame.height == 1
    return frame.row(0, named=True)


def samples_of(reading: Reading) -> pl.DataFrame:
    assert reading.samples is not None
    return reading.samples


def refused_of(reading: Reading) -> Any:
    return reading.report.to_dict()["refused"]


@pytest.mark.parametrize("name", sorted(FILES))
def test_each_form_is_told_by_its_content_plain_or_compressed(name):
    plain, packed = read(FILES[name]), read(gzip.compress(FILES[name]))
    assert plain.kind == packed.kind == plain.report.kind == DRIVING
    assert plain.report.format == packed.report.format == name
    assert plain.report.rows_used > 0
    assert plain.frame.equals(packed.frame)
    assert "gzip" in packed.report.quirks


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_place_owner_or_note_comes_into_a_frame_or_a_report(name):
    reading = read(FILES[name])
    told = f"{reading.report.to_dict()}{reading.frame.to_dicts()}"
    if reading.samples is not None:
        told += str(reading.samples.to_dicts())
        assert not {"latitude", "longitude", "trip"} & set(reading.samples.columns)
    assert making.MARKER not in told


def test_our_own_form_becomes_a_trip_with_energy_and_night():
    trip = only(read(making.vss_drive(3_700)).frame)
    assert trip["started_at"] == datetime.fromisoformat("2026-10-02T21:00")
    assert (trip["window"], trip["start_hour"]) == ("2026-10", 21)
    assert (trip["distance_m"], trip["duration_s"]) == (36_990, 3_699)
    assert trip["energy_wh"] == pytest.approx(5_000 * 3_699 / 3_600, abs=1)
    assert trip["energy_wh_per_km"] == round(trip["energy_wh"] / 36.99)
    assert (trip["night_s"], trip["night_distance_m"]) == (100, 1_000)
    assert (trip["soh_permille"], trip["odometer_m"]) == (945, 1_036_990)
    assert (trip["speed_dkmh"], trip["ambient_temp_dc"]) == (360, 125)


def test_our_own_form_is_the_same_in_csv_json_lines_and_parquet():
    table = making.vss_drive()
    frame = pl.read_csv(table)
    stored = io.BytesIO()
    frame.with_columns(pl.col("Timestamp").str.head(19).str.to_datetime()).write_parquet(stored)
    expected = read(table)
    for other in (making.json_lines(table), stored.getvalue()):
        reading = read(other)
        assert reading.frame.equals(expected.frame)
        assert samples_of(reading).equals(samples_of(expected))


def test_a_simulated_file_says_so_in_every_form():
    remark = "SIMULATED: no real driver"
    table = making.vss_drive()
    stored = io.BytesIO()
    pl.read_csv(table).with_columns(remark=pl.lit(remark)).write_parquet(stored)
    for content in (
        f"# {remark}\n".encode() + table,
        making.json_lines(table, remark=remark),
        stored.getvalue(),
    ):
        assert read(content).report.is_simulated


def test_the_app_that_counts_what_leaves_the_battery_is_turned_and_its_midnight_passed():
    reading = read(making.car_scanner_wide(), name="2024-05-01_23-59-30.csv.gz")
    assert {"midnight", "sign_swapped", "trailing_columns"} <= set(reading.report.quirks)
    assert samples_of(reading)["power_w"].max() == -7_800
    assert samples_of(reading)["current_ma"].max() == -20_000
    assert reading.report.to_dict()["span"] == ["2024-05-01", "2024-05-02"]
    trip = only(reading.frame)
    assert (trip["duration_s"], trip["soh_permille"], trip["battery_temp_dc"]) == (59, 950, 250)
    assert trip["energy_wh"] == round(7_800 * 59 / 3_600)


def test_the_cells_voltage_is_not_taken_for_the_batterys():
    assert samples_of(read(making.car_scanner_wide()))[
        "voltage_mv"
    ].drop_nulls().unique().item() == (390_000)


def test_the_charge_of_the_battery_decides_over_a_declared_sign():
    rising = making.vss_drive(600, soc_step=-0.02, power_w=-5_000)
    reading = read(rising)
    assert samples_of(reading)["power_w"].min() == 5_000
    assert "sign_swapped" in reading.report.quirks


def test_a_charge_between_two_trips_does_not_mislead_the_sign():
    header, *rows = making.vss_drive(600).decode().splitlines()
    later = [row.replace("T21:", "T23:").replace(",80", ",95") for row in rows]
    later = [row.replace(",7", ",9") if ",7" in row else row for row in later]
    reading = read(making.csv(header, rows + later))
    assert reading.frame.height == 2
    assert samples_of(reading)["power_w"].max() == -5_000


def test_a_long_export_joins_the_values_of_one_second():
    reading = read(making.car_scanner_long(), name="2024-05-01.csv")
    assert reading.report.rows_read == 240
    assert refused_of(reading) == {"no_signal": 60}
    assert samples_of(reading).height == 60
    assert samples_of(reading).row(0, named=True) == {
        "soc_permille": 805,
        "speed_dkmh": 360,
        "current_ma": -20_000,
        "time_ms": 0,
        "window": "2024-05",
    }


def test_trips_that_the_file_numbers_are_parted():
    reading = read(making.ved())
    assert reading.frame.height == 2
    assert reading.frame["started_at"][0] == datetime.fromisoformat("2017-11-05T12:00")
    assert (reading.frame["energy_wh"] > 0).all()


def test_rows_of_several_vehicles_are_refused():
    with pytest.raises(errors.SeveralVehicles):
        read(making.ved(vehicles=2))
    with pytest.raises(errors.SeveralVehicles):
        read(making.frame(0) + making.frame(1, owner=b"L" * 17))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16", "utf-16-le"])
def test_an_owners_log_is_read_in_any_encoding_without_its_notes(encoding):
    reading = read(making.owner_log(encoding))
    assert reading.report.rows_used == 2
    assert refused_of(reading) == {"impossible_date": 1}
    row = reading.frame.row(0, named=True)
    assert (row["distance_m"], row["energy_wh"], row["odometer_m"]) == (250_500, 40_200, 12_345_000)
    assert (row["energy_wh_per_km"], row["start_hour"], row["window"]) == (160, None, "2020-03")


def test_miles_and_fahrenheit_become_kilometres_and_celsius():
    sample = samples_of(read(making.obd())).row(0, named=True)
    assert (sample["speed_dkmh"], sample["ambient_temp_dc"]) == (483, 200)


def test_a_log_that_a_spreadsheet_rewrote_is_refused_rather_than_guessed():
    with pytest.raises(errors.SpreadsheetDamage):
        read(making.spreadsheet_damage())


@pytest.mark.parametrize(
    ("dates", "month"), [(["03/29/2021", "90/02/2032"], "2021-03"), (["29/3/2021"] * 2, "2021-03")]
)
def test_two_ways_to_write_a_date_are_read_and_impossible_dates_refused(dates, month):
    reading = read(making.twizy(dates))
    assert reading.frame["window"].item() == month
    assert reading.report.rows_used == 2 - ("90/02/2032" in dates)


def test_speed_above_the_limit_beside_it_is_speeding():
    trip = only(read(making.twizy(["03/29/2021"] * 60)).frame)
    assert trip["speeding_distance_m"] == trip["distance_m"] == round(30 / 3.6 * 59)


def test_a_log_without_time_counts_its_rows_as_seconds_and_for_no_month():
    reading = read(making.etios())
    assert {"row_is_second", "no_date", "trailing_columns"} <= set(reading.report.quirks)
    trip = only(reading.frame)
    assert (trip["distance_m"], trip["duration_s"]) == (290, 29)
    assert trip["window"] is trip["start_hour"] is None


def test_a_header_encoded_twice_is_put_right():
    content = making.kit(["10:00:00.000", "10:00:01.000"]).replace(b",36.0,,", b",36.0,,21")
    reading = read(content, name="2017-07-05_Seat_Leon.csv")
    assert "double_encoded" in reading.report.quirks
    assert samples_of(reading)["ambient_temp_dc"].to_list() == [210, 210]
    assert samples_of(reading)["window"][0] == "2017-07"


def test_a_stretch_that_is_there_twice_is_used_once():
    clocks = [f"10:00:{n:02}.000" for n in range(40)]
    reading = read(making.kit(clocks + clocks[20:]))
    assert reading.report.rows_used == 40
    assert refused_of(reading) == {"duplicate": 20}
    assert {"repeated_stretch", "out_of_order"} <= set(reading.report.quirks)
    assert reading.frame.equals(read(making.kit(clocks)).frame)


def test_two_files_that_repeat_a_drive_count_once():
    whole = read(making.kit([f"10:00:{n:02}.000" for n in range(60)]), name="2024-05-01").frame
    part = read(making.kit([f"10:00:{n:02}.000" for n in range(30, 60)]), name="2024-05-01").frame
    other = read(making.kit([f"11:00:{n:02}.000" for n in range(60)]), name="2024-05-01").frame
    merged = merging.distinct(pl.concat([whole, part, other, whole]), DRIVING)
    assert merged.equals(pl.concat([whole, other]))


@pytest.mark.parametrize("edition", [2016, 2025])
def test_frames_are_read_binary_and_as_lines_of_hex(edition):
    content = making.frames(30, edition=edition)
    lines = "\n".join(
        f"2026-10-02 22:00 {making.frame(n, edition=edition).hex()}" for n in range(30)
    )
    reading, hexed = read(content), read(lines.encode())
    assert samples_of(reading).equals(samples_of(hexed))
    sample = samples_of(reading).select(pl.exclude("time_ms")).unique().row(0, named=True)
    assert {name: value for name, value in sample.items() if value is not None} == {
        "speed_dkmh": 360,
        "soc_permille": 800,
        "current_ma": -20_000,
        "voltage_mv": 390_000,
        "battery_temp_dc": 250,
        "odometer_m": 12_345_600,
        "window": "2026-10",
    }


def test_a_damaged_frame_is_counted_and_the_next_one_found():
    whole = making.frames(10)
    content = making.frame(0) + b"##\1\1 noise" + making.frame(1)[:-1] + b"\0" + whole
    reading = read(content)
    assert reading.report.rows_used >= 10
    assert refused_of(reading)["broken_frame"] == 2


def test_encrypted_frames_are_refused_in_words():
    with pytest.raises(errors.EncryptedFrames):
        read(making.frame(0, encryption=3))


def test_harsh_events_are_counted_once_each_and_a_held_reading_is_none():
    speeds = [40] * 5 + [52, 64, 76] + [75, 74, 73, 60, 47, 47, 46] + [46] * 9 + [80]
    rows = [f"10:00:{n:02}.000,{speed},," for n, speed in enumerate(speeds)]
    header = making.kit([]).decode().strip()
    trip = only(read(making.csv(header, rows)).frame)
    assert (trip["harsh_accelerations"], trip["harsh_brakings"], trip["harsh_events"]) == (1, 1, 2)


def test_a_parked_stretch_is_no_trip_but_tells_of_the_battery():
    header, *rows = making.vss_drive().decode().splitlines()
    parked = [row.replace(",36.0,", ",0,").rsplit(",", 2)[0] + ",1000000,12.5" for row in rows]
    trip = only(read(making.csv(header, parked)).frame)
    assert trip["distance_m"] is trip["duration_s"] is trip["harsh_events"] is None
    assert (trip["soh_permille"], trip["start_soc_permille"]) == (945, 800)


def test_values_that_no_road_vehicle_shows_are_left_out():
    content = making.vss_drive().replace(b",36.0,", b",9999,", 1)
    reading = read(content)
    assert "implausible_values" in reading.report.quirks
    assert samples_of(reading)["speed_dkmh"].null_count() == 1
