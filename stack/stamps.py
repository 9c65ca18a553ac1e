"""Remember what a step was done for, so that it is not done again for the same."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from stack.places import Places


def digest_of(files: Iterable[Path], *words: str) -> str:
    """Return one digest over the names, sizes and times of the files, and the words."""
    found = hashlib.sha256("\0".join(words).encode())
    for file in sorted(files):
        facts = file.stat()
        found.update(f"{file}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return found.hexdigest()


def is_done(places: Places, step: str, digest: str) -> bool:
    """Return whether the step was last done for exactly this."""
    stamp = _stamp(places, step)
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == digest


def mark_done(places: Places, step: str, digest: str) -> None:
    """Remember that the step was done for this."""
    stamp = _stamp(places, step)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest, encoding="utf-8")


def forget(places: Places, *steps: str) -> None:
    """Let the steps be done again, whatever they were last done for."""
    for step in steps:
        _stamp(places, step).unlink(missing_ok=True)


def _stamp(places: Places, step: str) -> Path:
    return places.var / "stamps" / step
