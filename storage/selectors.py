"""Read what is stored, and the builder's public key."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from protocol.envelope import Context
from registry.models import Driver, Vehicle
from storage.errors import Erased, NoBuilderKey, UploadNotFound
from storage.models import SealedObject, Upload, WrappedKey

PINNED_STATES = (Upload.State.PINNED, Upload.State.CHECKED, Upload.State.UNREADABLE)
USABLE = Q(state__in=PINNED_STATES, vehicle__state=Vehicle.State.ACTIVE)
"""What a build may open: pinned, not erased, of a car that is in use."""


@dataclass(frozen=True)
class BuilderKey:
    """The key to which data keys are sealed. sha256: of the raw public key, in hex."""

    key_id: str
    public_key: bytes
    sha256: str


def builder_key() -> BuilderKey:
    """Return the builder's public key. Raises NoBuilderKey (Unavailable)."""
    file: Path = settings.BUILDER_PUBLIC_FILE
    try:
        return _read_key(file, file.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError) as error:
        raise NoBuilderKey from error


def uploads_of(driver: Driver) -> QuerySet[Upload]:
    """Return the driver's uploads, erased ones too."""
    uploads = Upload.objects.filter(driver=driver)
    return uploads.select_related("sealed").prefetch_related("sealed__parts")


def upload_of(*, user: Any, upload_id: UUID) -> Upload:
    """Return an upload of the driver who is this user. Raises UploadNotFound."""
    mine = Upload.objects.filter(id=upload_id, driver__user_id=user.pk)
    upload = mine.select_related("sealed").first()
    if upload is None:
        raise UploadNotFound
    return upload


def pinned_uploads(driver_ids: Iterable[UUID]) -> QuerySet[Upload]:
    """Return the uploads of these drivers that a build may open."""
    rows = Upload.objects.filter(USABLE, driver_id__in=list(driver_ids))
    return rows.select_related("vehicle", "sealed", "driver").order_by("created_at", "id")


def drivers_with_uploads() -> int:
    """Return how many drivers have at least one pinned upload: a count for admins alone."""
    pinned = Upload.objects.filter(state__in=PINNED_STATES)
    return pinned.values("driver_id").distinct().count()


def context_of(upload: Upload) -> Context:
    """Return what is authenticated with every chunk of the upload."""
    return Context(
        kind="upload",
        account=str(upload.driver_id),
        subject=str(upload.vehicle_id),
        object=str(upload.id),
    )


def release_context(sealed: SealedObject) -> Context:
    """Return what is authenticated with every chunk of a release."""
    return Context(kind="release", account="", subject=str(sealed.subject), object=str(sealed.id))


def builder_copy(*, upload: Upload | None = None, sealed: SealedObject | None = None) -> WrappedKey:
    """Return the data key sealed to the builder. Raises Erased when it was destroyed."""
    builders = WrappedKey.objects.filter(recipient_kind=WrappedKey.Recipient.BUILDER)
    row = builders.filter(upload=upload, sealed_object=sealed).first()
    if row is None:
        raise Erased
    return row


def driver_copy(upload: Upload) -> WrappedKey:
    """Return the data key sealed to the driver. Raises Erased when it was destroyed."""
    row = upload.wrapped_keys.filter(recipient_kind=WrappedKey.Recipient.DRIVER).first()
    if row is None:
        raise Erased
    return row


@lru_cache(maxsize=4)
def _read_key(file: Path, _changed_ns: int) -> BuilderKey:
    facts = json.loads(file.read_text(encoding="utf-8"))
    public_key = bytes.fromhex(facts["public_key"])
    return BuilderKey(facts["key_id"], public_key, hashlib.sha256(public_key).hexdigest())
