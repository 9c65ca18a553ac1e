"""Files as drivers have them: told by content, read row by row, refused with a reason."""

import gzip
import io
import json
from datetime import datetime

import pytest

from anonymize.formats import errors
from anonymize.formats.reading import read, read_stream

DUNDEE_HEADER = (
    "Charging event,User ID,CP ID,Connector,Start Date,Start Time,End Date,End Time,"
    "Total kWh,Cost,Site,Group,Model,,,"
)
NORWAY_HEADER = (
    '"location";"user_id";"session_id";"plugin_time";"plugout_time";'
    '"connection_time";"energy_session"'
)
VSS = "Vehicle.Powertrain.TractionBattery.Charging.Session."
IDENTITY = "Vehicle.VehicleIdentification."
VSS_HEADER = f"{IDENTITY}Brand,{IDENTITY}Model,{VSS}Start,{VSS}End,{VSS}Energy,{VSS}Site"
VSS_ROW = "Nissan,LEAF,2026-10-02 18:05,2026-10-02 20:05,7.5,home"


def dundee(*rows):
    return "\r\n".join([DUNDEE_HEADER, *rows, ""]).encode()


def dundee_row(
    *, start="30/06/2018,23:55", end="01/07/2018,07:03", energy="22.287", car="Nissan LEAF", event=1
):
    return f'{event},7,50914,1,{start},{end},{energy},0,"Hub, Dundee",A; B,APT 22kW,,,{car}'


def norway(*rows):
    return "\r\n".join([NORWAY_HEADER, *rows, ""]).encode()


def norway_row(start="2019-11-28 19:08:00", end="2019-11-29 08:20:00", energy="19,96"):
    return f'"ASK";"ASK_x";"ASK_1";{start};{end};13,2;{energy}'


def vss(*rows, header=VSS_HEADER, remark="# a remark\n"):
    return (remark + "\n".join([header, *rows]) + "\n").encode()


def test_it_reads_a_public_charger_table_with_day_first_dates():
    reading = read(dundee(dundee_row()))
    assert reading.report.format == "dundee_uk"
    assert reading.frame.row(0, named=True) == {
        "started_at": datetime.fromisoformat("2018-06-30T23:55"),
        "energy_wh": 22_287,
        "vehicle_model": "Nissan LEAF",
        "site": "Hub, Dundee",
        "plug_in_hour": 23,
        "window": "2018-06",
        "duration_s": 25_680,
        "power_w": 3_124,
        "start_soc_permille": None,
        "end_soc_permille": None,
    }


def test_it_reads_a_residential_table_with_decimal_commas():
    reading = read(norway(norway_row()))
    row = reading.frame.row(0, named=True)
    assert reading.report.format == "norway_residential"
    assert (row["energy_wh"], row["site"], row["vehicle_model"]) == (19_960, "ASK", None)
    assert (row["plug_in_hour"], row["window"]) == (19, "2019-11")


def test_it_reads_our_own_table_with_columns_in_any_order():
    reading = read(
        vss(
            "home,7.5,2026-10-02T20:05:00+02:00,2026-10-02T18:05:00+02:00,LEAF,Nissan",
            header=",".join(reversed(VSS_HEADER.split(","))),
        )
    )
    row = reading.frame.row(0, named=True)
    assert reading.report.format == "vss_charging"
    assert (row["vehicle_model"], row["energy_wh"], row["plug_in_hour"]) == (
        "Nissan LEAF",
        7_500,
        18,
    )


def test_it_tells_a_simulated_file_from_a_recorded_one():
    assert read(vss(VSS_ROW, remark="# SIMULATED: no real driver\n")).report.is_simulated
    assert not read(vss(VSS_ROW)).report.is_simulated


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_it_reads_past_a_byte_order_mark_and_other_line_ends(bom):
    content = bom + vss(VSS_ROW).replace(b"\n", b"\r\n")
    assert read(content).report.rows_used == 1


def test_it_reads_names_in_an_old_encoding():
    content = dundee(dundee_row(car="Citroën C-Zero")).decode().encode("latin-1")
    assert read(content).frame["vehicle_model"].item() == "Citroën C-Zero"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (dundee(dundee_row(energy="-3.2")), "negative_energy"),
        (dundee(dundee_row(energy="0")), "zero_energy"),
        (dundee(dundee_row(energy="")), "missing_energy"),
        (
            dundee(dundee_row(energy='"7,5 kWh"')),
            "unreadable_number",
        ),
        (dundee(dundee_row(energy="1e5")), "unreadable_number"),
        (dundee(dundee_row(energy="nan")), "missing_energy"),
        (dundee(dundee_row(energy="99999")), "impossible_energy"),
        (dundee(dundee_row(start=",")), "missing_start"),
        (dundee(dundee_row(end="01/07/2018,")), "missing_end"),
        (dundee(dundee_row(start="31/06/2018,10:00")), "impossible_date"),
        (dundee(dundee_row(start="06/30/2018,10:00")), "impossible_date"),
        (dundee(dundee_row(start="30/06/0018,10:00")), "impossible_date"),
        (dundee(dundee_row(end="29/06/2018,10:00")), "end_before_start"),
        (dundee("1,2,3"), "wrong_columns"),
        (norway(norway_row(end="NA")), "missing_end"),
        (norway(norway_row(energy="19.96")), None),
        (dundee(dundee_row(energy='"7,5"')), None),
        (dundee(dundee_row(energy='"7,500"')), "unreadable_number"),
        (norway(norway_row(energy="-1,5")), "negative_energy"),
        (norway(norway_row(start="2019-02-30 10:00:00")), "impossible_date"),
        (vss(VSS_ROW.replace("7.5", "")), "missing_energy"),
        (vss(VSS_ROW.replace("2026-10-02 20:05", "")), "missing_end"),
    ],
)
def test_a_row_that_makes_no_sense_is_counted_by_reason(content, code):
    report = read(content).report
    assert report.to_dict()["refused"] == ({} if code is None else {code: 1})
    assert report.rows_read == report.rows_used + (code is not None)


def test_a_row_given_twice_is_used_once():
    report = read(dundee(dundee_row(), dundee_row(), dundee_row(event=2))).report
    assert (report.rows_used, report.to_dict()["refused"]) == (2, {"duplicate": 1})


def test_the_report_is_plain_json_and_tells_span_and_signals():
    report = read(norway(norway_row(), norway_row(energy="0"))).report
    told = json.loads(json.dumps(report.to_dict()))
    assert told == {
        "format": "norway_residential",
        "kind": "charging_sessions",
        "rows_read": 2,
        "rows_used": 1,
        "frame_rows": 1,
        "refused": {"zero_energy": 1},
        "span": ["2019-11-28", "2019-11-28"],
        "signals": ["energy_per_session", "plug_in_hour", "session_duration", "charging_power"],
        "quirks": [],
        "is_simulated": False,
    }


def test_a_table_without_rows_is_an_empty_frame():
    reading = read(dundee())
    assert reading.frame.is_empty()
    assert reading.report.to_dict()["span"] is None


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", errors.EmptyFile),
        (b" \r\n\t", errors.EmptyFile),
        (b"PAR1\x00\x00PAR1", errors.DamagedParquet),
        ("a;b".encode("utf-16"), errors.UnknownFormat),
        ("a;b".encode("utf-16-be")[:-1], errors.NotText),
        (b"a,b\0", errors.NotText),
        (b"PK\x03\x04\x14\x00\x00\x00", errors.NotText),
        (b"\x1f\x8b\x08 not a table", errors.DamagedArchive),
        (b"time,speed\n1,2\n", errors.UnknownFormat),
        (b"# only a remark", errors.UnknownFormat),
        (dundee(f'1,"{"x" * 200_000}"'), errors.BrokenTable),
    ],
)
def test_a_file_that_is_no_known_table_is_refused_in_words(content, refusal):
    with pytest.raises(refusal) as caught:
        read(content)
    assert isinstance(caught.value, errors.UnreadableFile)
    assert str(caught.value)


def test_a_file_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(errors.FileTooLarge) as caught:
        read(b"x" * 11, max_bytes=10)
    assert caught.value.facts == {"size_bytes": 11, "most_bytes": 10}


def test_parquet_is_held_whole_and_so_has_a_limit_of_its_own(monkeypatch):
    monkeypatch.setattr("anonymize.formats.parquet.MAX_BYTES", 10)
    with pytest.raises(errors.FileTooLarge) as caught:
        read(b"PAR1" + b"x" * 7)
    assert caught.value.facts == {"size_bytes": 11, "most_bytes": 10}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_that_can_only_be_read_once_is_read_as_any_other(pack):
    content = pack(BELIB.encode())

    class Once(io.RawIOBase):
        """Bytes that come once, a few at a time, and cannot be sought in."""

        rest = content

        def readable(self):
            return True

        def readinto(self, buffer):
            piece, self.rest = self.rest[:5], self.rest[5:]
            buffer[: len(piece)] = piece
            return len(piece)

    assert read_stream(io.BufferedReader(Once())).frame.equals(read(content).frame)


BELIB = """\ufeff"Borne";"Station";"Date de début";"Date de fin";"Durée (sec)";"L'énergie (Wh)"
"A";"B";"Fri Apr 14 2017 00:49:24 GMT+0200 (CEST)";"Fri Apr 14 2017 02:49:24 GMT+0200 (CEST)";"7200";"7000"
"""  # noqa: E501  # the rows are as wide as they are published
BOULDER = """Station_Name,Start_Date___Time,Start_Time_Zone,End_Date___Time,Energy__kWh_,Charging_Time__hh_mm_ss_
A,2018/01/12 00:49:00+00,MST,2018/01/12 04:49:00+00,7,2:00:00
"""  # noqa: E501
SAP = """Date demarrage;Date fin;Charge batterie demarrage (%);Charge batterie fin (%);Duree inactivite totale (s);Consommation totale (Wh);Type Lieu de charge
2018-03-23T00:49:00+01:00;2018-03-23T04:49:00+01:00;0;80;7200;7000;Travail
"""  # noqa: E501
WORKPLACE = """kwhTotal,created,ended,chargeTimeHrs,locationId,userId
7,0014-11-18 00:49:00,0014-11-18 02:49:00,2,1,2
"""
EVWATTS = """id,vehicle_id,start_datetime,stop_datetime
1,2,2021-03-16 17:20:00,2021-03-16 17:50:00
"""


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (BELIB, "belib_paris"),
        (BOULDER, "boulder_us"),
        (SAP, "sap_labs_fr"),
        (WORKPLACE, "workplace_us"),
    ],
)
def test_it_reads_each_published_table_by_its_columns(content, name):
    reading = read(content.encode())
    row = reading.frame.row(0, named=True)
    assert reading.report.format == name
    assert (row["energy_wh"], row["plug_in_hour"], row["power_w"]) == (7_000, 0, 3_500)
    assert row["start_soc_permille"] is None
    assert row["end_soc_permille"] == (800 if name == "sap_labs_fr" else None)


def test_a_table_without_energies_is_read_for_its_hours():
    reading = read(EVWATTS.encode())
    row = reading.frame.row(0, named=True)
    assert (row["energy_wh"], row["power_w"], row["duration_s"]) == (None, None, 1_800)
    assert reading.report.signals == ("plug_in_hour", "session_duration")


def test_day_and_month_mixed_up_are_refused_in_words():
    with pytest.raises(errors.MixedDates):
        read(b"_id,Charging event,Start Date,Start Time,End Date,End Time,Total kWh\n")


def test_sessions_in_json_lines_are_read_as_in_csv():
    objects = [dict(zip(VSS_HEADER.split(","), VSS_ROW.split(","), strict=True))]
    content = "\n".join([*map(json.dumps, objects), "{damaged", "[]"]).encode()
    reading = read(content)
    assert reading.frame.equals(read(vss(VSS_ROW)).frame)
    assert reading.report.to_dict()["refused"] == {"wrong_columns": 2}


def test_no_refusal_repeats_what_stands_in_the_file():
    marker = "a-marker-that-is-nobody's-business"
    with pytest.raises(errors.UnreadableFile) as caught:
        read(f"{marker},{marker}\n{marker},1\n".encode())
    assert marker not in str(caught.value)
    report = read(dundee(dundee_row(energy=marker, car=marker))).report
    assert marker not in repr(report)
    assert marker not in json.dumps(report.to_dict())
