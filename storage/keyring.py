"""Wrap and unwrap data keys; the only reader of the builder's private key."""

import base64
import hmac
from typing import Final

from django.conf import settings
from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from protocol import envelope
from protocol.envelope import Context
from protocol.errors import ProtocolError
from storage import selectors
from storage.errors import BadRecipientKey, NotTheBuilder, Unreadable

KEY_BYTES: Final = 32
WRAPPED_BYTES: Final = KEY_BYTES + 32 + sodium.crypto_box_SEALBYTES
"""A wrapped key: data key and context digest, in a sealed box."""


def wrap(data_key: bytes, *, recipient_public_key: bytes, context: Context) -> str:
    """Return the data key sealed to a public key, in base64. Raises BadRecipientKey."""
    try:
        return _text(envelope.wrap_key(data_key, recipient_public_key, context))
    except (CryptoError, ValueError, TypeError) as error:
        raise BadRecipientKey from error


def unwrap(sealed: str, *, key_id: str, context: Context) -> bytes:
    """Return the data key that was sealed to the builder's key of that id.

    A key that is not the published one is looked for among the old ones that are still held.

    Raises NotTheBuilder, Unreadable.
    """
    reason = "it was sealed to a key that the builder no longer holds"
    for private_key in _private_keys(key_id):
        try:
            return envelope.unwrap_key(base64.b64decode(sealed), private_key, context)
        except ProtocolError as error:
            reason = error.detail
    raise Unreadable(reason=reason)


def seal_to(content: bytes, *, recipient_public_key: bytes) -> str:
    """Return a short text sealed to a public key, in base64. Raises BadRecipientKey."""
    try:
        return _text(sodium.crypto_box_seal(content, recipient_public_key))
    except (CryptoError, ValueError, TypeError) as error:
        raise BadRecipientKey from error


def key_problem() -> str | None:
    """Return what is wrong with this process's private key; None when it has none or a good one."""
    if not settings.BUILDER_PRIVATE_KEY:
        return None
    try:
        public_key, *_old = [
            sodium.crypto_scalarmult_base(bytes.fromhex(one))
            for one in (settings.BUILDER_PRIVATE_KEY, *settings.BUILDER_OLD_PRIVATE_KEYS)
        ]
    except (ValueError, TypeError, CryptoError):
        return "a private key of the builder is not 32 bytes in hex"
    is_ours = hmac.compare_digest(public_key, selectors.builder_key().public_key)
    return None if is_ours else "the builder's private key does not fit its published public key"


def _private_keys(key_id: str) -> list[bytes]:
    if not settings.BUILDER_PRIVATE_KEY:
        raise NotTheBuilder
    is_published = key_id == selectors.builder_key().key_id
    held = [settings.BUILDER_PRIVATE_KEY] if is_published else settings.BUILDER_OLD_PRIVATE_KEYS
    return [bytes.fromhex(one) for one in held]


def _text(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode()
