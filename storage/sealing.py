"""Seal bytes of our own making: a release."""

import io
from uuid import UUID

from django.db import IntegrityError, transaction

from protocol import envelope
from protocol.envelope import Context
from storage import keeping, keyring, layout, selectors, spool
from storage.models import SealedObject, WrappedKey


def seal_release(*, content: bytes, dataset_id: UUID, release_id: UUID) -> SealedObject:
    """Return the sealed release, kept here and asked to be pinned; its CID stands already.

    Sealing a release twice returns the first: its key and its bytes never change.
    """
    first = SealedObject.objects.filter(id=release_id).first()
    if first is not None:
        return first
    context = Context(kind="release", account="", subject=str(dataset_id), object=str(release_id))
    data_key = envelope.new_data_key()
    ciphertext = envelope.seal_bytes(content, data_key, context)
    try:
        return _keep(ciphertext, data_key, context)
    except IntegrityError:
        return SealedObject.objects.get(id=release_id)  # a twin was faster


@transaction.atomic
def _keep(ciphertext: bytes, data_key: bytes, context: Context) -> SealedObject:
    release_id, builder = UUID(context.object), selectors.builder_key()
    sealed = keeping.keep(
        object_id=release_id,
        digests=spool.digests_of(io.BytesIO(ciphertext), layout.rule()),
        size_bytes=len(ciphertext),
        envelope_version=envelope.VERSION,
        subject=UUID(context.subject),
    )
    WrappedKey.objects.create(
        sealed_object=sealed,
        recipient_kind=WrappedKey.Recipient.BUILDER,
        recipient_key=builder.key_id,
        sealed=keyring.wrap(data_key, recipient_public_key=builder.public_key, context=context),
    )
    # After the row, which only one twin can write, and before the commit, which promises the file.
    spool.place(release_id, ciphertext)
    return sealed
