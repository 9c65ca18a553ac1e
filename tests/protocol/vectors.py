"""Read the committed vectors, and change sealed objects as they say."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from protocol import envelope
from protocol.vector_inputs import plaintext

DIRECTORY = Path(__file__).parents[2] / "protocol" / "vectors"


def read(name: str) -> Any:
    return json.loads((DIRECTORY / f"{name}.json").read_text(encoding="utf-8"))


def sealed(vectors: Mapping[str, Any], plain_bytes: int) -> bytes:
    pieces = envelope.seal_from(
        bytes.fromhex(vectors["stream_header"]),
        plaintext(plain_bytes),
        bytes.fromhex(vectors["data_key"]),
        envelope.Context(**vectors["context"]),
    )
    return b"".join(pieces)


def spoiled(whole: bytes, case: Mapping[str, Any]) -> bytes:
    """Return the object after what a bad case says was done to it."""
    data = bytearray(whole[: case.get("keep_bytes", len(whole)) - case.get("drop_bytes", 0)])
    if "flip_byte" in case:
        data[case["flip_byte"]] ^= 1
    if "swap_chunks" in case:
        one, other = (_chunk(index) for index in case["swap_chunks"])
        data[one], data[other] = data[other], data[one]
    data += bytes.fromhex(case.get("append", ""))
    return bytes(data + whole if case.get("append_self") else data)


def _chunk(index: int) -> slice:
    start = envelope.HEADER_BYTES + index * (envelope.CHUNK_BYTES + envelope.TAG_BYTES)
    return slice(start, start + envelope.CHUNK_BYTES + envelope.TAG_BYTES)
