"""Chain lines by their digests, so that none can be changed, moved or left out unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from protocol import canonical
from protocol.hashing import sha256

START: Final = "0" * 64
"""What the first line names as the digest before it."""

Fact = str | int | bool | None


@dataclass(frozen=True)
class Line:
    """One thing somebody did. `at` is RFC 3339 text, so that every database keeps it alike."""

    number: int
    at: str
    actor: str
    act: str
    subject: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class Sealed:
    """A line with the digest before it and its own."""

    line: Line
    previous: str
    digest: str


def digest_of(line: Line, previous: str) -> str:
    """Return the SHA-256 of the line and of the digest before it, in hex."""
    body = {
        "number": line.number,
        "at": line.at,
        "actor": line.actor,
        "act": line.act,
        "subject": line.subject,
        "facts": dict(line.facts),
        "previous": previous,
    }
    return sha256(canonical.encode(body)).hex()


def first_broken(lines: Iterable[Sealed], *, head_number: int, head_digest: str) -> int | None:
    """Return the number of the first line that does not follow from the one before, or None.

    head_number, head_digest: the last line as the head remembers it; a cut end shows there.
    """
    number, digest = 0, START
    for sealed in lines:
        if not _follows(sealed, number, digest):
            return number + 1
        number, digest = sealed.line.number, sealed.digest
    is_whole = (number, digest) == (head_number, head_digest)
    return None if is_whole else min(number, head_number) + 1


def _follows(sealed: Sealed, number: int, digest: str) -> bool:
    return (
        sealed.line.number == number + 1
        and sealed.previous == digest
        and sealed.digest == digest_of(sealed.line, digest)
    )
