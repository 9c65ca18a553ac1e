"""The one door to plaintext: open an upload, in the builder's process, and leave an audit line."""

from audit import trail
from protocol import envelope
from protocol.errors import ProtocolError
from storage import fencing, keeping, keyring, selectors
from storage.errors import Erased, Unreadable
from storage.models import Upload


def open_upload(upload: Upload) -> bytes:
    """Return the plaintext of an upload, in memory alone.

    Raises NotTheBuilder, Erased, Unreadable (wrong key, wrong context, damaged), NodeDown,
    WrongBytes, ErasuresUnread.
    """
    fencing.FENCE.pass_through()
    if upload.sealed is None:
        raise Erased
    context = selectors.context_of(upload)
    wrapped = selectors.builder_copy(upload=upload)
    data_key = keyring.unwrap(wrapped.sealed, key_id=wrapped.recipient_key, context=context)
    ciphertext = keeping.fetch(upload.sealed)
    # The line comes first: nobody reads plaintext without one, not even by a crash in between.
    trail.record(actor="builder", act="upload_opened", subject=f"upload:{upload.id}", facts={})
    try:
        return envelope.open_bytes(ciphertext, data_key, context)
    except ProtocolError as error:
        raise Unreadable(reason=error.detail) from error
