"""One range of bytes, as it is asked for."""

import pytest

from storage.domain import ranges


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 100),
        ("bytes=40-49", 40, 50),
        ("bytes=40-1000", 40, 100),
        ("bytes=99-", 99, 100),
        ("bytes=-10", 90, 100),
        ("bytes=-1000", 0, 100),
        (" bytes=1-2 ", 1, 3),
    ],
)
def test_a_range_is_cut_to_what_is_there(header, start, stop):
    assert ranges.wanted(header, 100) == range(start, stop)


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_behind_the_last_byte_begins_there(header):
    found = ranges.wanted(header, 100)
    assert found is not None
    assert found.start >= 100


@pytest.mark.parametrize(
    "header",
    ["", "bytes=-", "bytes=5-4", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b", "bytes=0-1x", "0-1"],
)
def test_what_is_no_single_range_means_the_whole(header):
    assert ranges.wanted(header, 100) is None


def test_pieces_are_cut_where_the_range_ends_and_no_more_are_asked_for():
    pieces = iter([b"abc", b"def", b"ghi"])
    assert b"".join(ranges.cut(pieces, 4)) == b"abcd"
    assert list(pieces) == [b"ghi"]
