"""QuerySpec v1: which aggregate is asked for, with public bounds; checked, then hashed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from protocol import canonical
from protocol.errors import ProtocolError
from protocol.hashing import sha256

_SCHEMA = Path(__file__).with_name("query_spec.schema.json")


def parse(spec: object) -> dict[str, Any]:
    """Return the spec, NFC-normalised, when it fits the schema and its bounds make sense.

    Raises ProtocolError: bad_spec with a pointer, not_canonical when it holds a float.
    """
    value = json.loads(canonical.encode(spec))
    error = best_match(_validator().iter_errors(value))
    if error is not None:
        raise ProtocolError("bad_spec", _sentence(error), pointer=_pointer(error.absolute_path))
    for pointer, detail in _nonsense(value):
        raise ProtocolError("bad_spec", detail, pointer=pointer)
    return dict(value)


def spec_sha256(spec: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 over the spec's canonical JSON, 32 bytes."""
    return sha256(canonical.encode(spec))


def _nonsense(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the schema cannot say: pointer and sentence."""
    if spec["windows"] != sorted(spec["windows"]):
        yield "/windows", "the months must ascend"
    yield from _repeated(spec["group_by"], "key", "/group_by")
    yield from _repeated(spec["statistics"], "name", "/statistics")
    for at, edges in _bounds(spec):
        if any(Decimal(low) >= Decimal(high) for low, high in pairwise(edges)):
            yield at, "the bounds must ascend"


def _bounds(spec: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield every list of numbers that must ascend, with its pointer."""
    for index, key in enumerate(spec["group_by"]):
        yield f"/group_by/{index}/bins", key.get("bins", [])
    for index, statistic in enumerate(spec["statistics"]):
        at = f"/statistics/{index}"
        for field in ("clamp", "bins", "expected", "at"):
            yield f"{at}/{field}", statistic.get(field, [])
        for field in ("clamp", "expected"):
            yield f"{at}/per/{field}", statistic.get("per", {}).get(field, [])


def _repeated(
    members: Sequence[Mapping[str, Any]], name: str, at: str
) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for index, member in enumerate(members):
        if member[name] in seen:
            yield f"{at}/{index}/{name}", "this name is used twice"
        seen.add(member[name])


def _sentence(error: ValidationError) -> str:
    return str(error.message)[:300]


def _pointer(path: Sequence[str | int]) -> str:
    return "".join(f"/{part}" for part in path)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))
