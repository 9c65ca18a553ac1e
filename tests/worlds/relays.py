"""Stand between two processes, hand every byte on, and remember all of them."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PIECE = 64 * 1024
_CHUNK_HEAD = re.compile(rb"\r\n[0-9a-fA-F]{1,8}\r\n")


class Relay:
    """One port of its own in front of another one on this machine."""

    def __init__(self, behind: int) -> None:
        self.behind = behind
        self._server = socket.create_server(("127.0.0.1", 0))
        self._said: list[bytearray] = []
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where to go instead of the port behind."""
        return int(self._server.getsockname()[1])

    @property
    def size(self) -> int:
        """How many bytes went through, both ways."""
        return sum(map(len, self._said))

    def said(self) -> Iterator[bytes]:
        """Yield what each side of each connection said: as it went, and without chunked framing."""
        for one in list(self._said):
            raw = bytes(one)
            yield raw
            yield _CHUNK_HEAD.sub(b"", raw)

    def close(self) -> None:
        """Take no more connections and end those that are open."""
        for one in [self._server, *self._open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                front, _ = self._server.accept()
                self._join(front)

    def _join(self, front: socket.socket) -> None:
        try:
            back = socket.create_connection(("127.0.0.1", self.behind))
        except OSError:
            front.close()
            return
        self._open |= {front, back}
        both = threading.Barrier(2, lambda: self._end(front, back))
        asked, answered = bytearray(), bytearray()
        self._said += [asked, answered]
        for one, other, said in ((front, back, asked), (back, front, answered)):
            way = (one, other, said, both.wait)
            threading.Thread(target=_hand_on, args=way, daemon=True).start()

    def _end(self, *ended: socket.socket) -> None:
        self._open -= set(ended)
        for one in ended:
            one.close()


def _hand_on(
    one: socket.socket, other: socket.socket, said: bytearray, done: Callable[[], object]
) -> None:
    with contextlib.suppress(OSError):
        while piece := one.recv(_PIECE):
            said += piece
            other.sendall(piece)
    for half in (one, other):
        with contextlib.suppress(OSError):
            half.shutdown(socket.SHUT_RD if half is one else socket.SHUT_WR)
    done()


@contextmanager
def relay(behind: int) -> Iterator[Relay]:
    """Relay until the block ends."""
    found = Relay(behind)
    try:
        yield found
    finally:
        found.close()
