"""Vault v1: a driver's seed under a passphrase, and the keys that follow. Draws seed and nonces."""

import base64
import binascii
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypedDict

from mnemonic import Mnemonic
from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from protocol.errors import ProtocolError
from protocol.hashing import hkdf_sha256

VERSION: Final = 1
KDF_ALGORITHM: Final = "argon2id13"
MIN_OPS: Final = 3
MIN_MEM: Final = 64 * 1024 * 1024
NOW_OPS: Final = 3
NOW_MEM: Final = 64 * 1024 * 1024
"""What new vaults cost. Raise these two, not the floors: vaults follow at their next unlock."""
MAX_OPS: Final = 16
MAX_MEM: Final = 1024 * 1024 * 1024
SEED_BYTES: Final = 32

_SALT_BYTES = sodium.crypto_pwhash_SALTBYTES
_NONCE_BYTES = sodium.crypto_secretbox_NONCEBYTES
_SEALED_BYTES = _NONCE_BYTES + SEED_BYTES + sodium.crypto_secretbox_MACBYTES
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_WORD_BYTES = 32
_WIDE_BYTES = 48  # 128 bits beyond the order, so that the remainder is not biased


class Kdf(TypedDict):
    """Argon2id parameters, public. mem_bytes: bytes of memory; salt: hex of 16 bytes."""

    algorithm: str
    ops: int
    mem_bytes: int
    salt: str


class Vault(TypedDict):
    """What the server keeps and cannot open. sealed_seed: base64 of nonce and ciphertext."""

    version: int
    kdf: Kdf
    sealed_seed: str


@dataclass(frozen=True)
class NewVault:
    """A vault just made: the seed stays with the driver, the rest goes to the server."""

    seed: bytes
    vault: Vault
    sign_in_proof: bytes


@dataclass(frozen=True)
class Opened:
    """What a passphrase yields: the key that opens the seed, and 32 bytes to sign in with."""

    seal_key: bytes
    sign_in_proof: bytes


def create(passphrase: str, seed: bytes | None = None) -> NewVault:
    """Return a new vault over a fresh seed, or over `seed` when the passphrase changes."""
    seed = bytes(sodium.randombytes(SEED_BYTES)) if seed is None else seed
    salt, nonce = sodium.randombytes(_SALT_BYTES), sodium.randombytes(_NONCE_BYTES)
    return create_from(passphrase, seed, salt=salt, nonce=nonce)


def create_from(passphrase: str, seed: bytes, *, salt: bytes, nonce: bytes) -> NewVault:
    """Make a vault from given salt and nonce: for test vectors only, neither may be used twice."""
    if len(seed) != SEED_BYTES:
        raise ProtocolError("bad_vault", "a seed is 32 bytes")
    kdf = Kdf(algorithm=KDF_ALGORITHM, ops=NOW_OPS, mem_bytes=NOW_MEM, salt=salt.hex())
    opened = prove(passphrase, kdf)
    sealed = nonce + sodium.crypto_secretbox(seed, nonce, opened.seal_key)
    vault = Vault(version=VERSION, kdf=kdf, sealed_seed=base64.b64encode(sealed).decode())
    return NewVault(seed=seed, vault=vault, sign_in_proof=opened.sign_in_proof)


def prove(passphrase: str, kdf: Kdf | Mapping[str, object]) -> Opened:
    """Return the two keys of a passphrase; takes about 0.2 s and 64 MiB.

    Raises ProtocolError: bad_vault, weak_kdf (the server asks for less than the floors).
    """
    parameters = check_kdf(kdf)
    master = sodium.crypto_pwhash_alg(
        outlen=32,
        passwd=unicodedata.normalize("NFKC", passphrase).encode(),
        salt=bytes.fromhex(parameters["salt"]),
        opslimit=parameters["ops"],
        memlimit=parameters["mem_bytes"],
        alg=sodium.crypto_pwhash_ALG_ARGON2ID13,
    )
    return Opened(
        seal_key=hkdf_sha256(master, info=b"odometer/vault/v1/seal"),
        sign_in_proof=hkdf_sha256(master, info=b"odometer/vault/v1/sign-in"),
    )


def open_vault(vault: Vault | Mapping[str, object], seal_key: bytes) -> bytes:
    """Return the seed. Raises ProtocolError: bad_vault, weak_kdf, wrong_key."""
    sealed = base64.b64decode(check(vault)["sealed_seed"])
    try:
        seed = sodium.crypto_secretbox_open(sealed[_NONCE_BYTES:], sealed[:_NONCE_BYTES], seal_key)
    except CryptoError as error:
        raise ProtocolError("wrong_key", "that passphrase does not open this vault") from error
    return bytes(seed)


def is_outdated(kdf: Kdf | Mapping[str, object]) -> bool:
    """Return whether new vaults cost more than this one. Raises ProtocolError: bad_vault, weak_kdf.

    One whose cost is higher in one way and lower in the other stays as it is.
    """
    known = check_kdf(kdf)
    costs, now = (known["ops"], known["mem_bytes"]), (NOW_OPS, NOW_MEM)
    return costs != now and all(old <= new for old, new in zip(costs, now, strict=True))


def check(vault: Vault | Mapping[str, object]) -> Vault:
    """Return the vault when it has the right shape and no weaker costs than the floors.

    Raises ProtocolError: unsupported_version, bad_vault, weak_kdf.
    """
    if set(vault) != set(Vault.__annotations__):
        raise ProtocolError("bad_vault", "a vault has version, kdf and sealed_seed")
    if vault["version"] != VERSION:
        raise ProtocolError("unsupported_version", "this version of the vault is not known")
    kdf, sealed = vault["kdf"], vault["sealed_seed"]
    if not isinstance(kdf, Mapping) or not isinstance(sealed, str):
        raise ProtocolError("bad_vault", "kdf is an object and sealed_seed is text")
    if len(_from_base64(sealed)) != _SEALED_BYTES:
        raise ProtocolError("bad_vault", "sealed_seed has a wrong length", pointer="/sealed_seed")
    return Vault(version=VERSION, kdf=check_kdf(kdf), sealed_seed=sealed)


def check_kdf(kdf: Kdf | Mapping[str, object]) -> Kdf:
    """Return the parameters when they are known and within floors and ceilings.

    Raises ProtocolError: bad_vault, weak_kdf.
    """
    if set(kdf) != set(Kdf.__annotations__) or not isinstance(kdf["salt"], str):
        raise ProtocolError(
            "bad_vault", "kdf has algorithm, ops, mem_bytes and salt", pointer="/kdf"
        )
    if kdf["algorithm"] != KDF_ALGORITHM:
        raise ProtocolError("weak_kdf", "only argon2id13 is accepted", pointer="/kdf/algorithm")
    if len(kdf["salt"]) != 2 * _SALT_BYTES or len(_from_hex(kdf["salt"])) != _SALT_BYTES:
        raise ProtocolError("bad_vault", "the salt is 16 bytes in hex", pointer="/kdf/salt")
    return Kdf(
        algorithm=KDF_ALGORITHM,
        ops=_within(kdf["ops"], MIN_OPS, MAX_OPS, "ops"),
        mem_bytes=_within(kdf["mem_bytes"], MIN_MEM, MAX_MEM, "mem_bytes"),
        salt=kdf["salt"],
    )


def words_of(seed: bytes) -> list[str]:
    """Return the 24 English words of the recovery sheet."""
    return _word_list().to_mnemonic(seed).split(" ")


def seed_of(words: str | Sequence[str]) -> bytes:
    """Return the seed of 24 words; four letters of each are enough.

    Raises ProtocolError(bad_words) for unknown words, a wrong count or a wrong checksum.
    """
    text = words if isinstance(words, str) else " ".join(words)
    known = [_word_of(word) for word in unicodedata.normalize("NFKC", text).lower().split()]
    try:
        seed = bytes(_word_list().to_entropy(known))
    except (ValueError, LookupError) as error:
        raise ProtocolError("bad_words", "these are not the 24 words of a sheet") from error
    if len(seed) != SEED_BYTES:
        raise ProtocolError("bad_words", "a recovery sheet has 24 words")
    return seed


def unknown_words(words: str | Sequence[str]) -> list[int]:
    """Return which words of a sheet are on no list, counted from 1."""
    text = words if isinstance(words, str) else " ".join(words)
    typed = unicodedata.normalize("NFKC", text).lower().split()
    known = set(_word_list().wordlist)
    return [place for place, word in enumerate(typed, 1) if _word_of(word) not in known]


def box_key(seed: bytes) -> bytes:
    """Return the X25519 private key that opens the driver's own uploads."""
    return hkdf_sha256(seed, info=b"odometer/v1/box")


def box_public_key(seed: bytes) -> bytes:
    """Return the X25519 public key to which the driver's copies are sealed."""
    return bytes(sodium.crypto_scalarmult_base(box_key(seed)))


def consent_key(seed: bytes, dataset_id: bytes) -> bytes:
    """Return the secp256k1 private key for one dataset. dataset_id: its on-chain 32 bytes."""
    if len(dataset_id) != _WORD_BYTES:
        raise ProtocolError("bad_id", "a dataset id is 32 bytes")
    return _scalar(seed, b"odometer/v1/consent/" + dataset_id)


def payout_key(seed: bytes) -> bytes:
    """Return the secp256k1 private key of the driver's own payout address."""
    return _scalar(seed, b"odometer/v1/payout")


def _scalar(seed: bytes, info: bytes) -> bytes:
    wide = int.from_bytes(hkdf_sha256(seed, info=info, length=_WIDE_BYTES))
    return (wide % (_ORDER - 1) + 1).to_bytes(32)


def _within(value: object, floor: int, ceiling: int, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value > ceiling:
        raise ProtocolError("bad_vault", f"{name} is out of range", pointer=f"/kdf/{name}")
    if value < floor:
        raise ProtocolError("weak_kdf", f"{name} must be at least {floor}", pointer=f"/kdf/{name}")
    return value


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ProtocolError("bad_vault", "this is not hex") from error


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProtocolError("bad_vault", "this is not base64", pointer="/sealed_seed") from error


def _word_of(text: str) -> str:
    """Return the one word of the list that begins so, or the text itself when there is none."""
    fits = [word for word in _word_list().wordlist if word.startswith(text)]
    return text if text in fits or len(fits) != 1 else fits[0]


@cache
def _word_list() -> Mnemonic:
    return Mnemonic("english")
