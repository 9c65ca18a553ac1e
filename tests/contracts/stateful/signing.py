"""Signatures, made fast: EIP-712 put together by hand, a second time beside protocol.typed_data."""

from functools import cache
from hashlib import sha256
from typing import NamedTuple, TypeAlias

import coincurve

from protocol import typed_data
from protocol.hashing import keccak256

Value: TypeAlias = int | bytes | str

_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_TYPES = {
    "Grant": "address driver,bytes32 dataset,bytes32 terms,uint64 expiry,uint64 nonce",
    "Renew": "address driver,bytes32 dataset,uint64 expiry,uint64 nonce",
    "Revoke": "address driver,bytes32 dataset,uint64 nonce",
    "Order": "address buyer,address recipient,bytes32 release,uint256 maxPrice,uint64 deadline",
    "Claim": "address driver,address to,bytes32[] releases,uint64 deadline",
    "Fund": (
        "address funder,address recipient,bytes32 request,bytes32 dataset,uint256 bounty,"
        "uint64 threshold,uint64 deadline,uint64 validUntil"
    ),
    "Permit": "address owner,address spender,uint256 value,uint256 nonce,uint256 deadline",
    "EIP712Domain": "string name,string version,uint256 chainId,address verifyingContract",
}


class Signer(NamedTuple):
    """A role's key, the same in every run."""

    private: coincurve.PrivateKey
    address: str

    def __repr__(self) -> str:
        return f"<{self.address[:6]}>"

    def sign(self, digest: bytes) -> bytes:
        """Return r | s | v, 65 bytes."""
        raw = self.private.sign_recoverable(digest, hasher=None)
        return raw[:64] + bytes([raw[64] + 27])


@cache
def signer(name: str) -> Signer:
    private = sha256(name.encode()).digest()
    return Signer(coincurve.PrivateKey(private), typed_data.address_of(private))


def word(value: Value) -> bytes:
    """Return the 32 bytes that stand for a value."""
    if isinstance(value, bytes):
        return value.ljust(32, b"\x00")
    return (value if isinstance(value, int) else int(value, 16)).to_bytes(32)


@cache
def _type_hash(kind: str) -> bytes:
    return keccak256(f"{kind}({_TYPES[kind]})".encode())


@cache
def separator(name: str, chain_id: int, address: str) -> bytes:
    """Return the hash of a contract's domain."""
    parts: list[Value] = [keccak256(name.encode()), keccak256(b"1"), chain_id, address]
    return keccak256(_type_hash("EIP712Domain") + b"".join(map(word, parts)))


def digest(domain: bytes, kind: str, *values: Value) -> bytes:
    """Return the 32 bytes that are signed. A list is given as the hash of its words."""
    return keccak256(
        b"\x19\x01" + domain + keccak256(_type_hash(kind) + b"".join(map(word, values)))
    )


def high_s(signature: bytes) -> bytes:
    """Return the second form that every signature has."""
    s = _ORDER - int.from_bytes(signature[32:64])
    return signature[:32] + s.to_bytes(32) + bytes([27 + 28 - signature[64]])


def compact(signature: bytes) -> tuple[bytes, bytes]:
    """Return r and vs; of a second form, what fits of it."""
    s = int.from_bytes(signature[32:64]) & (2**255 - 1)
    parity = (signature[64] - 27) & 1
    return signature[:32], (s | parity << 255).to_bytes(32)
