"""Pieces as a file."""

import gzip
import io

import pytest

from storage.errors import Unreadable
from storage.flowing import Flow


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_it_reads_as_a_file_with_the_same_bytes(size):
    pieces = [b"", b"abc", b"", b"defg", b"h"]
    assert io.BufferedReader(Flow(pieces), size).read() == b"abcdefgh"


def test_it_ends_where_the_pieces_end():
    file = io.BufferedReader(Flow([]))
    assert (file.read(5), file.peek(2)) == (b"", b"")


def test_a_compressed_file_is_read_through_it():
    packed = gzip.compress(b"x" * 100_000)
    flow = io.BufferedReader(Flow(packed[start : start + 7] for start in range(0, len(packed), 7)))
    assert gzip.GzipFile(fileobj=flow).read() == b"x" * 100_000


def test_what_the_pieces_raise_comes_to_the_reader():
    def broken():
        yield b"abc"
        raise Unreadable(reason="it was cut")

    file = io.BufferedReader(Flow(broken()), 4)
    with pytest.raises(Unreadable):
        file.read()
