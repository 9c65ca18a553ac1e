"""Drop from our own disk what nobody needs there any more: a crash can leave it behind."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from storage.models import SealedObject, Upload

ABANDONED: Final = timedelta(days=7)
"""An upload that got no byte for so long starts anew; its driver is told so by the offset."""

DRAFT: Final = timedelta(hours=1)
"""Writing a file that is then put in its place takes far less."""

_AT_ONCE: Final = 500


def tidy() -> int:
    """Drop spooled bytes that are pinned or erased, and what was given up; returns how many.

    Safe at any time: what is still on its way to the node is left alone.
    """
    files = settings.SPOOL_DIR.glob("*")
    dropped = 0
    while some := list(islice(files, _AT_ONCE)):
        for path in _loose(some):
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped


def _loose(files: list[Path]) -> Iterator[Path]:
    ids = {path: found for path in files if (found := _id_of(path.name)) is not None}
    waiting = set(
        SealedObject.objects.filter(id__in=ids.values(), state=SealedObject.State.KEPT).values_list(
            "id", flat=True
        )
    )
    done = _settled(list(ids.values()))
    for path in files:
        own = ids.get(path)
        if own is None:
            yield from _if_older(path, DRAFT)
        elif own in done:
            yield path
        elif own not in waiting:
            yield from _if_older(path, ABANDONED)


def _settled(ids: list[UUID]) -> set[UUID]:
    """Return those whose bytes the node has, or whom nobody may read any more."""
    objects = SealedObject.objects.filter(id__in=ids).exclude(state=SealedObject.State.KEPT)
    erased = Upload.objects.filter(id__in=ids, state=Upload.State.ERASED)
    return {*objects.values_list("id", flat=True), *erased.values_list("id", flat=True)}


def _if_older(path: Path, age: timedelta) -> Iterator[Path]:
    try:
        is_older = time.time() - path.stat().st_mtime > age.total_seconds()
    except FileNotFoundError:
        return
    if is_older:
        yield path


def _id_of(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
