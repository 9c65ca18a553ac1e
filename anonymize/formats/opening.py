"""Open what was handed in: gunzipped within a limit, every encoding brought to UTF-8."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from io import BufferedReader
from itertools import chain
from typing import BinaryIO

from anonymize.formats.errors import DamagedArchive, NotText, OpensTooLarge
from anonymize.formats.quality import Quirk

MAX_OPENED_BYTES = 2 * 2**30
"""What a file may open to; a decompression bomb ends here. Only a stretch of it is ever held."""

_BLOCK_BYTES = 2**20
_GZIP = b"\x1f\x8b"
_LEAST_UTF16_BYTES = 4


def opened(
    file: BufferedReader, quirks: set[Quirk], *, most_bytes: int = MAX_OPENED_BYTES
) -> Iterator[bytes]:
    """Yield the content in blocks, gunzipped when it is gzip, whatever its name says.

    The file is read once, from its begin to its end.

    Raises DamagedArchive, OpensTooLarge.
    """
    is_gzip = file.peek(len(_GZIP)).startswith(_GZIP)
    if is_gzip:
        quirks.add(Quirk.GZIP)
    blocks: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=file) if is_gzip else file
    size = 0
    while block := _next_block(blocks):
        size += len(block)
        if size > most_bytes:
            raise OpensTooLarge(most_bytes=most_bytes)
        yield block


def as_utf8(blocks: Iterator[bytes], quirks: set[Quirk]) -> Iterator[bytes]:
    """Yield the blocks as UTF-8 (or a one-byte encoding) without mark, each line ended by one sign.

    Raises NotText when they are no text.
    """
    first = next(blocks, b"")
    whole: Iterator[bytes] = chain([first], blocks)
    if encoding := _two_byte_encoding(first):
        quirks.add(Quirk.UTF_16)
        whole = _recoded(whole, encoding)
    elif first.startswith(codecs.BOM_UTF8):
        whole = chain([first.removeprefix(codecs.BOM_UTF8)], blocks)
    return _one_line_end(whole)


def _next_block(file: BinaryIO | gzip.GzipFile) -> bytes:
    try:
        return file.read(_BLOCK_BYTES)
    except (OSError, EOFError, zlib.error):
        raise DamagedArchive from None  # the library's words quote bytes


def _two_byte_encoding(start: bytes) -> str | None:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) < _LEAST_UTF16_BYTES or any(start[0:4:2]) == any(start[1:4:2]):
        return None
    return "utf-16-be" if start[1] else "utf-16-le"


def _recoded(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    try:
        for text in codecs.iterdecode(blocks, encoding):
            yield text.encode()
    except UnicodeError:
        raise NotText from None  # the error itself carries the bytes it stumbled over


def _one_line_end(blocks: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for block in blocks:
        if b"\0" in block:
            raise NotText
        text = held + block
        held = b"\r" if text.endswith(b"\r") else b""
        yield text[: len(text) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if held:
        yield b"\n"
