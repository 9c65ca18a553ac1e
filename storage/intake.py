"""Accept a sealed upload from its driver, part by part."""

from collections.abc import Mapping, Sequence
from io import FileIO
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from protocol import envelope
from protocol.errors import ProtocolError
from registry import selectors as registry
from registry.models import Driver
from storage import keeping, layout, selectors, spool
from storage.domain import tombstones
from storage.errors import (
    BeyondTheEnd,
    NoRoom,
    NotSealed,
    PartTooLarge,
    UnknownBuilderKey,
    UploadDamaged,
    UploadIdTaken,
    UploadNotReceiving,
    UploadTooLarge,
    WrongOffset,
)
from storage.models import Upload


def accept_upload(
    *,
    driver: Driver,
    upload_id: UUID,
    vehicle_id: UUID,
    size_bytes: int,
    sha256: str,
    builder_key_id: str,
    wrapped_keys: Mapping[str, bytes],
) -> tuple[Upload, bool]:
    """Return the upload that now waits for its bytes, and whether it is new.

    size_bytes, sha256: of the ciphertext. wrapped_keys: sealed copies for `builder` and `driver`.
    Announcing the same upload twice is announcing it.

    Raises VehicleNotFound, VehicleRetired, UploadTooLarge, UnknownBuilderKey, UploadIdTaken,
    NoRoom.
    """
    _check_size(size_bytes)
    _check_room(size_bytes)
    _check_builder_key(builder_key_id)
    vehicle = registry.active_vehicle_of(driver=driver, vehicle_id=vehicle_id)
    upload = Upload(
        id=upload_id,
        driver=driver,
        vehicle=vehicle,
        size_bytes=size_bytes,
        sha256=sha256,
        builder_key_id=builder_key_id,
        tombstone_digest=tombstones.digest_of(upload_id).hex(),
    )
    try:
        _create(upload, wrapped_keys)
    except IntegrityError:
        return _first(upload), False
    spool.create(upload.id)
    return upload, True


def append(*, upload: Upload, offset: int, part: Sequence[bytes]) -> Upload:
    """Return the upload with one more part; with the last one it is received, its pin asked for.

    part: its bytes, in pieces of any size; it is here whole, so no slow line holds the file.
    The file is held alone while the row is read again, so two clients cannot mix their parts. The
    row moves last: a crash before leaves bytes behind the offset, and the next part replaces them.

    Raises PartTooLarge, BeyondTheEnd, WrongOffset, NotSealed, UploadDamaged, UploadNotReceiving,
    NoRoom: then the offset stays where it is.
    """
    end = offset + sum(map(len, part))
    _check_part(upload, offset, end)
    if upload.state != Upload.State.RECEIVING:
        raise UploadNotReceiving(state=upload.state)  # and no empty file is left behind
    spool.create(upload.id)
    with spool.held(upload.id) as file:
        upload.refresh_from_db(fields=["state", "received_bytes"])
        _check_may_follow(upload, offset, file)
        _check_header(upload, offset, part, file)
        is_last = end == upload.size_bytes
        spool.write_at(file, offset, part, is_last=is_last)
        if is_last:
            _receive(upload, offset, file)
        else:
            _move(upload, offset, end)
    return upload


@transaction.atomic
def _create(upload: Upload, wrapped_keys: Mapping[str, bytes]) -> None:
    upload.save(force_insert=True)
    readers = {"builder": upload.builder_key_id, "driver": upload.driver.public_key}
    kept = {kind: (readers[kind], key) for kind, key in wrapped_keys.items()}
    keeping.keep_keys(wrapped_keys=kept, upload=upload)


def _first(upload: Upload) -> Upload:
    same = Upload.objects.filter(
        id=upload.id,
        driver=upload.driver,
        vehicle=upload.vehicle,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
    )
    first = same.select_related("sealed").first()
    if first is None:
        raise UploadIdTaken
    return first


def _receive(upload: Upload, offset: int, file: FileIO) -> None:
    digests = spool.digests_of(file, layout.rule())
    if digests.sha256 != upload.sha256:
        _start_over(upload, file)
        raise UploadDamaged
    with transaction.atomic():
        upload.sealed = keeping.keep(
            object_id=upload.id,
            digests=digests,
            size_bytes=upload.size_bytes,
            envelope_version=envelope.VERSION,
        )
        _move(upload, offset, upload.size_bytes, state=Upload.State.RECEIVED, sealed=upload.sealed)


def _move(upload: Upload, offset: int, to: int, **facts: object) -> None:
    """Move the row on, unless it was moved or erased meanwhile."""
    here = Upload.objects.filter(id=upload.id, state=Upload.State.RECEIVING, received_bytes=offset)
    if not here.update(received_bytes=to, **facts):
        raise UploadNotReceiving(state=upload.state)
    upload.received_bytes = to
    upload.state = str(facts.get("state", upload.state))


def _start_over(upload: Upload, file: FileIO) -> None:
    Upload.objects.filter(id=upload.id, state=Upload.State.RECEIVING).update(received_bytes=0)
    upload.received_bytes = 0
    file.truncate(0)


def _check_size(size_bytes: int) -> None:
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        raise UploadTooLarge(most_bytes=settings.UPLOAD_MAX_BYTES)
    if size_bytes < envelope.sealed_size(0):
        raise NotSealed(reason="it is shorter than any sealed object")


def _check_room(size_bytes: int) -> None:
    free_bytes = spool.free_bytes()
    if size_bytes > free_bytes:
        raise NoRoom(size_bytes=size_bytes, free_bytes=free_bytes)


def _check_builder_key(key_id: str) -> None:
    current = selectors.builder_key()
    if key_id != current.key_id:
        raise UnknownBuilderKey(
            key_id=current.key_id, suggestion={"builder_key_id": current.key_id}
        )


def _check_part(upload: Upload, offset: int, end: int) -> None:
    if end - offset > settings.UPLOAD_PART_MAX_BYTES:
        raise PartTooLarge(most_bytes=settings.UPLOAD_PART_MAX_BYTES)
    if end > upload.size_bytes:
        raise BeyondTheEnd(size_bytes=upload.size_bytes)


def _check_may_follow(upload: Upload, offset: int, file: FileIO) -> None:
    if upload.state != Upload.State.RECEIVING:
        raise UploadNotReceiving(state=upload.state)
    if file.seek(0, 2) < upload.received_bytes:
        _start_over(upload, file)  # our disk lost bytes; say so by the offset
    if offset != upload.received_bytes:
        raise WrongOffset(received_bytes=upload.received_bytes)


def _check_header(upload: Upload, offset: int, part: Sequence[bytes], file: FileIO) -> None:
    if offset >= envelope.HEADER_BYTES:
        return
    file.seek(0)
    start = b"".join([file.read(offset) or b"", *part[: envelope.HEADER_BYTES]])
    start = start[: envelope.HEADER_BYTES]
    try:
        envelope.read_header(start)
    except ProtocolError as error:
        if error.code == "truncated":
            return  # a tiny first part; the next one completes the header
        _start_over(upload, file)
        raise NotSealed(reason=error.detail) from error
