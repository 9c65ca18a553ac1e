"""Seal a release's data key to a buyer's public key, in the builder's process."""

from django.db import transaction

from audit import trail
from storage import keyring, selectors
from storage.models import WrappedKey
from work.claiming import Lease


def rewrap(lease: Lease) -> None:
    """Fill in one wrapped key that was asked for, and write it down. Raises NotTheBuilder."""
    row = WrappedKey.objects.select_related("sealed_object").get(id=lease.reference)
    if row.sealed or row.sealed_object is None:
        lease.finish()
        return
    context = selectors.release_context(row.sealed_object)
    builders = selectors.builder_copy(sealed=row.sealed_object)
    data_key = keyring.unwrap(builders.sealed, key_id=builders.recipient_key, context=context)
    sealed = keyring.wrap(
        data_key, recipient_public_key=bytes.fromhex(row.recipient_key), context=context
    )
    with transaction.atomic():
        WrappedKey.objects.filter(id=row.id).update(sealed=sealed)
        _write_down(row)
        lease.finish()


def _write_down(row: WrappedKey) -> None:
    trail.record(
        actor="builder",
        act="release_key_handed_over",
        subject=f"release:{row.sealed_object_id}",
        facts={"recipient_key": row.recipient_key},
    )
