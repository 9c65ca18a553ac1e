"""Plain text people sign with a wallet (ERC-191, version 0x45): its digest and its signer."""

from eth_account.messages import encode_defunct

from protocol import typed_data
from protocol.hashing import keccak256


def digest(text: str) -> bytes:
    """Return the 32 bytes that a wallet signs for this text."""
    message = encode_defunct(text=text)
    return keccak256(b"\x19" + message.version + message.header + message.body)


def recover(text: str, signature: str | bytes) -> str:
    """Return the checksum address that signed this text.

    Raises ProtocolError(bad_signature) for a malformed signature and ProtocolError(high_s) for
    the second form that every signature has.
    """
    return typed_data.recover_digest(digest(text), signature)
