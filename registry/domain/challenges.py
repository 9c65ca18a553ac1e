"""The secrets behind recovery challenges, and a stable stand-in for names that nobody has."""

import hmac
import secrets
from typing import Final

NONCE_BYTES: Final = 32


def fresh_nonce() -> str:
    """Draw what makes a challenge differ from every other one, in hex."""
    return secrets.token_bytes(NONCE_BYTES).hex()


def challenge_of(nonce: str, secret: str) -> bytes:
    """Return the 32 bytes to seal: who reads the stored nonce alone cannot answer."""
    return _keyed(secret, "challenge", nonce)


def stand_in_key(name: str, secret: str) -> bytes:
    """Return the X25519 private key that stands in for an unknown name, always the same."""
    return _keyed(secret, "stand-in", name)


def name_mark(name: str, secret: str) -> str:
    """Return what is kept of a typed name while its challenge waits, in hex."""
    return _keyed(secret, "name", name).hex()


def _keyed(secret: str, purpose: str, text: str) -> bytes:
    label = f"odometer/recovery/{purpose}/{text}"
    return hmac.digest(secret.encode(), label.encode(), "sha256")
