"""Keep and compare sign-in proofs. Draws randomness for salts."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

_SALT_BYTES = 16


@dataclass(frozen=True)
class KeptProof:
    """What the server keeps of a proof. The proof is Argon2id output, so a fast hash is enough."""

    salt: str
    sha256: str


def keep(proof: bytes) -> KeptProof:
    """Return what to store of a proof: a fresh salt and the digest under it, in hex."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return KeptProof(salt=salt.hex(), sha256=_digest(salt, proof))


def fits(proof: bytes, kept: KeptProof) -> bool:
    """Return whether this is the proof that was kept, in a time that tells nothing."""
    return hmac.compare_digest(_digest(bytes.fromhex(kept.salt), proof), kept.sha256)


def stand_in_salt(handle: str, secret: str) -> str:
    """Return the Argon2id salt shown for a handle nobody has: always the same, hex of 16 bytes."""
    digest = hmac.digest(secret.encode(), b"odometer/stand-in-salt/" + handle.encode(), "sha256")
    return digest[:_SALT_BYTES].hex()


def _digest(salt: bytes, proof: bytes) -> str:
    return hashlib.sha256(salt + proof).hexdigest()
