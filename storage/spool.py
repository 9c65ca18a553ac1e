"""Ciphertext on our own disk, between its arrival and its pin."""

import fcntl
import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from django.conf import settings

from protocol import cid as cids
from protocol import parts
from protocol.parts import Part, Rule
from storage.errors import NoRoom

logger = logging.getLogger(__name__)

BLOCK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True)
class Digests:
    """What the bytes of a spooled file are called: their SHA-256, their CID, and their parts'."""

    sha256: str
    cid: str
    parts: tuple[Part, ...] = ()


def path_of(object_id: UUID) -> Path:
    """Return where the object's bytes are kept."""
    directory: Path = settings.SPOOL_DIR
    return directory / str(object_id)


def create(object_id: UUID) -> None:
    """Make an empty file, unless it is there. Raises NoRoom."""
    try:
        path_of(object_id).parent.mkdir(parents=True, exist_ok=True)
        path_of(object_id).touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise NoRoom(size_bytes=0, free_bytes=free_bytes()) from error


def free_bytes() -> int:
    """Return how many bytes our disk still takes; what is kept free for the rest is not counted."""
    settings.SPOOL_DIR.mkdir(parents=True, exist_ok=True)
    free: int = shutil.disk_usage(settings.SPOOL_DIR).free - settings.UPLOAD_KEEP_FREE_BYTES
    return max(free, 0)


@contextmanager
def held(object_id: UUID) -> Iterator[FileIO]:
    """Hold the file alone, over all processes; others wait. Raises FileNotFoundError."""
    # Without a buffer: what the disk did not take must not be tried again when the file is closed.
    with path_of(object_id).open("r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # let go when the file is closed, also by a crash
        yield file


def write_at(file: FileIO, offset: int, part: Sequence[bytes], *, is_last: bool) -> None:
    """Write the part at the offset and drop what a crash may have left behind it.

    Raises NoRoom when the disk does not take it; then the file ends at the offset again.
    """
    try:
        _write(file, offset, part)
        if is_last:
            os.fsync(file.fileno())
    except OSError as error:
        logger.warning("spool_refused errno=%s", error.errno)
        with suppress(OSError):
            file.truncate(offset)
        raise NoRoom(size_bytes=sum(map(len, part)), free_bytes=free_bytes()) from error


def digests_of(file: BinaryIO | FileIO, rule: Rule) -> Digests:
    """Return the digests of the whole file; it is read once, and memory stays at one block."""
    digest = hashlib.sha256()
    with ThreadPoolExecutor(1) as beside:  # hashing waits for no lock: two cores, half the time

        def blocks() -> Iterator[bytes]:
            file.seek(0)
            while block := file.read(BLOCK_BYTES):
                hashed = beside.submit(digest.update, block)
                yield block
                hashed.result()

        leaves = list(cids.leaves_of(blocks()))
    known = parts.named(leaves, sha256=digest.hexdigest(), rule=rule)
    return Digests(digest.hexdigest(), known.cid, known.parts)


def reading(object_id: UUID) -> BinaryIO | None:
    """Return the file, opened, or None when it is not (or no longer) here. The caller closes it."""
    try:
        return path_of(object_id).open("rb")
    except FileNotFoundError:
        return None


def pieces(file: BinaryIO, start: int = 0, size_bytes: int | None = None) -> Iterator[bytes]:
    """Yield what stands in the file from `start` on, all of it or so many bytes."""
    file.seek(start)
    left = size_bytes
    while piece := file.read(BLOCK_BYTES if left is None else min(left, BLOCK_BYTES)):
        left = None if left is None else left - len(piece)
        yield piece


def is_whole(file: BinaryIO, sha256: str) -> bool:
    """Return whether the file has this SHA-256."""
    digest = hashlib.sha256()
    for piece in pieces(file):
        digest.update(piece)
    return digest.hexdigest() == sha256


def drop(object_id: UUID) -> None:
    """Take the file away, if it is there."""
    path_of(object_id).unlink(missing_ok=True)


def place(object_id: UUID, content: bytes) -> None:
    """Put a whole file in its place at once; a reader sees all of it or none."""
    create(object_id)
    draft = path_of(object_id).with_suffix(f".{secrets.token_hex(8)}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path_of(object_id))


def _write(file: FileIO, offset: int, part: Sequence[bytes]) -> None:
    file.seek(offset)
    file.truncate()
    for piece in part:
        left = memoryview(piece)
        while left:
            left = left[file.write(left) :]
