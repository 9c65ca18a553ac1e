"""A marker, in every form in which a process of ours could pass it on or lay it down."""

import base64
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psutil

_PIECE = 1024 * 1024
_PAGE = 4096


class Marker:
    """Random bytes that occur nowhere by chance: as they are, in hex, in base64."""

    def __init__(self) -> None:
        self.raw = b"canary-" + secrets.token_hex(12).encode()
        in_hex = self.raw.hex().encode()
        self._forms = (self.raw, in_hex, in_hex.upper(), *_in_base64(self.raw))
        self._longest = max(map(len, self._forms))

    def __str__(self) -> str:
        return self.raw.decode()

    def is_in(self, content: bytes) -> bool:
        """Tell whether the content holds it in any form."""
        return any(form in content for form in self._forms)

    def is_said(self, pieces: Iterable[bytes]) -> bool:
        """Tell whether one of the pieces holds it."""
        return any(map(self.is_in, pieces))

    def files_with(self, *folders: Path) -> list[str]:
        """Return the files below the folders that hold it."""
        found = (file for folder in folders for file in folder.rglob("*") if file.is_file())
        return [str(file) for file in found if self._is_in_file(file)]

    def is_in_memory_of(self, process: psutil.Process) -> bool:
        """Tell whether writable memory of a process holds it as it is. Linux alone."""
        with Path(f"/proc/{process.pid}/mem").open("rb", buffering=0) as memory:
            return any(self._is_raw_in(_pieces(memory, *span)) for span in _regions(process.pid))

    def _is_raw_in(self, pieces: Iterable[bytes]) -> bool:
        tail = b""
        for piece in pieces:
            if self.raw in tail + piece:
                return True
            tail = piece[-len(self.raw) :]
        return False

    def keys_with(self, queue: Any) -> list[bytes]:
        """Return the keys of a queue server that hold it; nothing there is compressed to us."""
        return [key for key in queue.scan_iter() if self.is_said([key, *_values(queue, key)])]

    def _is_in_file(self, file: Path) -> bool:
        tail = b""
        try:
            with file.open("rb") as stream:
                while piece := stream.read(_PIECE):
                    if self.is_in(tail + piece):
                        return True
                    tail = piece[-self._longest :]
        except FileNotFoundError:
            pass  # a temporary file that is gone is not kept
        return False


def _in_base64(raw: bytes) -> list[bytes]:
    """Return the part that does not depend on what stands around it, for each of three places."""
    found = []
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw + b"\0" * 3)
        found.append(coded[-(-before * 4 // 3) + (before > 0) : len(raw) * 4 // 3 - 2])
    return found


def _values(queue: Any, key: bytes) -> list[bytes]:
    kind = queue.type(key)
    if kind == b"string":
        return [queue.get(key) or b""]
    if kind == b"list":
        return list(queue.lrange(key, 0, -1))
    if kind == b"hash":
        return [part for pair in queue.hgetall(key).items() for part in pair]
    if kind == b"set":
        return list(queue.smembers(key))
    if kind == b"zset":
        return list(queue.zrange(key, 0, -1))
    raise AssertionError(f"{key!r} is a {kind!r}, which this search does not read")


def _regions(pid: int) -> list[tuple[int, int]]:
    spans = []
    for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
        place, rights = line.split()[:2]
        if rights.startswith("rw"):
            start, end = (int(edge, 16) for edge in place.split("-"))
            spans.append((start, end - start))
    return spans


def _pieces(memory: Any, start: int, size: int) -> Iterator[bytes]:
    """Yield what can be read of a stretch; a read may end early, at a page that cannot be had."""
    at, end = start, start + size
    while at < end:
        try:
            memory.seek(at)
            piece = memory.read(min(_PIECE, end - at))
        except (OSError, OverflowError):
            piece = b""
        if piece:
            yield piece
        at += len(piece) or _PAGE
