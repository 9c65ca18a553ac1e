"""CIDs as every IPFS node computes them: version 1, SHA-256, raw leaves, chunks of 1 MiB."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from protocol.errors import ProtocolError

CHUNK_BYTES: Final = 1024 * 1024
MAX_CHUNKS: Final = 174  # one level of links in every implementation, so all agree on the root
MAX_BYTES: Final = MAX_CHUNKS * CHUNK_BYTES

_RAW = 0x55
_DAG_PB = 0x70
_DIGEST_BYTES = 32
_BINARY_BYTES = 36
_LEAF_PREFIX = "bafkrei"
_LINK = 0x12
_DIGEST_IN_LINK = slice(6, 6 + _DIGEST_BYTES)
_SIZE_IN_LINK = 41  # after the CID, an empty name, and the tag of the size
_VARINT_BYTES = 5


@dataclass(frozen=True)
class Leaf:
    """One block of at most 1 MiB: the SHA-256 of its bytes, and how many they are."""

    digest: bytes
    size_bytes: int


def cid_of(chunks: Iterable[bytes]) -> str:
    """Return the CID of the bytes, in base32. The pieces may have any size.

    Raises ProtocolError(too_large) beyond 174 MiB.
    """
    return cid_over(list(islice(leaves_of(chunks), MAX_CHUNKS + 1)))


def leaves_of(chunks: Iterable[bytes]) -> Iterator[Leaf]:
    """Yield the blocks of the bytes, however many; no bytes at all are one empty block."""
    for block in _blocks(chunks):
        yield Leaf(hashlib.sha256(block).digest(), len(block))


def cid_over(leaves: Sequence[Leaf]) -> str:
    """Return the CID of the object with these blocks. Raises ProtocolError(too_large)."""
    if len(leaves) > MAX_CHUNKS:
        raise ProtocolError("too_large", "objects end at 174 MiB; cut the file into parts")
    if len(leaves) == 1:
        return _text(_binary(_RAW, leaves[0].digest))
    return _text(_binary(_DAG_PB, hashlib.sha256(node_over(leaves)).digest()))


def node_over(leaves: Sequence[Leaf]) -> bytes:
    """Return the node that lists the blocks of an object of more than one."""
    links = [_binary(_RAW, leaf.digest) for leaf in leaves]
    return _file_node(links, [leaf.size_bytes for leaf in leaves])


def is_leaf(cid: str) -> bool:
    """Return whether the CID names one block of bytes, not a node that lists blocks."""
    return cid.startswith(_LEAF_PREFIX)


def leaves_in(node: bytes, cid: str) -> list[Leaf]:
    """Return the blocks that the node of this CID lists; only what `node_over` writes is read.

    Raises ProtocolError: wrong_bytes (the node has another CID), bad_node.
    """
    if _binary(_DAG_PB, hashlib.sha256(node).digest()) != _binary(_DAG_PB, cid_digest(cid)):
        raise ProtocolError("wrong_bytes", "this node has another CID")
    leaves = list(_links_in(node))
    sizes = [leaf.size_bytes for leaf in leaves]
    is_even = bool(sizes) and set(sizes[:-1]) <= {CHUNK_BYTES} and 0 < sizes[-1] <= CHUNK_BYTES
    if not is_even or len(leaves) > MAX_CHUNKS or node_over(leaves) != node:
        raise ProtocolError("bad_node", "this node is not one of ours")
    return leaves


def checked(chunks: Iterable[bytes], leaves: Iterable[Leaf]) -> Iterator[bytes]:
    """Yield the bytes block by block, each held against its leaf before anybody sees it.

    Raises ProtocolError(wrong_bytes) in the place of a block that is not the one, and for a block
    too few or too many.
    """
    wanted = iter(leaves)
    for block in _blocks(chunks):
        leaf = next(wanted, None)
        if leaf is None or hashlib.sha256(block).digest() != leaf.digest:
            raise ProtocolError("wrong_bytes", "these bytes do not fit their CID")
        yield block
    if next(wanted, None) is not None:
        raise ProtocolError("wrong_bytes", "bytes are missing")


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
    """Yield the same bytes in blocks of 1 MiB; a piece that is one already is not copied."""
    rest = bytearray()
    is_empty = True
    for chunk in chunks:
        if not rest and len(chunk) == CHUNK_BYTES:
            yield chunk
            is_empty = False
            continue
        rest += chunk
        while len(rest) >= CHUNK_BYTES:
            yield bytes(memoryview(rest)[:CHUNK_BYTES])
            del rest[:CHUNK_BYTES]
            is_empty = False
    if rest or is_empty:
        yield bytes(rest)


def _links_in(node: bytes) -> Iterator[Leaf]:
    """Yield what the node seems to link to; the caller writes it anew and compares."""
    place = 0
    while node[place : place + 1] == bytes([_LINK]):
        size, place = _varint_at(node, place + 1)
        link, place = node[place : place + size], place + size
        yield Leaf(link[_DIGEST_IN_LINK], _varint_at(link, _SIZE_IN_LINK)[0])


def _varint_at(data: bytes, place: int) -> tuple[int, int]:
    """Return the number and where it ends; what is cut short is read as if it ended there."""
    value = shift = 0
    for byte in data[place : place + _VARINT_BYTES]:
        value |= (byte & 0x7F) << shift
        shift += 7
        place += 1
        if byte <= 0x7F:  # noqa: PLR2004 - seven bits to a byte
            break
    return value, place


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
