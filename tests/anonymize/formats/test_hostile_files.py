"""Any bytes are read or refused in words, within bounds, and never told on."""

import gzip
import io
import json
import random  # noqa: TID251  # damage that must be the same each time
import tracemalloc

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anonymize.formats import errors, lines, opening, outcomes, parquet_pages, reading
from anonymize.formats.reading import read
from tests.anonymize.formats import making
from tests.anonymize.formats.test_driving import FILES
from tests.anonymize.formats.test_reading import (
    DUNDEE_HEADER,
    NORWAY_HEADER,
    VSS_HEADER,
    dundee,
    dundee_row,
)
from tests.anonymize.making import recorded

WHOLE = [*FILES.values(), making.json_lines(making.vss_drive(20))]


def parquet_file() -> bytes:
    stored = io.BytesIO()
    pl.read_csv(making.vss_drive(50)).write_parquet(stored)
    return stored.getvalue()


def told(content: bytes, name: str = "") -> str:
    """Read, and return everything that may be told about the file by anybody."""
    try:
        found = read(content, name=name)
    except errors.UnreadableFile as error:
        return f"{error} {error.facts} {error.fields}"
    report = found.report
    assert report.rows_read == report.rows_used + sum(report.refused.values())
    assert report.frame_rows == found.frame.height
    return json.dumps(report.to_dict()) + repr(report)


def test_a_long_log_whose_signals_are_all_unknown_is_told_as_such():
    told(b'"SECONDS";"PID";"VALUE";"UNITS";\n"30";"Speed of sound";"1";"m/s";\n')


headers = st.sampled_from([DUNDEE_HEADER, NORWAY_HEADER, VSS_HEADER, making.WIDE_HEADER, ""])


@settings(max_examples=200, deadline=None)
@given(headers, st.binary(max_size=200), st.text(max_size=200))
@example("", b'"', '"\n"')
def test_any_bytes_are_read_or_refused(header, noise, text):
    for content in (noise, header.encode() + b"\n" + noise, f"{header}\n{text}".encode()):
        told(content)


fields = st.one_of(
    st.sampled_from(
        ["", "NA", "30/06/2018", "10:00", "2019-11-28 19:08:00", "7.5", "-1,5", "٣", "1_0", "1e400"]
    ),
    st.text(
        alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=8
    ),
)
TABLES = [
    (DUNDEE_HEADER, ",", 16),
    (NORWAY_HEADER, ";", 7),
    (VSS_HEADER, ",", 6),
    (making.WIDE_HEADER, ",", 14),
    (making.TWIZY_HEADER, ",", 15),
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TABLES), st.data())
def test_any_row_is_used_or_counted(kind, data):
    header, delimiter, width = kind
    row = data.draw(st.lists(fields, min_size=width, max_size=width))
    told(f"{header}\n{delimiter.join(row)}\n".encode())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(WHOLE), st.randoms(use_true_random=False))
def test_a_whole_file_that_was_cut_flipped_or_shuffled_is_read_or_refused(content, rng):
    told(content[: rng.randrange(len(content))])
    flipped = bytearray(content)
    for _ in range(rng.randrange(1, 40)):
        flipped[rng.randrange(len(flipped))] = rng.randrange(256)
    told(bytes(flipped))
    rows = content.splitlines(keepends=True)
    rng.shuffle(rows)
    told(b"".join(rows))


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_parquet_file_that_was_cut_or_flipped_is_read_or_refused(rng):
    content = parquet_file()
    told(content[: rng.randrange(4, len(content))])
    flipped = bytearray(content)
    for _ in range(rng.randrange(1, 8)):
        flipped[rng.randrange(4, len(flipped))] = rng.randrange(256)
    told(bytes(flipped))


@pytest.mark.parametrize("name", ["car_scanner_wide", "obd", "ved", "twizy_rsk"])
def test_columns_may_stand_in_any_order(name):
    header, *rows = (row.split(",") for row in FILES[name].decode().splitlines())
    order = list(range(len(header)))
    random.Random(3).shuffle(order)
    shuffled = [",".join(row[place] for place in order) for row in (header, *rows)]
    assert read("\n".join(shuffled).encode()).frame.equals(read(FILES[name]).frame)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(WHOLE), st.randoms(use_true_random=False))
def test_nothing_told_of_a_file_holds_a_value_of_it(content, rng):
    marked = bytearray(content)
    place = rng.randrange(len(marked))
    marked[place:place] = f",{making.MARKER}\n".encode()
    assert making.MARKER not in told(bytes(marked))
    assert making.MARKER not in told(making.MARKER.encode() + content)


def test_recorded_files_that_were_damaged_are_read_or_refused():
    rng = random.Random(5)
    paths = [
        *sorted(recorded("charging").glob("*/*.csv.gz")),
        *sorted(recorded("trips").glob("*/*.csv.gz"))[::20],
    ]
    assert paths
    for path in paths:
        whole = gzip.decompress(path.read_bytes())[:60_000]
        damaged = bytearray(whole)
        for _ in range(200):
            damaged[rng.randrange(len(damaged))] = rng.choice(b'",;\n\r 0x\xff-:')
        told(bytes(damaged), path.name)
        told(whole[: rng.randrange(len(whole))], path.name)
        told(gzip.compress(whole)[:-20], path.name)


def test_a_gzip_bomb_ends_at_the_limit():
    bomb = gzip.compress(b"time,speed\n" + b"0" * 64 * 2**20)
    tracemalloc.start()
    with pytest.raises(errors.UnreadableFile):
        list(opening.opened(io.BufferedReader(io.BytesIO(bomb)), set(), most_bytes=8 * 2**20))
    assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    tracemalloc.stop()


def test_a_line_without_end_is_refused_before_it_is_held():
    blocks = (b"x" * 2**20 for _ in range(10_000))
    with pytest.raises(errors.BrokenTable):
        list(lines.stretches(blocks, set()))


def test_a_parquet_bomb_is_refused_by_what_its_pages_say(monkeypatch):
    stored = io.BytesIO()
    pl.DataFrame({"Timestamp": ["x" * 100_000] * 3, "Vehicle.Speed": [1.0] * 3}).write_parquet(
        stored, use_pyarrow=False
    )
    assert sum(page.opened_bytes for page in parquet_pages.pages(stored.getvalue(), ["Timestamp"]))
    monkeypatch.setattr("anonymize.formats.parquet.MAX_OPENED_BYTES", 10_000)
    with pytest.raises(errors.OpensTooLarge):
        read(stored.getvalue())


def test_more_rows_than_a_reading_may_hold_are_refused(monkeypatch):
    monkeypatch.setattr(outcomes, "MAX_ROWS", 100)
    stored = io.BytesIO()
    pl.read_csv(making.vss_drive(200)).write_parquet(stored)
    sessions = dundee(*(dundee_row(event=event) for event in range(200)))
    for content in (making.vss_drive(200), sessions, stored.getvalue()):
        with pytest.raises(errors.TooManyRows):
            read(content)


def test_a_file_is_the_same_however_it_is_cut_into_stretches(monkeypatch):
    table = making.vss_drive(500)
    quoted = making.car_scanner_long(200)
    whole = [read(table).frame, read(quoted).frame]
    monkeypatch.setattr(lines.stretches, "__kwdefaults__", {"chunk_bytes": 3_000})
    assert read(table).frame.equals(whole[0])
    assert read(quoted).frame.equals(whole[1])


def test_a_file_on_disk_is_read_as_its_bytes(tmp_path):
    path = tmp_path / "2024-05-01.csv"
    path.write_bytes(making.car_scanner_wide())
    assert reading.read_file(path).frame.equals(read(path.read_bytes(), name=path.name).frame)
