"""Pin or unpin one object, idempotently."""

from django.db import transaction
from django.utils import timezone

from protocol import cid as cids
from storage import ipfs, mirroring, spool, targets
from storage.errors import ErasedMeanwhile, SpoolMissing, WrongBytes
from storage.models import SealedObject, Upload
from work import asking
from work.claiming import Lease

MIRROR_TASK = "storage.tasks.mirror_object"


def pin(lease: Lease) -> None:
    """Hand one object to the node, read it back, and record that it is stored.

    Raises NodeDown, WrongBytes, SpoolMissing, ErasedMeanwhile: the row is tried again.
    """
    sealed = SealedObject.objects.filter(id=lease.reference).first()
    if sealed is None:
        raise SpoolMissing
    if sealed.state == SealedObject.State.KEPT:
        _store(sealed)
        _record_pin(sealed, lease)
    elif sealed.state == SealedObject.State.ERASED:
        mirroring.let_go(sealed)
        lease.finish()
    else:
        lease.finish()
    spool.drop(sealed.id)


def unpin(lease: Lease) -> None:
    """Let every place drop an erased object, and record that they did. Raises NodeDown."""
    sealed = SealedObject.objects.get(id=lease.reference)
    spool.drop(sealed.id)
    mirroring.let_go(sealed)
    with transaction.atomic():
        SealedObject.objects.filter(id=sealed.id).update(unpinned_at=timezone.now())
        lease.finish()


def _store(sealed: SealedObject) -> None:
    # No transaction here: the node may take seconds, and SQLite has one writer.
    node = ipfs.node()
    content = spool.read(sealed.id)
    if content is None or cids.cid_of([content]) != sealed.cid:
        if not node.is_pinned(sealed.cid):
            _ask_again_for(sealed)
        return
    if node.add(content) != sealed.cid or len(node.fetch(sealed.cid)) != sealed.size_bytes:
        raise WrongBytes


@transaction.atomic
def _record_pin(sealed: SealedObject, lease: Lease) -> None:
    kept = SealedObject.objects.filter(id=sealed.id, state=SealedObject.State.KEPT)
    if not kept.update(state=SealedObject.State.PINNED):
        raise ErasedMeanwhile
    received = Upload.objects.filter(sealed=sealed, state=Upload.State.RECEIVED)
    received.update(state=Upload.State.PINNED, pinned_at=timezone.now())
    if targets.has_mirrors():
        asking.ask(task=MIRROR_TASK, reference=str(sealed.id))
    lease.finish()


def _ask_again_for(sealed: SealedObject) -> None:
    """Let the driver send the bytes again: our disk lost them before the node had them."""
    with transaction.atomic():
        lost = Upload.objects.filter(sealed=sealed, state=Upload.State.RECEIVED)
        if lost.update(state=Upload.State.RECEIVING, received_bytes=0, sealed=None):
            sealed.delete()
    raise SpoolMissing
