"""Hand a release's data key to a buyer's public key."""

from django.db import transaction

from protocol.envelope import Context
from storage import keyring, selectors, tasks
from storage.errors import BadRecipientKey, Unreadable
from storage.models import SealedObject, WrappedKey
from work import asking


@transaction.atomic
def key_for(
    *, sealed: SealedObject, recipient_public_key: bytes, context_of_release: Context
) -> WrappedKey | None:
    """Return the key sealed to the recipient, or None while the builder has still to seal it.

    Who may have it is the caller's question. recipient_public_key: X25519, 32 bytes.

    Raises BadRecipientKey, Unreadable when the object is not that release.
    """
    if context_of_release != selectors.release_context(sealed):
        raise Unreadable(reason="this object is another release")
    _check(recipient_public_key)
    row, is_new = WrappedKey.objects.get_or_create(
        sealed_object=sealed,
        recipient_kind=WrappedKey.Recipient.BUYER,
        recipient_key=recipient_public_key.hex(),
    )
    if is_new:
        asking.ask(task=tasks.REWRAP, reference=str(row.id), queue="builder")
    return row if row.sealed else None


def _check(public_key: bytes) -> None:
    """Refuse points that no box can be sealed to, before the builder meets them."""
    if len(public_key) != keyring.KEY_BYTES:
        raise BadRecipientKey
    keyring.seal_to(b"", recipient_public_key=public_key)
