"""Read the first part of a multipart request as a stream, in bounded memory."""

from collections.abc import Iterable, Iterator
from email.message import Message
from typing import Final, Protocol

_PIECE: Final = 256 * 1024
_HEAD_MAX: Final = 16 * 1024
_END_OF_HEAD: Final = b"\r\n\r\n"


class MalformedBody(Exception):
    """The request's body is not what its headers say."""


class Readable(Protocol):
    """What we need of a connection."""

    def read(self, size: int, /) -> bytes:
        """Return up to so many bytes."""

    def readline(self, size: int, /) -> bytes:
        """Return one line, at most so many bytes of it."""


def body_of(headers: Message, stream: Readable) -> Iterator[bytes]:
    """Yield the body of a request, whichever way it tells its length. Raises MalformedBody."""
    if "chunked" in headers.get("Transfer-Encoding", "").lower():
        yield from _chunks(stream)
        return
    left = int(headers.get("Content-Length") or 0)
    while left:
        piece = _exactly(stream, min(_PIECE, left))
        left -= len(piece)
        yield piece


def first_part(pieces: Iterable[bytes], headers: Message) -> Iterator[bytes]:
    """Yield the content of the first part, and read the rest away. Raises MalformedBody."""
    boundary = headers.get_boundary()
    if not boundary:
        raise MalformedBody("the request has no multipart boundary")
    source = iter(pieces)
    delimiter = b"\r\n--" + boundary.encode()
    held = _after_head(source)
    while (end := held.find(delimiter)) < 0:
        # The delimiter may lie across two pieces: keep back as much as could be its beginning.
        safe = max(len(held) - len(delimiter), 0)
        yield held[:safe]
        held = held[safe:] + _next(source)
    yield held[:end]
    for _ in source:
        pass


def _after_head(source: Iterator[bytes]) -> bytes:
    """Return what follows the first part's headers, as far as it was read."""
    held = b""
    while (end := held.find(_END_OF_HEAD)) < 0:
        if len(held) > _HEAD_MAX:
            raise MalformedBody("the part's headers do not end")
        held += _next(source)
    return held[end + len(_END_OF_HEAD) :]


def _next(source: Iterator[bytes]) -> bytes:
    for piece in source:
        return piece
    raise MalformedBody("the body ends inside a part")


def _chunks(stream: Readable) -> Iterator[bytes]:
    while size := _chunk_size(stream):
        yield _exactly(stream, size)
        stream.readline(_HEAD_MAX)
    while stream.readline(_HEAD_MAX).strip():
        pass  # trailers


def _chunk_size(stream: Readable) -> int:
    line = stream.readline(_HEAD_MAX).split(b";")[0].strip()
    try:
        return int(line, 16)
    except ValueError as error:
        raise MalformedBody("a chunk has no size") from error


def _exactly(stream: Readable, size: int) -> bytes:
    piece = stream.read(size)
    if len(piece) < size:
        raise MalformedBody("the connection ended inside the body")
    return piece
