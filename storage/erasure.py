"""Erase uploads: shred their keys, drop their bytes, tell the chain, testify."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from audit import trail
from chain import outbox, reading
from chain.domain.calls import ContractCall
from registry.models import Driver
from registry.signals import Testimony
from storage import keeping
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
        _erase([upload], reference=f"erasure.upload.{upload.id}", actor="driver", at=at)
        upload.refresh_from_db()
    return upload


@transaction.atomic
def erase_driver(*, driver: Driver, at: datetime) -> None:
    """Erase every upload of the driver that is not erased yet."""
    living = Upload.objects.filter(driver=driver).exclude(state=Upload.State.ERASED)
    uploads = list(living.select_for_update().order_by("id"))
    for start in range(0, len(uploads), MOST_DIGESTS):
        _erase(
            uploads[start : start + MOST_DIGESTS],
            reference=f"erasure.driver.{driver.id}.{start}",
            actor="driver",
            at=at,
        )


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


def testify(driver: Driver) -> Testimony:
    """Say whether every upload is erased, dropped by the node and told to the chain."""
    uploads = list(Upload.objects.filter(driver=driver).select_related("sealed"))
    if not all(is_gone(upload) for upload in uploads):
        return Testimony(is_done=False)
    tombstones = [_tombstone(upload) for upload in uploads]
    contract = reading.address_of(REGISTRY) if uploads else ""
    proof = proof_of(tombstones, chain_id=settings.CHAIN_ID, contract=contract)
    return Testimony(is_done=True, proof=proof)


def is_gone(upload: Upload) -> bool:
    """Return whether the upload is erased here, on the node, and on the chain."""
    is_dropped = upload.sealed is None or upload.sealed.unpinned_at is not None
    return upload.state == Upload.State.ERASED and is_dropped and upload.tombstone_tx != ""


def _erase(uploads: Sequence[Upload], *, reference: str, actor: str, at: datetime) -> None:
    for upload in uploads:
        keeping.shred(upload, at=at)
        trail.record(
            actor=actor, act="upload_erased", subject=f"upload:{upload.id}", facts={}, at=at
        )
    digests = [bytes.fromhex(upload.tombstone_digest) for upload in uploads]
    outbox.submit(call=ContractCall(REGISTRY, "tombstone", (digests,)), reference=reference)


def _tombstone(upload: Upload) -> Tombstone:
    return Tombstone(
        digest=upload.tombstone_digest,
        cid=upload.sealed.cid if upload.sealed else "",
        tx_hash=upload.tombstone_tx,
        block_number=upload.tombstone_block or 0,
    )
