"""Keep, fetch and shred; ciphertext only."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from storage import ipfs, spool, tasks
from storage.errors import Erased
from storage.models import SealedObject, Upload, WrappedKey
from storage.spool import Digests
from work import asking


def keep(
    *,
    object_id: UUID,
    digests: Digests,
    size_bytes: int,
    envelope_version: int,
    subject: UUID | None = None,
) -> SealedObject:
    """Return the row of an object whose bytes are spooled, and ask for its pin.

    Call it inside the transaction of the fact that it belongs to.
    """
    sealed = SealedObject.objects.create(
        id=object_id,
        cid=digests.cid,
        sha256=digests.sha256,
        size_bytes=size_bytes,
        envelope_version=envelope_version,
        subject=subject,
    )
    asking.ask(task=tasks.PIN, reference=str(object_id))
    return sealed


def keep_keys(*, wrapped_keys: Mapping[str, tuple[str, bytes]], upload: Upload) -> list[WrappedKey]:
    """Store the sealed copies of an upload's data key, by the kind of their recipients."""
    return WrappedKey.objects.bulk_create(
        WrappedKey(
            upload=upload,
            recipient_kind=kind,
            recipient_key=key,
            sealed=base64.b64encode(sealed).decode(),
        )
        for kind, (key, sealed) in wrapped_keys.items()
    )


def fetch(sealed: SealedObject) -> bytes:
    """Return the ciphertext, from our disk while it is there, else from the node; checked.

    Raises Erased, NodeDown, WrongBytes.
    """
    if sealed.state == SealedObject.State.ERASED:
        raise Erased
    content = spool.read(sealed.id)
    if content is not None and hashlib.sha256(content).hexdigest() == sealed.sha256:
        return content
    return ipfs.node().fetch(sealed.cid)


@transaction.atomic
def shred(upload: Upload, *, at: datetime) -> None:
    """Destroy every key of the upload now, and ask for its bytes to be dropped."""
    WrappedKey.objects.filter(upload=upload).delete()
    Upload.objects.filter(id=upload.id).update(
        state=Upload.State.ERASED, quality={}, report_sealed="", erased_at=at
    )
    if upload.sealed_id is not None:
        living = SealedObject.objects.filter(id=upload.sealed_id)
        living.update(state=SealedObject.State.ERASED)
        asking.ask(task=tasks.UNPIN, reference=str(upload.sealed_id))
    transaction.on_commit(lambda: spool.drop(upload.id), robust=True)
