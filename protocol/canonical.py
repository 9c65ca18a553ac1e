"""Canonical JSON: one byte string for one value, so that it can be hashed and signed."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from protocol.errors import ProtocolError


def encode(value: object) -> bytes:
    """Return the value as UTF-8 JSON: keys sorted by code point, no whitespace, strings in NFC.

    Raises ProtocolError(not_canonical) for floats, keys that are not strings, lone surrogates,
    two keys that become one, and types JSON does not have.
    """
    text = json.dumps(_normal(value, ""), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def decode(data: bytes) -> Any:
    """Return the value of canonical JSON.

    Raises ProtocolError(not_canonical) for bytes that `encode` would not have written.
    """
    try:
        value = json.loads(data, parse_float=_refuse_float, parse_constant=_refuse_float)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ProtocolError("not_canonical", "these bytes are not JSON") from error
    if encode(value) != data:
        raise ProtocolError("not_canonical", "this JSON is not in canonical form")
    return value


def decimal_text(value: float | Decimal) -> str:
    """Return a finite number as a plain decimal string without an exponent, the shortest exact one.

    Raises ProtocolError(not_canonical) for infinities and NaN.
    """
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ProtocolError("not_canonical", "only finite numbers can be written")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _normal(value: object, at: str) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _normal_text(value, at)
    if isinstance(value, Mapping):
        return _normal_members(value, at)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_normal(member, f"{at}/{index}") for index, member in enumerate(value)]
    raise ProtocolError(
        "not_canonical", f"{type(value).__name__} cannot be written canonically", pointer=at
    )


def _normal_text(text: str, at: str) -> str:
    normal = unicodedata.normalize("NFC", text)
    if any("\ud800" <= character <= "\udfff" for character in normal):
        raise ProtocolError("not_canonical", "the text holds half a character", pointer=at)
    return normal


def _normal_members(members: Mapping[Any, object], at: str) -> dict[str, object]:
    normal: dict[str, object] = {}
    for key, member in members.items():
        if not isinstance(key, str):
            raise ProtocolError("not_canonical", "keys must be strings", pointer=at)
        name = _normal_text(key, at)
        if name in normal:
            raise ProtocolError("not_canonical", "two keys are the same", pointer=at)
        normal[name] = _normal(member, f"{at}/{name}")
    return normal


def _refuse_float(text: str) -> NoReturn:
    raise ProtocolError("not_canonical", f"{text} is not an integer; write it as a decimal string")
