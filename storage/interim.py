"""Seal what the builder must remember between two steps: sums of plaintext, for itself alone.

Exact sums of one driver are as personal as the file they come from, and a build may outlive the
process that began it. So they are sealed as an upload is: with a data key of their own, which is
sealed to the builder's public key. Who takes the database learns no more from them than from the
uploads, and once the row is gone its key is gone with it.
"""

from dataclasses import dataclass
from uuid import UUID

from protocol import envelope
from protocol.envelope import Context
from protocol.errors import ProtocolError
from storage import keyring, selectors
from storage.errors import Unreadable


@dataclass(frozen=True)
class Interim:
    """Sealed bytes with their own key. wrapped_key: base64, sealed to the builder's key."""

    key_id: str
    wrapped_key: str
    ciphertext: bytes


def seal(content: bytes, *, release_id: UUID, part_id: UUID) -> Interim:
    """Return the content, sealed so that only the builder opens it, as this part of this release.

    Raises NoBuilderKey.
    """
    context, data_key = _context(release_id, part_id), envelope.new_data_key()
    builder = selectors.builder_key()
    wrapped = keyring.wrap(data_key, recipient_public_key=builder.public_key, context=context)
    return Interim(builder.key_id, wrapped, envelope.seal_bytes(content, data_key, context))


def unseal(interim: Interim, *, release_id: UUID, part_id: UUID) -> bytes:
    """Return the content. Raises NotTheBuilder, Unreadable (another key, another part, damaged)."""
    context = _context(release_id, part_id)
    data_key = keyring.unwrap(interim.wrapped_key, key_id=interim.key_id, context=context)
    try:
        return envelope.open_bytes(interim.ciphertext, data_key, context)
    except ProtocolError as error:
        raise Unreadable(reason=error.detail) from error


def _context(release_id: UUID, part_id: UUID) -> Context:
    # No release has an account, so nothing sealed here can stand for one.
    return Context(kind="release", account="part", subject=str(release_id), object=str(part_id))
