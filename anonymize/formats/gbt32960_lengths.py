"""How long the blocks of a GB/T 32960 frame are, seen from their content."""

from collections.abc import Callable


def fixed(length: int) -> Callable[[bytes], int]:
    """Return how to measure a block that is always as long."""
    return lambda _content: length


def list_of(item: int) -> Callable[[bytes], int]:
    """Return how to measure a list whose items are all as long, counted in its first byte."""
    return lambda content: 1 + item * content[0]


def packs(head: int, count_at: int, count_bytes: int, item: int) -> Callable[[bytes], int]:
    """Return how to measure a list of packs that hold a list each.

    head: bytes of a pack before its list; count_at: where in them the list is counted. What is
    returned raises IndexError for a list that breaks off.
    """

    def length(content: bytes) -> int:
        place = 1
        for _ in range(content[0]):
            at = place + count_at
            if at + count_bytes > len(content):
                raise IndexError
            place += head + item * int.from_bytes(content[at : at + count_bytes], "big")
        return place

    return length


def warnings_2016(content: bytes) -> int:
    """Return the length of a block of warnings: four lists of fault codes after five bytes."""
    place = 5
    for _ in range(4):
        place += 1 + 4 * content[place]
    return place


def warnings_2025(content: bytes) -> int:
    """Return the length of the later block, which ends with a list of warnings and levels."""
    place = warnings_2016(content)
    return place + 1 + 2 * content[place]
