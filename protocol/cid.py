"""CIDs as every IPFS node computes them: version 1, SHA-256, raw leaves, chunks of 1 MiB."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from protocol.errors import ProtocolError

CHUNK_BYTES: Final = 1024 * 1024
MAX_CHUNKS: Final = 174  # one level of links in every implementation, so all agree on the root
MAX_BYTES: Final = MAX_CHUNKS * CHUNK_BYTES

_RAW = 0x55
_DAG_PB = 0x70
_DIGEST_BYTES = 32
_BINARY_BYTES = 36


def cid_of(chunks: Iterable[bytes]) -> str:
    """Return the CID of the bytes, in base32. The pieces may have any size.

    Raises ProtocolError(too_large) beyond 174 MiB.
    """
    sizes: list[int] = []
    leaves: list[bytes] = []
    for block in _blocks(chunks):
        if len(leaves) == MAX_CHUNKS:
            raise ProtocolError("too_large", "objects end at 174 MiB; split the file")
        sizes.append(len(block))
        leaves.append(_binary(_RAW, hashlib.sha256(block).digest()))
    if len(leaves) == 1:
        return _text(leaves[0])
    node = hashlib.sha256(_file_node(leaves, sizes)).digest()
    return _text(_binary(_DAG_PB, node))


def cid_digest(cid: str) -> bytes:
    """Return the SHA-256 inside a CID, 32 bytes. Raises ProtocolError(bad_cid)."""
    try:
        binary = base64.b32decode(cid[1:].upper() + "=" * (-len(cid[1:]) % 8))
    except ValueError as error:
        raise ProtocolError("bad_cid", "this is not a CID in base32") from error
    codec = binary[1:2]
    if len(binary) != _BINARY_BYTES or codec not in {bytes([_RAW]), bytes([_DAG_PB])}:
        raise ProtocolError("bad_cid", "this is not a CID of ours")
    digest = binary[-_DIGEST_BYTES:]
    if _text(_binary(codec[0], digest)) != cid:
        raise ProtocolError("bad_cid", "this CID is not version 1 with SHA-256 in base32")
    return digest


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = bytearray()
    is_empty = True
    for chunk in chunks:
        rest += chunk
        while len(rest) >= CHUNK_BYTES:
            yield bytes(rest[:CHUNK_BYTES])
            del rest[:CHUNK_BYTES]
            is_empty = False
    if rest or is_empty:
        yield bytes(rest)


def _file_node(leaves: list[bytes], sizes: list[int]) -> bytes:
    """Return the dag-pb node over the leaves: links first, then the UnixFS file record."""
    links = b"".join(
        _field(2, _field(1, leaf) + _field(2, b"") + _number(3, size))
        for leaf, size in zip(leaves, sizes, strict=True)
    )
    file = _number(1, 2) + _number(3, sum(sizes)) + b"".join(_number(4, size) for size in sizes)
    return links + _field(1, file)


def _field(tag: int, content: bytes) -> bytes:
    return bytes([tag << 3 | 2]) + _varint(len(content)) + content


def _number(tag: int, value: int) -> bytes:
    return bytes([tag << 3]) + _varint(value)


def _varint(value: int) -> bytes:
    output = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits to a byte
        output.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*output, value])


def _binary(codec: int, digest: bytes) -> bytes:
    return bytes([1, codec, 0x12, _DIGEST_BYTES]) + digest


def _text(binary: bytes) -> str:
    return "b" + base64.b32encode(binary).decode().rstrip("=").lower()
