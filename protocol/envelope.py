"""Envelope v1: seal and open a file in authenticated chunks. Draws keys and stream headers."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from protocol import canonical
from protocol.errors import ProtocolError
from protocol.hashing import sha256

MAGIC: Final = b"ODOM"
VERSION: Final = 1
ALGORITHM: Final = 1  # libsodium secretstream, XChaCha20-Poly1305
CHUNK_BYTES: Final = 65_536
KEY_BYTES: Final = sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES
TAG_BYTES: Final = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
STREAM_HEADER_BYTES: Final = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
HEADER_BYTES: Final = 10 + STREAM_HEADER_BYTES

_MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_KINDS = frozenset({"upload", "release"})


@dataclass(frozen=True)
class Context:
    """What a sealed object is and whose: authenticated with every chunk, so it cannot be swapped.

    kind "upload": account is the driver, subject the vehicle, object the upload.
    kind "release": account is empty, subject is the dataset, object the release.
    """

    kind: str
    account: str
    subject: str
    object: str

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 over the canonical JSON of the context, 32 bytes."""
        if self.kind not in _KINDS:
            raise ProtocolError("wrong_context", "a sealed object is an upload or a release")
        return sha256(canonical.encode({"v": VERSION, **asdict(self)}))


@dataclass(frozen=True)
class Header:
    """The readable part of an envelope. chunk_bytes: plaintext bytes in a full chunk."""

    version: int
    algorithm: int
    chunk_bytes: int
    stream_header: bytes


def new_data_key() -> bytes:
    """Return a fresh random key for one object, 32 bytes."""
    return bytes(sodium.randombytes(KEY_BYTES))


def public_key_of(private_key: bytes) -> bytes:
    """Return the X25519 public key of a private key, 32 bytes each."""
    return bytes(sodium.crypto_scalarmult_base(private_key))


def sealed_size(plain_bytes: int) -> int:
    """Return how many bytes the envelope of `plain_bytes` bytes has."""
    return HEADER_BYTES + plain_bytes + TAG_BYTES * max(1, -(-plain_bytes // CHUNK_BYTES))


def read_header(data: bytes) -> Header:
    """Return the header that the first 34 bytes hold.

    Raises ProtocolError: truncated, bad_header, unsupported_version.
    """
    if data[:4] != MAGIC[: len(data)]:
        raise ProtocolError("bad_header", "this is not a sealed object")
    if len(data) < HEADER_BYTES:
        raise ProtocolError("truncated", "the header is cut short")
    if data[4:6] != bytes([VERSION, ALGORITHM]):
        raise ProtocolError("unsupported_version", "this version of the envelope is not known")
    if int.from_bytes(data[6:10]) != CHUNK_BYTES:
        raise ProtocolError("bad_header", "version 1 has chunks of 65536 bytes")
    return Header(VERSION, ALGORITHM, CHUNK_BYTES, data[10:HEADER_BYTES])


def seal(plaintext: bytes | Iterable[bytes], data_key: bytes, context: Context) -> Iterator[bytes]:
    """Yield the envelope of the plaintext piece by piece; memory stays at one chunk."""
    stream_header = sodium.randombytes(STREAM_HEADER_BYTES)
    return seal_from(stream_header, plaintext, data_key, context)


def seal_from(
    stream_header: bytes, plaintext: bytes | Iterable[bytes], data_key: bytes, context: Context
) -> Iterator[bytes]:
    """Seal under a given stream header: for test vectors only, for no header may be used twice."""
    yield MAGIC + bytes([VERSION, ALGORITHM]) + CHUNK_BYTES.to_bytes(4) + stream_header
    state = _state(stream_header, data_key)
    pieces = [plaintext] if isinstance(plaintext, bytes) else plaintext
    for index, (chunk, is_last) in enumerate(_lookahead(_cut(pieces, CHUNK_BYTES))):
        tag = _FINAL if is_last else _MESSAGE
        yield sodium.crypto_secretstream_xchacha20poly1305_push(
            state, chunk, _chunk_context(context, index), tag
        )


def seal_bytes(plaintext: bytes, data_key: bytes, context: Context) -> bytes:
    """Return the whole envelope of a plaintext that fits into memory."""
    return b"".join(seal(plaintext, data_key, context))


def open_chunks(ciphertext: Iterable[bytes], data_key: bytes, context: Context) -> Iterator[bytes]:
    """Yield the plaintext chunk by chunk; only after the last one is the whole known to be whole.

    Raises ProtocolError: bad_header, unsupported_version, truncated (the end is missing),
    trailing_bytes, wrong_key (the first chunk does not open: other key, other context or changed
    bytes), damaged (a later chunk does not open).
    """
    pieces = _cut_after_header(ciphertext)
    state = _state(read_header(next(pieces)).stream_header, data_key)
    tag = _MESSAGE
    for index, piece in enumerate(pieces):
        if tag == _FINAL:
            raise ProtocolError("trailing_bytes", "bytes follow the last chunk")
        chunk, tag = _open_chunk(state, piece, context, index)
        yield chunk
    if tag != _FINAL:
        raise ProtocolError("truncated", "the last chunk is missing")


def open_bytes(ciphertext: bytes, data_key: bytes, context: Context) -> bytes:
    """Return the plaintext of a whole envelope, or nothing of it. Raises as open_chunks does."""
    return b"".join(open_chunks([ciphertext], data_key, context))


def wrap_key(data_key: bytes, recipient_public_key: bytes, context: Context) -> bytes:
    """Return the data key sealed to one X25519 public key, bound to what it opens."""
    return bytes(sodium.crypto_box_seal(data_key + context.digest, recipient_public_key))


def wrap_key_from(
    ephemeral_key: bytes, data_key: bytes, recipient_public_key: bytes, context: Context
) -> bytes:
    """Build the sealed box from a given ephemeral private key: for test vectors only."""
    sender = public_key_of(ephemeral_key)
    nonce = hashlib.blake2b(sender + recipient_public_key, digest_size=24).digest()
    content = data_key + context.digest
    return sender + bytes(sodium.crypto_box(content, nonce, recipient_public_key, ephemeral_key))


def unwrap_key(wrapped: bytes, private_key: bytes, context: Context) -> bytes:
    """Return the data key. Raises ProtocolError: wrong_key, wrong_context."""
    try:
        content = sodium.crypto_box_seal_open(wrapped, public_key_of(private_key), private_key)
    except CryptoError as error:
        raise ProtocolError("wrong_key", "this key does not open the wrapped key") from error
    if len(content) != KEY_BYTES + 32 or content[KEY_BYTES:] != context.digest:
        raise ProtocolError("wrong_context", "the wrapped key belongs to another object")
    return bytes(content[:KEY_BYTES])


def _state(
    stream_header: bytes, data_key: bytes
) -> sodium.crypto_secretstream_xchacha20poly1305_state:
    """Start a stream; pushing from a header that was drawn outside is the same state as pulling."""
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, stream_header, data_key)
    return state


def _open_chunk(
    state: sodium.crypto_secretstream_xchacha20poly1305_state,
    piece: bytes,
    context: Context,
    index: int,
) -> tuple[bytes, int]:
    if len(piece) < TAG_BYTES:
        raise ProtocolError("truncated", "the last chunk is cut short")
    try:
        chunk, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(
            state, piece, _chunk_context(context, index)
        )
    except CryptoError as error:
        if index == 0:
            raise ProtocolError("wrong_key", "key or context do not open this object") from error
        raise ProtocolError("damaged", f"chunk {index} was changed, moved or cut") from error
    if tag not in {_MESSAGE, _FINAL}:
        raise ProtocolError("damaged", f"chunk {index} carries an unknown tag")
    return chunk, tag


def _chunk_context(context: Context, index: int) -> bytes:
    return context.digest + index.to_bytes(8)


def _cut(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in pieces of exactly `size`; the last may be shorter; never none.

    A piece is copied once: what is left of one is held only until the next fills it up.
    """
    rest = bytearray()
    is_empty = True
    for piece in pieces:
        begin = min(size - len(rest), len(piece)) if rest else 0
        rest += piece[:begin]
        if len(rest) == size:
            yield bytes(rest)
            rest.clear()
        end = begin if rest else begin + (len(piece) - begin) // size * size
        for start in range(begin, end, size):
            yield piece[start : start + size]
        rest += piece[end:]
        is_empty = is_empty and not piece
    if rest or is_empty:
        yield bytes(rest)


def _cut_after_header(ciphertext: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the header, then sealed chunks."""
    source = iter(ciphertext)
    start = b""
    while len(start) < HEADER_BYTES and (piece := next(source, None)) is not None:
        start += piece
    yield start[:HEADER_BYTES]
    yield from _cut(chain([start[HEADER_BYTES:]], source), CHUNK_BYTES + TAG_BYTES)


def _lookahead(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    held = next(chunks)
    for chunk in chunks:
        yield held, False
        held = chunk
    yield held, True
