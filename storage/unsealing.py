"""The one door to plaintext: open an upload, in the builder's process, and leave an audit line."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from audit import trail
from protocol import envelope
from protocol.envelope import Context
from protocol.errors import ProtocolError
from storage import fencing, keeping, keyring, selectors
from storage.errors import Erased, Unreadable
from storage.flowing import Flow
from storage.models import Upload

_BUFFER_BYTES: Final = 256 * 1024


@contextmanager
def opened(upload: Upload) -> Iterator["io.BufferedReader[Flow]"]:
    """Give the plaintext of an upload as a file that is read once; it is never on disk.

    Each chunk is authenticated before it is read, and the last one when the block ends: who leaves
    it without an error has read from a whole upload.

    Raises NotTheBuilder, Erased, Unreadable (wrong key, wrong context, damaged), NodeDown,
    WrongBytes, ErasuresUnread; all but the first two also while it is read.
    """
    fencing.FENCE.pass_through()
    if upload.sealed is None:
        raise Erased
    context = selectors.context_of(upload)
    wrapped = selectors.builder_copy(upload=upload)
    data_key = keyring.unwrap(wrapped.sealed, key_id=wrapped.recipient_key, context=context)
    ciphertext = keeping.pieces(upload.sealed)
    # The line comes first: nobody reads plaintext without one, not even by a crash in between.
    trail.record(actor="builder", act="upload_opened", subject=f"upload:{upload.id}", facts={})
    with io.BufferedReader(Flow(_chunks(ciphertext, data_key, context)), _BUFFER_BYTES) as file:
        yield file
        while file.read1():
            pass  # up to the mark of the last chunk, whatever the reader left


def _chunks(ciphertext: Iterator[bytes], data_key: bytes, context: Context) -> Iterator[bytes]:
    try:
        yield from envelope.open_chunks(ciphertext, data_key, context)
    except ProtocolError as error:
        raise Unreadable(reason=error.detail) from error
