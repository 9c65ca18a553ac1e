"""The vectors of recovery: a challenge, its proof, and sealed boxes that are no challenge."""

from collections.abc import Mapping
from typing import Final

from protocol import envelope, recovery, vault
from protocol.vector_inputs import CONTEXT, PASSPHRASE, secret

ORIGINS: Final = (
    "https://Odometer.example/sign-in?next=%2F",
    "https://odometer.example:443",
    "http://127.0.0.1:8420/api/v1",
    "http://localhost:80/",
    "https://[2001:db8::7]:8443/x",
)


def build() -> Mapping[str, object]:
    """Return the vectors; the same ones each time."""
    seed, challenge = secret("seed"), secret("challenge")
    answer = _answer(seed)
    return {
        "seed": seed.hex(),
        "challenge": challenge.hex(),
        "sealed": _sealed(recovery.PREFIX + challenge, vault.box_public_key(seed)),
        "answer": vars(answer),
        "proof": recovery.prove(challenge, answer).hex(),
        "refused": _refused(seed, challenge),
        "origins": [{"url": url, "origin": recovery.origin_of(url)} for url in ORIGINS],
    }


def _answer(seed: bytes) -> recovery.Answer:
    salt, nonce = secret("new salt")[:16], secret("new nonce")[:24]
    new = vault.create_from(PASSPHRASE, seed, salt=salt, nonce=nonce)
    return recovery.Answer(
        origin="https://odometer.example",
        handle="driver",
        recovery_id="5f0c6f0a-3f5b-4c0e-9a55-0e5d0b7c8a11",
        vault=new.vault,
        sign_in_proof=new.sign_in_proof.hex(),
    )


def _refused(seed: bytes, challenge: bytes) -> list[Mapping[str, str]]:
    own, other = vault.box_public_key(seed), vault.box_public_key(secret("other seed"))
    context = envelope.Context(**CONTEXT)
    data_key = envelope.wrap_key_from(secret("ephemeral"), secret("data key"), own, context)
    contents = {
        "a bare challenge": challenge,
        "one byte more": recovery.PREFIX + challenge + b"\0",
        "one byte less": recovery.PREFIX + challenge[:-1],
        "another version": recovery.PREFIX.replace(b"v1", b"v2") + challenge,
        "nothing": b"",
    }
    return [
        {"name": "a data key of an upload", "code": "not_a_challenge", "sealed": data_key.hex()},
        *(
            {"name": name, "code": "not_a_challenge", "sealed": _sealed(content, own)}
            for name, content in contents.items()
        ),
        {
            "name": "somebody else's challenge",
            "code": "wrong_key",
            "sealed": _sealed(recovery.PREFIX + challenge, other),
        },
        {"name": "no sealed box", "code": "wrong_key", "sealed": "00" * 40},
    ]


def _sealed(content: bytes, public_key: bytes) -> str:
    return recovery.seal_from(secret("ephemeral"), content, public_key).hex()
