"""Erase uploads: shred their keys, drop their bytes, tell the chain, testify."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from audit import trail
from chain import outbox, reading
from chain import selectors as chain
from chain.domain.calls import ContractCall
from chain.models import OutboundCall
from registry.models import Driver, Erasure, Vehicle
from registry.signals import Testimony
from storage import keeping
from storage.domain import tombstones
from storage.domain.proofs import Tombstone, proof_of
from storage.models import Upload

REGISTRY: Final = "ConsentRegistry"
MOST_DIGESTS: Final = 100
"""How many tombstones the contract takes in one call."""


@transaction.atomic
def erase_upload(*, upload: Upload, at: datetime) -> Upload:
    """Return the upload, erased: its keys are destroyed when this returns.

    Its bytes are dropped and its tombstone is written by work that follows.
    """
    upload = Upload.objects.select_for_update().get(id=upload.id)
    if upload.state != Upload.State.ERASED:
        _shred([upload], at=at)
        _tell_the_chain([upload.id], name=f"upload.{upload.id}")
        upload.refresh_from_db()
    return upload


def erase_driver(*, driver: Driver, at: datetime) -> None:
    """Erase every upload of the driver that is not erased yet, and say so of the driver."""
    uploads = Upload.objects.filter(driver=driver)
    _erase_all(uploads, whole=driver.id, name=f"driver.{driver.id}", at=at)


def erase_vehicle(*, vehicle: Vehicle, at: datetime) -> None:
    """Erase every upload of the vehicle that is not erased yet, and say so of the vehicle."""
    uploads = Upload.objects.filter(vehicle=vehicle)
    _erase_all(uploads, whole=vehicle.id, name=f"vehicle.{vehicle.id}", at=at)


def record_tombstone(*, digest: bytes, tx_hash: str, block_number: int, at: datetime) -> None:
    """Record that the chain says an upload is erased; and erase it when we have forgotten that.

    After an old backup was put back, the chain is what remembers. Only who knows the random id of
    an upload can make its digest.
    """
    upload = Upload.objects.filter(tombstone_digest=digest.hex()).first()
    if upload is None:
        return
    if upload.state != Upload.State.ERASED:
        keeping.shred(upload, at=at)
    if not upload.tombstone_tx:
        Upload.objects.filter(id=upload.id).update(
            tombstone_tx=tx_hash, tombstone_block=block_number
        )


def forget_tombstone(*, digest: bytes, tx_hash: str) -> None:
    """Take the record back when its block left the chain; the keys stay destroyed."""
    Upload.objects.filter(tombstone_digest=digest.hex(), tombstone_tx=tx_hash).update(
        tombstone_tx="", tombstone_block=None
    )


def testify(erasure: Erasure) -> Testimony:
    """Say whether every upload is erased, dropped by the node and told to the chain."""
    if erasure.vehicle_id is not None:
        kind, whole = "vehicle", erasure.vehicle_id
        uploads = Upload.objects.filter(vehicle_id=whole)
    else:
        kind, whole = "driver", erasure.driver_id
        uploads = Upload.objects.filter(driver_id=whole)
    told = chain.call_for(_reference(f"{kind}.{whole}", 0))
    rows = list(uploads.select_related("sealed"))
    if told is None or told.state != OutboundCall.State.CONFIRMED or not all(map(is_gone, rows)):
        return Testimony(is_done=False)
    return Testimony(is_done=True, proof={**_proof(rows), "whole": _whole(kind, whole, told)})


def proof_for(upload: Upload) -> dict[str, Any] | None:
    """Return the proof that one upload is erased; None while it is not, or not yet everywhere."""
    return {"version": 1, **_proof([upload])} if is_gone(upload) else None


def is_gone(upload: Upload) -> bool:
    """Return whether the upload is erased here, on the node, and on the chain."""
    is_dropped = upload.sealed is None or upload.sealed.unpinned_at is not None
    return upload.state == Upload.State.ERASED and is_dropped and upload.tombstone_tx != ""


@transaction.atomic
def _erase_all(uploads: QuerySet[Upload], *, whole: UUID, name: str, at: datetime) -> None:
    """Erase what is left of these uploads; the first call tells of the whole they belonged to."""
    living = uploads.exclude(state=Upload.State.ERASED)
    rows = list(living.select_for_update().order_by("id"))
    _shred(rows, at=at)
    _tell_the_chain([whole, *(row.id for row in rows)], name=name)


def _shred(uploads: Sequence[Upload], *, at: datetime) -> None:
    for upload in uploads:
        keeping.shred(upload, at=at)
        subject = f"upload:{upload.id}"
        trail.record(actor="driver", act="upload_erased", subject=subject, facts={}, at=at)


def _tell_the_chain(erased: Sequence[UUID], *, name: str) -> None:
    for start in range(0, len(erased), MOST_DIGESTS):
        digests = [tombstones.digest_of(one) for one in erased[start : start + MOST_DIGESTS]]
        call = ContractCall(REGISTRY, "tombstone", (digests,))
        outbox.submit(call=call, reference=_reference(name, start))


def _reference(name: str, start: int) -> str:
    return f"erasure.{name}.{start}"


def _proof(uploads: Sequence[Upload]) -> dict[str, Any]:
    contract = reading.address_of(REGISTRY)
    rows = [_tombstone(upload) for upload in uploads]
    return proof_of(rows, chain_id=settings.CHAIN_ID, contract=contract)


def _whole(kind: str, whole: UUID, told: OutboundCall) -> dict[str, Any]:
    """Return the tombstone of the driver or vehicle that all the uploads belonged to."""
    return {
        "kind": kind,
        "digest": f"0x{tombstones.digest_of(whole).hex()}",
        "tx_hash": told.tx_hash,
        "block_number": told.block_number,
    }


def _tombstone(upload: Upload) -> Tombstone:
    return Tombstone(
        digest=upload.tombstone_digest,
        cid=upload.sealed.cid if upload.sealed else "",
        tx_hash=upload.tombstone_tx,
        block_number=upload.tombstone_block or 0,
    )
