"""Ciphertext on our own disk, between its arrival and its pin."""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from django.conf import settings

from protocol import cid as cids

BLOCK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True)
class Digests:
    """What the bytes of a spooled file are called."""

    sha256: str
    cid: str


def path_of(object_id: UUID) -> Path:
    """Return where the object's bytes are kept."""
    directory: Path = settings.SPOOL_DIR
    return directory / str(object_id)


def create(object_id: UUID) -> None:
    """Make an empty file, unless it is there."""
    path_of(object_id).parent.mkdir(parents=True, exist_ok=True)
    path_of(object_id).touch(mode=0o600, exist_ok=True)


@contextmanager
def held(object_id: UUID) -> Iterator[BinaryIO]:
    """Hold the file alone, over all processes; others wait. Raises FileNotFoundError."""
    with path_of(object_id).open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # let go when the file is closed, also by a crash
        yield file


def write_at(file: BinaryIO, offset: int, part: bytes, *, is_last: bool) -> None:
    """Write the part at the offset and drop what a crash may have left behind it."""
    file.seek(offset)
    file.truncate()
    file.write(part)
    file.flush()
    if is_last:
        os.fsync(file.fileno())


def digests_of(file: BinaryIO) -> Digests:
    """Return SHA-256 and CID of the whole file; memory stays at one block."""
    digest = hashlib.sha256()

    def blocks() -> Iterator[bytes]:
        file.seek(0)
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            yield block

    return Digests(cid=cids.cid_of(blocks()), sha256=digest.hexdigest())


def read(object_id: UUID) -> bytes | None:
    """Return the bytes, or None when they are not (or no longer) here."""
    try:
        return path_of(object_id).read_bytes()
    except FileNotFoundError:
        return None


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
