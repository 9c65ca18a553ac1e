"""Copy the database without what opens things, keep those keys beside it, and bring both back."""

import fcntl
import hashlib
import json
import os
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.core import serializers
from django.db import connection, models, transaction
from django.utils import timezone

from anonymize.models import Release
from chain import selectors as chain
from config import env
from registry.models import Vault
from storage.models import SealedObject, Upload, WrappedKey
from work.models import WorkRow

KEPT_BESIDE: Final = (WrappedKey, Vault)
"""What opens uploads, releases and vaults: one current copy, never a history of copies."""

LEFT_OUT: Final = (
    *(model._meta.db_table for model in KEPT_BESIDE),
    "anonymize_buildpart",
    "django_session",
    "registry_recovery",
    "registry_signedin",
)
"""Tables whose rows no dated copy holds. Builds begin again, and everybody signs in again."""

BUILD_TASK: Final = "anonymize.tasks.build_release"
KEYS_FILE: Final = "keys.jsonl"
_DRAFT: Final = ".keys."
_AT_ONCE: Final = 500
_PRIVATE: Final = 0o077


def back_up(folder: Path, *, at: datetime) -> Path:
    """Write a dated copy of the database and replace the one copy of the keys; returns the former.

    The keys are copied last: a key that the database lacks does no harm, the reverse would.
    """
    os.umask(_PRIVATE)
    dated = folder / f"{at:%Y%m%dT%H%M%SZ}"
    dated.mkdir(parents=True)
    file = _copy(dated)
    facts = {
        "version": 1,
        "made_at": at.isoformat(),
        "engine": connection.vendor,
        "file": file.name,
        "sha256": _sha256(file),
        "left_out": list(LEFT_OUT),
        "block_read": chain.block_read(),
    }
    (dated / "backup.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    copy_keys(folder / KEYS_FILE)
    return dated


def copy_keys(file: Path) -> int:
    """Replace the copy of the keys by what stands now; returns how many there are."""
    with _alone(file, waits=True):
        return _replace_keys(file)


def copy_keys_if_old(file: Path, *, every_s: float) -> int | None:
    """Replace the copy of the keys when it is older than that, and nobody else is about it.

    Returns how many keys there are; None when there was nothing to do.
    """
    try:
        with _alone(file, waits=False):
            return _replace_keys(file) if _is_old(file, every_s) else None
    except BlockingIOError:
        return None


def age_of(file: Path) -> float | None:
    """Return the seconds since the copy was made; None when there is none."""
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return None


def _is_old(file: Path, every_s: float) -> bool:
    # A copy from the future was made before the clock was set back: nobody knows how old it is.
    age = age_of(file)
    return age is None or not 0 <= age < every_s


@contextmanager
def _alone(file: Path, *, waits: bool) -> Iterator[None]:
    """Let one process at a time copy keys to this folder; the lock falls with its process.

    Raises BlockingIOError when somebody else copies and it should not wait.
    """
    lock = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        yield
    finally:
        os.close(lock)


def _replace_keys(file: Path) -> int:
    _drop_drafts(file)
    count = 0
    handle, name = tempfile.mkstemp(prefix=_DRAFT, suffix=".draft", dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        for model in KEPT_BESIDE:
            for row in model._default_manager.order_by("pk").iterator(chunk_size=_AT_ONCE):
                stream.write(serializers.serialize("jsonl", [row]))
                count += 1
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).replace(file)
    return count


def _drop_drafts(file: Path) -> None:
    """Drop what a killed copy left behind: it would be an older generation of keys."""
    for left in file.parent.glob(f"{_DRAFT}*.draft"):
        left.unlink()


def restore_keys(file: Path) -> int:
    """Load the keys of what is not erased; returns how many there are now that were not before.

    Replay the erasures first: what is erased by then gets no key back.
    """
    before = _count()
    with file.open(encoding="utf-8") as stream:
        rows = (row.object for row in serializers.deserialize("jsonl", stream))
        for some in _batches(rows):
            _keep_vaults([row for row in some if isinstance(row, Vault)])
            _keep_wrapped([row for row in some if isinstance(row, WrappedKey)])
    return _count() - before


def begin_builds_again() -> int:
    """Make the builds due whose parts stayed out of the backup; returns how many."""
    broken = Release.objects.filter(state=Release.State.CHARGED, parts=None)
    references = [str(release.id) for release in broken]
    rows = WorkRow.objects.filter(task=BUILD_TASK, reference__in=references)
    return rows.update(state=WorkRow.State.OPEN, due_at=timezone.now(), owner="", attempts=0)


@transaction.atomic
def _keep_vaults(rows: list[Vault]) -> None:
    living = _ids(Vault.driver.field.related_model, rows, "driver_id", erased_at=None)
    vaults = [row for row in rows if row.driver_id in living]
    Vault.objects.bulk_create(vaults, ignore_conflicts=True)


@transaction.atomic
def _keep_wrapped(rows: list[WrappedKey]) -> None:
    uploads = _ids(Upload, rows, "upload_id") - _ids(
        Upload, rows, "upload_id", state=Upload.State.ERASED
    )
    objects = _ids(SealedObject, rows, "sealed_object_id") - _ids(
        SealedObject, rows, "sealed_object_id", state=SealedObject.State.ERASED
    )
    kept = [row for row in rows if row.upload_id in uploads or row.sealed_object_id in objects]
    WrappedKey.objects.bulk_create(kept, ignore_conflicts=True)


def _ids(
    model: type[models.Model], rows: Iterable[models.Model], name: str, **only: Any
) -> set[Any]:
    wanted = {getattr(row, name) for row in rows}
    found = model._default_manager.filter(pk__in=wanted, **only)
    return set(found.select_for_update().values_list("pk", flat=True))


def _count() -> int:
    return sum(model._default_manager.count() for model in KEPT_BESIDE)


def _batches(rows: Iterable[models.Model]) -> Iterator[list[models.Model]]:
    source = iter(rows)
    while some := list(islice(source, _AT_ONCE)):
        yield some


def _copy(dated: Path) -> Path:
    way: dict[str, Callable[[Path], Path]] = {"sqlite": _copy_sqlite, "postgresql": _dump}
    return way[connection.vendor](dated)


def _copy_sqlite(dated: Path) -> Path:
    """Copy a SQLite database while it is in use; no byte of what is left out stays in the file."""
    whole, file = dated / ".whole.sqlite3", dated / "database.sqlite3"
    connection.ensure_connection()
    try:
        with closing(sqlite3.connect(whole)) as copy:
            connection.connection.backup(copy)
            for table in LEFT_OUT:
                copy.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            copy.commit()
            copy.execute("VACUUM INTO ?", [str(file)])
    finally:
        for left in dated.glob(".whole.sqlite3*"):
            left.unlink()
    return file


def _dump(dated: Path) -> Path:
    """Dump a PostgreSQL database in its own format, for pg_restore."""
    facts = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    place = {to: str(facts[name]) for name, to in names.items() if facts.get(name)}
    file = dated / "database.dump"
    left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
    asked = ["pg_dump", "--format=custom", "--no-owner", f"--file={file}", *left_out]
    subprocess.run(  # noqa: S603 - our own words
        [*asked, str(facts["dbname"])], check=True, env=env.inherited(**place)
    )
    return file


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
