"""Partials add up, and what one driver adds is bounded."""

from bisect import bisect_right
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.domain import cells, contributions, parts
from anonymize.domain.contributions import ALL, CROSS, FIRST, SECOND
from anonymize.domain.prefix import RESOLUTION
from tests.anonymize.making import (
    HISTOGRAM,
    HOURS,
    MEAN,
    MODELS,
    cohort,
    first,
    frame,
    query_with,
    session,
    vector_of,
)


def test_partials_sum_rows_energy_and_hours_by_group():
    query = query_with()
    part = contributions.partials(
        frame(session("Small", 4_000, 7), session("Small", 6_000, 8), session("Large", 9_000, 23)),
        query,
    )
    assert part.rows() == [(0, 2, 10_000, 1, 1, 0), (1, 1, 9_000, 0, 0, 1)]


def test_rows_outside_the_windows_are_left_out():
    part = contributions.partials(frame(session(month=8)), query_with())
    assert part.is_empty()


def test_a_value_outside_the_list_falls_into_other():
    part = contributions.partials(frame(session("Unlisted"), session(None)), query_with())
    assert part.select("group", "rows").rows() == [(2, 2)]


def test_a_value_outside_a_list_without_other_is_left_out():
    query = query_with(group_by=[{"key": "vehicle_model", "domain": ["Small"]}])
    assert contributions.partials(frame(session("Large")), query).is_empty()


def test_what_lies_outside_the_bins_falls_into_the_end_bins():
    query = query_with(statistics=[{**HISTOGRAM, "bins": ["6", "12", "18"]}])
    part = contributions.partials(frame(session(hour=1), session(hour=23), session(hour=23)), query)
    assert part.select("bin_0_0", "bin_0_1").rows() == [(1, 2)]


_sessions = st.builds(
    session,
    st.sampled_from(["Small", "Large", "Unlisted", None]),
    st.integers(1, 90_000),
    st.integers(0, 23),
    month=st.sampled_from([8, 9, 10]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_sessions, min_size=1, max_size=12), st.integers(0, 12))
def test_the_parts_of_one_driver_merge_to_the_whole(sessions, cut):
    query = query_with(group_by=[MODELS, HOURS], l0=2)
    whole = contributions.partials(frame(*sessions), query)
    parts = [frame(*sessions[:cut]), frame(*sessions[cut:])]
    merged = contributions.merge([contributions.partials(part, query) for part in parts])
    assert merged.equals(whole)


SOC = {"key": "start_soc", "unit": "%", "bins": ["10", "12.5", "50", "100"]}
OPEN_HOURS = {"key": "hour_of_day", "domain": ["06-09", "17-24", "Other"]}
SITES = {"key": "site", "domain": ["home", "work"]}
KINDS = {
    "driver": pl.Int64,
    "window": pl.String,
    "vehicle_model": pl.String,
    "site": pl.String,
    "plug_in_hour": pl.Int64,
    "start_soc_permille": pl.Int64,
    "energy_wh": pl.Int64,
}


@st.composite
def _rows(draw):
    """Rows of every sort: nothing said, outside the list, on an edge, in another window."""
    return {
        "driver": draw(st.integers(0, 2)),
        "window": draw(st.sampled_from(["2026-09", "2026-10", "2026-11", None])),
        "vehicle_model": draw(st.sampled_from(["Small", "Large", "Unlisted", None])),
        "site": draw(st.sampled_from(["home", "work", "pool", None])),
        "plug_in_hour": draw(st.sampled_from([None, 0, 5, 6, 8, 9, 16, 17, 23, 24])),
        "start_soc_permille": draw(st.sampled_from([None, 0, 99, 100, 125, 126, 999, 1000])),
        "energy_wh": draw(st.one_of(st.none(), st.integers(0, 90_000))),
    }


def group_in_plain_python(row, query):
    group = 0
    for key in query.group_by:
        value = row[key.column]
        if key.edges:
            spans = pairwise(key.edges)
            places = [
                i
                for i, (low, high) in enumerate(spans)
                if value is not None and low <= value < high
            ]
        elif key.hours:
            places = [i for i, span in enumerate(key.hours) if value in range(*span)]
        else:
            places = [i for i, name in enumerate(key.domain) if name == value]
        if not places and not key.has_other:
            return None
        group = group * len(key.domain) + (places or [len(key.domain) - 1])[0]
    return group


def sums_in_plain_python(rows, query):
    """The sums of partials, row by row."""
    needed = [signal.column for signal in query.signals]
    sums: dict[tuple[int, int], list[int]] = {}
    for row in rows:
        group = group_in_plain_python(row, query)
        if group is None or row["window"] not in query.windows:
            continue
        if any(row[column] is None for column in needed):
            continue
        own = sums.setdefault((row["driver"], group), [0] * 5)
        place = bisect_right([8, 16], row["plug_in_hour"])
        for at, add in ((0, 1), (1, row["energy_wh"]), (2 + place, 1)):
            own[at] += add
    return [(*key, *own) for key, own in sorted(sums.items())]


@pytest.mark.parametrize("windows", [["2026-09", "2026-10"], ["2026-10"]])
@pytest.mark.parametrize("keys", [[], [MODELS], [SOC], [OPEN_HOURS], [SITES, SOC], [MODELS, HOURS]])
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(_rows(), max_size=30), is_large=st.booleans())
def test_sums_are_those_of_plain_python(keys, windows, rows, is_large):
    query = query_with(group_by=keys, windows=windows)
    table = pl.DataFrame(rows, schema=KINDS)
    part = contributions.partials(table.lazy() if is_large else table, query, by=["driver"])
    assert part.rows() == sums_in_plain_python(rows, query)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_sessions, max_size=8), min_size=1, max_size=5), st.integers(1, 4))
def test_no_driver_keeps_more_groups_than_allowed(drivers, l0):
    query = query_with(group_by=[MODELS, HOURS], l0=l0, l0_first=1)
    frames = {str(number): frame(*sessions) for number, sessions in enumerate(drivers)}
    bounded = contributions.bound_frames(frames, query, first)
    for level, most in {ALL: 1, FIRST: 1, SECOND: l0, CROSS: l0}.items():
        touched = bounded.filter(pl.col("level") == level).group_by("driver").len()
        assert all(rows <= most for rows in touched["len"].to_list())
    kept = bounded.filter(pl.col("level") == CROSS).with_columns(pl.col("group") // 3)
    assert kept.select("driver", "group").unique()["driver"].is_unique().all()


def test_both_roads_to_the_bounded_table_agree():
    query = query_with(group_by=[MODELS, HOURS], l0=2)
    frames = {
        "one": frame(session("Small", hour=1), session("Small", hour=9), session("Large", hour=20)),
        "two": frame(session("Unlisted", 70_000, 20)),
        "none": frame(),
    }
    held = {label: contributions.partials(part, query) for label, part in frames.items()}
    order = ["driver", "level", "group"]
    one = contributions.bound(held, query, first).sort(order)
    other = contributions.bound_frames(frames, query, first).sort(order)
    assert one.drop("driver").equals(other.drop("driver"))


def test_a_mean_beyond_the_clamp_counts_as_the_clamp():
    query = query_with()
    bounded = contributions.bound_frames({"d": frame(session(energy_wh=900_000))}, query, first)
    part = next(part for part in cells.layout_of(query).parts if part.shape == "value")
    rows = bounded.filter(pl.col("level") == part.level)
    assert parts.features(part, rows, rows["group"].to_numpy()).tolist() == [[RESOLUTION]]


def test_many_sessions_weigh_as_much_as_one():
    query = query_with()
    few, many = ({"d": frame(*[session()] * times)} for times in (1, 50))
    assert vector_of(few, query) == vector_of(many, query)


def test_a_measured_key_is_cut_by_its_bins():
    key = {"key": "start_soc", "unit": "%", "bins": ["10", "50", "100"]}
    query = query_with(group_by=[key])
    rows = frame(*[session()] * 4).with_columns(
        pl.Series("start_soc_permille", [50, 100, 999, None], dtype=pl.Int64)
    )
    part = contributions.partials(rows, query)
    assert part.select("group", "rows").rows() == [(0, 1), (1, 1)]


def test_a_frame_without_a_needed_column_adds_nothing():
    power = {**MEAN, "signal": "charging_power", "unit": "kW"}
    rows = frame(session()).select("window", "vehicle_model")
    assert contributions.partials(rows, query_with(statistics=[power])).is_empty()


def test_a_lazy_frame_gives_the_same_sums():
    query = query_with()
    rows = frame(session("Small"), session("Large", hour=3))
    assert contributions.partials(rows.lazy(), query).equals(contributions.partials(rows, query))


@pytest.mark.parametrize("hours", [(1, 9), (1, 9, 20)])
def test_the_choice_of_groups_is_asked_for_and_obeyed(hours):
    query = query_with(group_by=[HOURS], l0=1)
    frames = {"d": frame(*(session(hour=hour) for hour in hours))}
    asked = []

    def last(n, k):
        asked.append((n, k))
        return [n - 1]

    bounded = contributions.bound_frames(frames, query, last)
    assert asked == [(len(hours), 1)]
    kept = bounded.filter(pl.col("level") == CROSS)
    assert kept["group"].to_list() == [len(hours) - 1]


def test_large_frames_give_the_same_sums(monkeypatch):
    query = query_with(group_by=[MODELS, HOURS], l0=2)
    whole = pl.concat(list(cohort(50).values()))
    small = contributions.partials(whole, query)
    monkeypatch.setattr(contributions, "_SMALL_ROWS", 0)
    assert contributions.partials(whole, query).equals(small)


def test_nobody_makes_an_empty_table():
    assert contributions.bound({}, query_with(), first).is_empty()
    assert contributions.bound_frames({}, query_with(), first).is_empty()


@pytest.mark.parametrize("l0", [1, 2])
def test_no_label_of_a_driver_reaches_the_table(l0):
    bounded = contributions.bound_frames({"a label": frame(session())}, query_with(l0=l0), first)
    assert all(kind == pl.Int64 for kind in bounded.dtypes)
