"""Seal every data key anew to the builder's new key, in the builder's process."""

from collections.abc import Iterator

from django.db.models import QuerySet

from audit import trail
from protocol.envelope import Context
from storage import keyring, selectors
from storage.errors import Unreadable
from storage.models import Upload, WrappedKey

UNDER_WAY = (Upload.State.RECEIVING, Upload.State.RECEIVED)


def waiting() -> QuerySet[WrappedKey]:
    """Return the data keys that are sealed to a key other than the published one."""
    builders = WrappedKey.objects.filter(recipient_kind=WrappedKey.Recipient.BUILDER)
    return builders.exclude(recipient_key=selectors.builder_key().key_id)


def under_way() -> int:
    """Return how many uploads are on their way whose driver sealed for an older key."""
    old = Upload.objects.exclude(builder_key_id=selectors.builder_key().key_id)
    return old.filter(state__in=UNDER_WAY).count()


def rotate() -> Iterator[bool]:
    """Seal each waiting data key anew; yield whether it could be opened. Safe to stop and repeat.

    What no held key opens stays as it is. A row that was erased meanwhile stays erased.

    Raises NotTheBuilder, NoBuilderKey.
    """
    done = 0
    for row in waiting().select_related("upload", "sealed_object").order_by("id").iterator():
        is_open = _rewrap(row)
        done += is_open
        yield is_open
    if done:
        new = selectors.builder_key().key_id
        trail.record(actor="builder", act="keys_rotated", subject=new, facts={"keys": done})


def _rewrap(row: WrappedKey) -> bool:
    new, context = selectors.builder_key(), _context(row)
    try:
        data_key = keyring.unwrap(row.sealed, key_id=row.recipient_key, context=context)
    except Unreadable:
        return False
    sealed = keyring.wrap(data_key, recipient_public_key=new.public_key, context=context)
    same = WrappedKey.objects.filter(id=row.id, recipient_key=row.recipient_key)
    same.update(recipient_key=new.key_id, sealed=sealed)
    return True


def _context(row: WrappedKey) -> Context:
    if row.upload is not None:
        return selectors.context_of(row.upload)
    if row.sealed_object is None:
        raise Unreadable(reason="it belongs to no object")
    return selectors.release_context(row.sealed_object)
