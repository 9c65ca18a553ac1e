"""Keep, fetch and shred; ciphertext only."""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from uuid import UUID

from django.db import transaction

from common.errors import Unavailable
from storage import layout, spool, targets, tasks
from storage.errors import Erased, NodeDown
from storage.models import SealedObject, SealedPart, Upload, WrappedKey
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
    SealedPart.objects.bulk_create(
        SealedPart(sealed=sealed, number=number, cid=part.cid, size_bytes=part.size_bytes)
        for number, part in enumerate(digests.parts)
    )
    asking.ask_anew(task=tasks.PIN, reference=str(object_id))
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


def pieces(sealed: SealedObject, start: int = 0) -> Iterator[bytes]:
    """Return the ciphertext from `start` on, checked, in pieces of at most 1 MiB.

    From our disk while it is there, else from the node, else from a second place: where one gives
    wrong bytes or none, the next goes on. The first piece is here when this returns,
    so what cannot be had at all is refused before anything is answered.

    Raises Erased, NodeDown, WrongBytes; the last two also between two pieces.
    """
    if sealed.state == SealedObject.State.ERASED:
        raise Erased
    source = _pieces(sealed, start)
    return chain([next(source, b"")], source)


def fetch(sealed: SealedObject) -> bytes:
    """Return the ciphertext of a small object, whole. Raises Erased, NodeDown, WrongBytes."""
    return b"".join(pieces(sealed))


def _pieces(sealed: SealedObject, start: int) -> Iterator[bytes]:
    if (file := spool.reading(sealed.id)) is not None:
        with file:
            if spool.is_whole(file, sealed.sha256):
                yield from spool.pieces(file, start)
                return
    for one in layout.stretches(sealed):
        skip = max(0, start - one.start_bytes)
        if skip < one.size_bytes:
            yield from _from_anywhere(one.cid, skip)


def _from_anywhere(cid: str, start: int) -> Iterator[bytes]:
    """Yield the bytes of one IPFS object from the first place that has them.

    Raises what our own node said, NodeDown or WrongBytes, when none goes on.
    """
    refusal: Unavailable | None = None
    for place in targets.everywhere():
        found = place.fetch(cid, start)
        if found is None:
            continue
        try:
            for piece in found:
                start += len(piece)
                yield piece
        except Unavailable as error:
            refusal = refusal or error
        else:
            return
    raise refusal or NodeDown


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
