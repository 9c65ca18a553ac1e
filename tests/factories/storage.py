"""Sealed files as a driver makes them, and uploads as they stand after the pin."""

import base64
import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from protocol import cid as cids
from protocol import envelope
from protocol.envelope import Context
from registry.models import Driver, Vehicle
from storage import ipfs, selectors, spool, unsealing
from storage.domain import tombstones
from storage.models import SealedObject, Upload, WrappedKey


@dataclass(frozen=True)
class SealedFile:
    """What a driver's program holds before it sends anything."""

    id: uuid.UUID
    ciphertext: bytes
    wrapped_builder: bytes
    wrapped_driver: bytes
    vehicle: Vehicle

    def announcement(self, **changes: Any) -> dict[str, Any]:
        body: dict[str, Any] = {
            "id": str(self.id),
            "vehicle_id": str(self.vehicle.id),
            "envelope_version": 1,
            "size_bytes": len(self.ciphertext),
            "sha256": hashlib.sha256(self.ciphertext).hexdigest(),
            "builder_key_id": selectors.builder_key().key_id,
            "wrapped_keys": {
                "builder": base64.b64encode(self.wrapped_builder).decode(),
                "driver": base64.b64encode(self.wrapped_driver).decode(),
            },
        }
        return body | changes


def seal_file(driver: Driver, vehicle: Vehicle, plaintext: bytes = b"one trip") -> SealedFile:
    upload_id, data_key = uuid.uuid4(), envelope.new_data_key()
    context = Context("upload", str(driver.id), str(vehicle.id), str(upload_id))
    return SealedFile(
        id=upload_id,
        ciphertext=envelope.seal_bytes(plaintext, data_key, context),
        wrapped_builder=envelope.wrap_key(data_key, selectors.builder_key().public_key, context),
        wrapped_driver=envelope.wrap_key(data_key, bytes.fromhex(driver.public_key), context),
        vehicle=vehicle,
    )


def make_pinned_upload(driver: Driver, vehicle: Vehicle, plaintext: bytes = b"one trip") -> Upload:
    """Return an upload as the pin leaves it; its bytes lie on the (fake) node."""
    file = seal_file(driver, vehicle, plaintext)
    ipfs.node().add(file.ciphertext)
    sha256 = hashlib.sha256(file.ciphertext).hexdigest()
    sealed = SealedObject.objects.create(
        id=file.id,
        cid=cids.cid_of([file.ciphertext]),
        size_bytes=len(file.ciphertext),
        sha256=sha256,
        envelope_version=1,
        state=SealedObject.State.PINNED,
    )
    upload = Upload.objects.create(
        id=file.id,
        driver=driver,
        vehicle=vehicle,
        sealed=sealed,
        state=Upload.State.PINNED,
        size_bytes=len(file.ciphertext),
        received_bytes=len(file.ciphertext),
        sha256=sha256,
        builder_key_id=selectors.builder_key().key_id,
        pinned_at=timezone.now(),
        tombstone_digest=tombstones.digest_of(file.id).hex(),
    )
    keep_keys(upload, file)
    return upload


def keep_keys(upload: Upload, file: SealedFile) -> None:
    for kind, key, wrapped in (
        ("builder", upload.builder_key_id, file.wrapped_builder),
        ("driver", upload.driver.public_key, file.wrapped_driver),
    ):
        WrappedKey.objects.create(
            upload=upload,
            recipient_kind=kind,
            recipient_key=key,
            sealed=base64.b64encode(wrapped).decode(),
        )


def cid_of(upload: Upload) -> str:
    """Return the CID of an upload whose bytes are whole."""
    if upload.sealed is None:
        raise LookupError
    return upload.sealed.cid


def spooled(object_id: uuid.UUID) -> bytes | None:
    """Return what lies on our own disk of an object, or None."""
    path = spool.path_of(object_id)
    return path.read_bytes() if path.exists() else None


def plaintext_of(upload: Upload) -> bytes:
    """Return what the builder reads of an upload. Raises as `unsealing.opened`."""
    with unsealing.opened(upload) as file:
        return file.read()
