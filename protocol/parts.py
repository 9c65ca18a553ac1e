"""Files beyond one IPFS object: cut into parts of one size, listed in a manifest with its CID."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from protocol import canonical, cid
from protocol.cid import Leaf
from protocol.errors import ProtocolError

VERSION: Final = 1
KIND: Final = "parts"
PART_BYTES: Final = 128 * 1024 * 1024
MAX_PLAIN_BYTES: Final = 2 * 1024 * 1024 * 1024
"""What a driver's file may have before it is sealed."""

MAX_PARTS: Final = 256
MAX_MANIFEST_BYTES: Final = 64 * 1024

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FIELDS = {"v", "kind", "size_bytes", "sha256", "parts"}
_PART_FIELDS = {"cid", "size_bytes"}


@dataclass(frozen=True)
class Rule:
    """When a file is cut, and into what; both in whole blocks of 1 MiB.

    whole_bytes: up to here it stays one object, which then has the CID of its bytes.
    """

    whole_bytes: int = cid.MAX_BYTES
    part_bytes: int = PART_BYTES


@dataclass(frozen=True)
class Part:
    """One part: an IPFS object of its own."""

    cid: str
    size_bytes: int


@dataclass(frozen=True)
class Manifest:
    """The list of the parts of one file, in their order. sha256: of the whole file, in hex."""

    size_bytes: int
    sha256: str
    parts: tuple[Part, ...]

    def encode(self) -> bytes:
        """Return the canonical JSON that is kept beside the parts."""
        return canonical.encode({"v": VERSION, "kind": KIND, **asdict(self)})

    @property
    def cid(self) -> str:
        """The CID by which the whole file is known."""
        return cid.cid_of([self.encode()])


@dataclass(frozen=True)
class Named:
    """How a file is known: by the CID of its bytes, or of the manifest of its parts."""

    cid: str
    parts: tuple[Part, ...] = ()


def named(leaves: Sequence[Leaf], *, sha256: str, rule: Rule | None = None) -> Named:
    """Return the CID of a file with these blocks, and its parts when it must be cut.

    sha256: of the whole file, in hex; it stands in the manifest.

    Raises ProtocolError(too_large) beyond 256 parts.
    """
    rule = rule or Rule()
    size_bytes = sum(leaf.size_bytes for leaf in leaves)
    if size_bytes <= rule.whole_bytes:
        return Named(cid.cid_over(leaves))
    step = rule.part_bytes // cid.CHUNK_BYTES
    cuts = [leaves[start : start + step] for start in range(0, len(leaves), step)]
    if len(cuts) > MAX_PARTS:
        raise ProtocolError("too_large", f"a file has at most {MAX_PARTS} parts")
    parts = tuple(Part(cid.cid_over(cut), sum(one.size_bytes for one in cut)) for cut in cuts)
    return Named(Manifest(size_bytes, sha256, parts).cid, parts)


def read(data: bytes) -> Manifest:
    """Return the manifest in these bytes; only what `encode` writes is read.

    Raises ProtocolError: too_large, not_canonical, bad_manifest (with a pointer to what is wrong).
    """
    if len(data) > MAX_MANIFEST_BYTES:
        raise ProtocolError("too_large", f"a manifest has at most {MAX_MANIFEST_BYTES} bytes")
    told = canonical.decode(data)
    _want(isinstance(told, dict) and told.keys() == _FIELDS, "")
    _want(_is_number(told["v"]) and told["v"] == VERSION, "/v")
    _want(told["kind"] == KIND, "/kind")
    _want(isinstance(told["sha256"], str) and _SHA256.fullmatch(told["sha256"]), "/sha256")
    _want(isinstance(told["parts"], list) and 0 < len(told["parts"]) <= MAX_PARTS, "/parts")
    parts = tuple(_part(part, f"/parts/{index}") for index, part in enumerate(told["parts"]))
    _check_sizes(parts)
    sum_bytes = sum(part.size_bytes for part in parts)
    _want(_is_number(told["size_bytes"]) and told["size_bytes"] == sum_bytes, "/size_bytes")
    return Manifest(sum_bytes, told["sha256"], parts)


def _part(told: Any, pointer: str) -> Part:
    _want(isinstance(told, Mapping) and told.keys() == _PART_FIELDS, pointer)
    name, size_bytes = told["cid"], told["size_bytes"]
    _want(_is_number(size_bytes) and 0 < size_bytes <= cid.MAX_BYTES, f"{pointer}/size_bytes")
    _want(isinstance(name, str) and _is_cid(name), f"{pointer}/cid")
    _want(cid.is_leaf(name) == (size_bytes <= cid.CHUNK_BYTES), f"{pointer}/cid")
    return Part(name, size_bytes)


def _check_sizes(parts: Sequence[Part]) -> None:
    """Want all parts but the last of one size, in whole blocks, and the last no larger."""
    size_bytes = parts[0].size_bytes
    for index, part in enumerate(parts[:-1]):
        is_even = part.size_bytes == size_bytes and size_bytes % cid.CHUNK_BYTES == 0
        _want(is_even, f"/parts/{index}/size_bytes")
    _want(parts[-1].size_bytes <= size_bytes, f"/parts/{len(parts) - 1}/size_bytes")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_cid(text: str) -> bool:
    try:
        cid.cid_digest(text)
    except ProtocolError:
        return False
    return True


def _want(holds: object, pointer: str) -> None:
    if not holds:
        raise ProtocolError("bad_manifest", "this is no manifest of parts", pointer=pointer)
