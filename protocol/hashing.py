"""The three hash functions the protocol uses: SHA-256, Keccak-256 and HKDF-SHA256."""

import hashlib
import hmac

from eth_utils.crypto import keccak

_BLOCK_BYTES = 32


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 digest, 32 bytes."""
    return hashlib.sha256(data).digest()


def keccak256(data: bytes) -> bytes:
    """Return the Keccak-256 digest that the chain uses, 32 bytes."""
    return bytes(keccak(data))


def hkdf_sha256(secret: bytes, *, info: bytes, length: int = 32) -> bytes:
    """Return `length` bytes of RFC 5869 output with an empty salt; `info` names the purpose."""
    extracted = hmac.digest(b"\0" * _BLOCK_BYTES, secret, "sha256")
    output = block = b""
    for counter in range(1, -(-length // _BLOCK_BYTES) + 1):
        block = hmac.digest(extracted, block + info + bytes([counter]), "sha256")
        output += block
    return output[:length]
