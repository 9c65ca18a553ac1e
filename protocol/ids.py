"""Ids on the chain: the sixteen bytes of a UUID, padded with zeros on the right."""

from uuid import UUID

from protocol.errors import ProtocolError

_UUID_BYTES = 16
_WORD_BYTES = 32


def to_bytes32(value: UUID | str) -> bytes:
    """Return the on-chain form of a UUID. Raises ProtocolError(bad_id) for other text."""
    try:
        identifier = value if isinstance(value, UUID) else UUID(value)
    except ValueError as error:
        raise ProtocolError("bad_id", "this is not a UUID") from error
    return identifier.bytes.ljust(_WORD_BYTES, b"\0")


def from_bytes32(value: bytes) -> UUID:
    """Return the UUID of an on-chain id. Raises ProtocolError(bad_id) when it is no such id."""
    if len(value) != _WORD_BYTES or any(value[_UUID_BYTES:]):
        raise ProtocolError("bad_id", "this is not an id of ours: sixteen bytes, then zeros")
    return UUID(bytes=value[:_UUID_BYTES])
