"""Recovery v1: prove that one holds a seed, without any secret that the server keeps for it.

The server seals a challenge to the driver's public key; who opens it answers with a keyed digest.
What is opened never leaves the client, and anything that is no challenge is refused: the server
could otherwise have its own sealed boxes opened, a wrapped data key among them.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from protocol import canonical
from protocol.errors import ProtocolError

PREFIX: Final = b"odometer/recovery/v1/challenge\0"
SECRET_BYTES: Final = 32

_PROOF: Final = b"odometer/recovery/v1/proof\0"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Answer:
    """What a proof is bound to: where, who, which challenge, and the vault that comes with it.

    origin: scheme and host of the site, as `origin_of` writes it; handle: in its normal form;
    sign_in_proof: of the new passphrase, hex.
    """

    origin: str
    handle: str
    recovery_id: str
    vault: Any
    sign_in_proof: str


def seal_challenge(challenge: bytes, public_key: bytes) -> bytes:
    """Return the challenge for the holder of a key. challenge: 32 random bytes, used once."""
    return bytes(sodium.crypto_box_seal(PREFIX + challenge, public_key))


def seal_from(ephemeral_key: bytes, content: bytes, public_key: bytes) -> bytes:
    """Build the sealed box from a given ephemeral private key: for test vectors only."""
    sender = public_key_of(ephemeral_key)
    nonce = hashlib.blake2b(sender + public_key, digest_size=24).digest()
    return sender + bytes(sodium.crypto_box(content, nonce, public_key, ephemeral_key))


def open_challenge(sealed: bytes, box_key: bytes) -> bytes:
    """Return the 32 bytes of a challenge.

    Raises ProtocolError: wrong_key (sealed to somebody else), not_a_challenge (whatever else it
    is, it must not be opened for the server).
    """
    try:
        content = bytes(sodium.crypto_box_seal_open(sealed, public_key_of(box_key), box_key))
    except (CryptoError, TypeError, ValueError) as error:
        raise ProtocolError("wrong_key", "this seed does not open the challenge") from error
    if len(content) != len(PREFIX) + SECRET_BYTES or not content.startswith(PREFIX):
        raise ProtocolError("not_a_challenge", "the server sent something else than a challenge")
    return content[len(PREFIX) :]


def prove(challenge: bytes, answer: Answer) -> bytes:
    """Return the proof, 32 bytes: nothing of the challenge can be read from it."""
    bound = {"origin": answer.origin, "handle": answer.handle, "vault": answer.vault}
    bound |= {"recovery_id": answer.recovery_id, "sign_in_proof": answer.sign_in_proof}
    return hmac.digest(challenge, _PROOF + canonical.encode(bound), "sha256")


def fits(proof: bytes, challenge: bytes, answer: Answer) -> bool:
    """Return whether the proof answers this challenge, in a time that tells nothing."""
    return hmac.compare_digest(proof, prove(challenge, answer))


def public_key_of(box_key: bytes) -> bytes:
    """Return the X25519 public key of a private one."""
    return bytes(sodium.crypto_scalarmult_base(box_key))


def origin_of(url: str) -> str:
    """Return scheme and host of an address as a browser writes its origin."""
    parts = urlsplit(url.lower())
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    is_usual = parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)}
    return f"{parts.scheme}://{host}" + ("" if is_usual else f":{parts.port}")
