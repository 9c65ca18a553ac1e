"""Make the private keys of one stack, each once, readable by their owner alone."""

import json
import os
import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from eth_keys.datatypes import PrivateKey as SigningKey
from nacl.public import PrivateKey

from stack.places import Places

_CURVE_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
STEWARDS: Final = ("steward_first", "steward_second")


def _chain_key() -> str:
    return f"{1 + secrets.randbelow(_CURVE_ORDER - 1):064x}"


_MAKERS: Final[dict[str, Callable[[], str]]] = {
    "builder": lambda: bytes(PrivateKey.generate()).hex(),
    "chain_sender": _chain_key,
    **dict.fromkeys(STEWARDS, _chain_key),
    "django_secret": lambda: secrets.token_urlsafe(50),
    "admin_password": lambda: secrets.token_urlsafe(15),
}


def make_keys(places: Places) -> None:
    """Make every key that is not there yet, and publish the builder's public half."""
    places.keys.mkdir(parents=True, exist_ok=True)
    places.keys.chmod(0o700)
    for name, make in _MAKERS.items():
        file = places.keys / name
        if not file.exists():
            _write(file, make(), mode=0o600)
    private = PrivateKey(bytes.fromhex((places.keys / "builder").read_text().strip()))
    record = json.dumps(public_record(bytes(private.public_key)))
    public_file = places.keys / "builder.public.json"
    if not public_file.exists() or public_file.read_text(encoding="utf-8").strip() != record:
        _write(public_file, record, mode=0o644)


def steward_addresses(places: Places) -> list[str]:
    """Return the addresses of the two stewards' keys: all that the rooms learn about them."""
    texts = [(places.keys / name).read_text(encoding="utf-8").strip() for name in STEWARDS]
    return [SigningKey(bytes.fromhex(text)).public_key.to_checksum_address() for text in texts]


def public_record(public_key: bytes) -> dict[str, str]:
    """Return what the world learns about the builder's key: its id, itself and its digest."""
    digest = sha256(public_key).hexdigest()
    return {"key_id": f"builder-{digest[:16]}", "public_key": public_key.hex(), "sha256": digest}


def _write(file: Path, content: str, *, mode: int) -> None:
    """Write all or nothing: a key that is half there would be taken for the whole."""
    draft = file.with_name(f".{file.name}.draft")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(content + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
