"""Pin or unpin one object, idempotently."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NoReturn
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from protocol import cid as cids
from storage import ipfs, layout, mirroring, spool, targets
from storage.errors import ErasedMeanwhile, SpoolMissing, WrongBytes
from storage.layout import Stretch
from storage.models import SealedObject, Upload
from work import asking
from work.claiming import Lease

MIRROR_TASK = "storage.tasks.mirror_object"

_AT_ONCE = 2
"""So many parts are on their way to the node at a time."""


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
    if (file := spool.reading(sealed.id)) is None:
        _find_at_the_node(sealed)
        return
    file.close()
    found = layout.stretches(sealed)
    try:
        with ThreadPoolExecutor(min(len(found), _AT_ONCE)) as hands:
            named = list(hands.map(partial(_hand_over, sealed.id), found))
    except FileNotFoundError as error:  # erased a moment ago
        raise SpoolMissing from error
    for one, cid in zip(found, named, strict=True):
        if cid != one.cid:
            _refuse(sealed, one, cid)
    if manifest := layout.manifest_of(sealed):
        _read_back(sealed.cid, ipfs.node().add(manifest), len(manifest))


def _find_at_the_node(sealed: SealedObject) -> None:
    """Find the object where an earlier try brought it. A node's word for a pin is not enough."""
    wanted = layout.cids_of(sealed)
    if not all(map(ipfs.node().is_pinned, wanted)):
        _ask_again_for(sealed)
    for cid in wanted:
        for _block in ipfs.node().fetch(cid):
            pass  # held against its CID as it comes


def _hand_over(object_id: UUID, one: Stretch) -> str:
    """Return how the node calls one stretch; when that is its CID, it was read back as well."""
    with spool.path_of(object_id).open("rb") as file:
        cid = ipfs.node().add(spool.pieces(file, one.start_bytes, one.size_bytes))
    if cid == one.cid:
        _read_back(one.cid, cid, one.size_bytes)
    return cid


def _refuse(sealed: SealedObject, one: Stretch, cid: str) -> NoReturn:
    """Drop what was added under another name, and find out who is wrong: our disk, or the node."""
    if not layout.is_needed(cid):
        targets.own().let_go(cid)
    with spool.path_of(sealed.id).open("rb") as file:
        if cids.cid_of(spool.pieces(file, one.start_bytes, one.size_bytes)) != one.cid:
            _ask_again_for(sealed)
    raise WrongBytes


def _read_back(wanted: str, cid: str, size_bytes: int) -> None:
    """Read what was added; every block is held against the CID. Raises WrongBytes."""
    if cid != wanted or sum(map(len, ipfs.node().fetch(wanted))) != size_bytes:
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


def _ask_again_for(sealed: SealedObject) -> NoReturn:
    """Let the driver send the bytes again: our disk lost them before the node had them all."""
    lost = Upload.objects.filter(sealed=sealed, state=Upload.State.RECEIVED)
    if lost.exists():
        came = [cid for cid in layout.cids_of(sealed) if not layout.is_needed(cid, but=sealed)]
        targets.own().let_go(*came)
        with transaction.atomic():
            if lost.update(state=Upload.State.RECEIVING, received_bytes=0, sealed=None):
                sealed.delete()
    raise SpoolMissing
