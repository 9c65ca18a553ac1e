"""Socket: each room says where its rows differ from what the chain told it."""

from collections.abc import Callable, Iterable, Iterator

Reporter = Callable[[], Iterable[str]]

_reporters: dict[str, Reporter] = {}


def compares(room: str) -> Callable[[Reporter], Reporter]:
    """Plug in a room's reporter: it yields one line for each row that differs from its facts."""

    def plug(reporter: Reporter) -> Reporter:
        _reporters[room] = reporter
        return reporter

    return plug


def differences() -> Iterator[tuple[str, str]]:
    """Yield the room and what differs in it."""
    for room, report in sorted(_reporters.items()):
        for line in report():
            yield room, line
