"""The embedded block store: what we use of an IPFS node, where no Kubo can be had.

Same API, same CIDs; every object is one file, named by its CID, moved into place when whole.
"""

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import parse_qs, urlsplit

from protocol.cid import CHUNK_BYTES, Leaf, cid_of, leaves_of, node_over
from protocol.errors import ProtocolError
from stack.multipart import MalformedBody, body_of, first_part
from stack.nodes import EMBEDDED

_PIECE: Final = 1024 * 1024
_DIGEST_BYTES: Final = 32
_CID: Final = re.compile(r"b[a-z2-7]{58}")


class Store:
    """Objects and pins under one directory. A crash leaves drafts, never half an object."""

    def __init__(self, folder: Path) -> None:
        self.objects, self.pins, self.drafts = (
            folder / name for name in ("objects", "pins", "drafts")
        )
        for place in (self.objects, self.pins, self.drafts):
            place.mkdir(parents=True, exist_ok=True)
        for draft in self.drafts.iterdir():
            draft.unlink()

    def add(self, pieces: Iterable[bytes], *, pin: bool) -> tuple[str, int]:
        """Keep the bytes; return their CID and size. Raises ProtocolError when too large."""
        with tempfile.NamedTemporaryFile(dir=self.drafts, delete=False) as draft:
            try:
                cid = cid_of(_copied(pieces, draft))
                draft.flush()
                os.fsync(draft.fileno())
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise
            size = draft.tell()
        Path(draft.name).replace(self.objects / cid)
        if pin:
            self.pin(cid)
        return cid, size

    def object(self, cid: str) -> Path:
        """Return the file of an object. Raises LookupError."""
        file = self.objects / cid
        if not _CID.fullmatch(cid) or not file.is_file():
            raise LookupError(f"block was not found locally (offline): ipld: could not find {cid}")
        return file

    def pin(self, cid: str) -> None:
        """Keep the object through collections. Raises LookupError."""
        self.object(cid)
        (self.pins / cid).touch()

    def unpin(self, cid: str) -> None:
        """Let the next collection take the object. Raises LookupError."""
        try:
            (self.pins / cid).unlink()
        except FileNotFoundError as error:
            raise LookupError("not pinned or pinned indirectly") from error

    def is_pinned(self, cid: str) -> bool:
        """Return whether the object is kept through collections."""
        return (self.pins / cid).exists()

    def pinned(self) -> list[str]:
        """Return the CIDs of all pinned objects."""
        return sorted(file.name for file in self.pins.iterdir())

    def collect(self) -> Iterator[str]:
        """Remove what is not pinned; yield each CID."""
        for file in sorted(self.objects.iterdir()):
            if not self.is_pinned(file.name):
                file.unlink(missing_ok=True)
                yield file.name


class Door(BaseHTTPRequestHandler):
    """The commands of an IPFS node's API that this house uses."""

    protocol_version = "HTTP/1.1"
    store: Store

    def do_POST(self) -> None:
        """Answer one command."""
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        command = _COMMANDS.get(parts.path.removeprefix("/api/v0/"))
        try:
            if command is None:
                self._answer(404, b"404 page not found\n")
            else:
                command(self, asked)
        except (LookupError, ProtocolError, MalformedBody) as error:
            self.close_connection = True  # part of the body may be unread
            text = json.dumps({"Message": str(error), "Code": 0, "Type": "error"})
            self._answer(500, text.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing: a log of requests is of no use here."""

    def add(self, asked: dict[str, str]) -> None:
        """Keep the first part of the body."""
        headers: Message = self.headers
        pieces = first_part(body_of(headers, self.rfile), headers)
        cid, size = self.store.add(pieces, pin=asked.get("pin", "true").lower() == "true")
        self._json({"Name": cid, "Hash": cid, "Size": str(size)})

    def cat(self, asked: dict[str, str]) -> None:
        """Send the bytes of an object, or the part asked for."""
        file = self.store.object(_cid_in(asked))
        start = int(asked.get("offset", 0))
        size = max(file.stat().st_size - start, 0)
        size = min(size, int(asked.get("length", size)))
        self._head(200, size, "text/plain")
        with file.open("rb") as stream:
            stream.seek(start)
            while size > 0:
                piece = stream.read(min(_PIECE, size))
                self.wfile.write(piece)
                size -= len(piece)

    def pin_add(self, asked: dict[str, str]) -> None:
        """Pin an object."""
        self.store.pin(_cid_in(asked))
        self._json({"Pins": [_cid_in(asked)]})

    def pin_rm(self, asked: dict[str, str]) -> None:
        """Unpin an object."""
        self.store.unpin(_cid_in(asked))
        self._json({"Pins": [_cid_in(asked)]})

    def pin_ls(self, asked: dict[str, str]) -> None:
        """List one pin, or all of them."""
        wanted = [_cid_in(asked)] if "arg" in asked else self.store.pinned()
        if "arg" in asked and not self.store.is_pinned(wanted[0]):
            raise LookupError(f"path '{wanted[0]}' is not pinned")
        self._json({"Keys": {cid: {"Type": "recursive", "Name": ""} for cid in wanted}})

    def block_get(self, asked: dict[str, str]) -> None:
        """Send the object's first block: all of it, or the node that lists its blocks."""
        file = self.store.object(_cid_in(asked))
        self._answer(200, root_of(file))

    def block_stat(self, asked: dict[str, str]) -> None:
        """Say how large the object's first block is."""
        file = self.store.object(_cid_in(asked))
        self._json({"Key": file.name, "Size": root_size(file.stat().st_size)})

    def repo_gc(self, _asked: dict[str, str]) -> None:
        """Remove what is not pinned."""
        lines = [json.dumps({"Key": {"/": cid}}) + "\n" for cid in self.store.collect()]
        self._answer(200, "".join(lines).encode())

    def version(self, _asked: dict[str, str]) -> None:
        """Say honestly what this is."""
        self._json({"Version": f"{EMBEDDED} 1", "Commit": "", "Repo": "1", "System": sys.platform})

    def id(self, _asked: dict[str, str]) -> None:
        """Name ourselves; there are no peers."""
        self._json({"ID": "", "PublicKey": "", "Addresses": [], "AgentVersion": f"{EMBEDDED} 1"})

    def _json(self, answer: dict[str, Any]) -> None:
        self._answer(200, json.dumps(answer).encode() + b"\n")

    def _answer(self, status: int, body: bytes) -> None:
        self._head(status, len(body), "application/json")
        self.wfile.write(body)

    def _head(self, status: int, size: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()


_COMMANDS: Final[dict[str, Callable[[Door, dict[str, str]], None]]] = {
    "add": Door.add,
    "cat": Door.cat,
    "pin/add": Door.pin_add,
    "pin/rm": Door.pin_rm,
    "pin/ls": Door.pin_ls,
    "block/get": Door.block_get,
    "block/stat": Door.block_stat,
    "repo/gc": Door.repo_gc,
    "version": Door.version,
    "id": Door.id,
}


def serve(folder: Path, port: int) -> None:
    """Serve the store on loopback until told to stop."""
    Door.store = Store(folder)
    with ThreadingHTTPServer(("127.0.0.1", port), Door) as server, suppress(KeyboardInterrupt):
        server.serve_forever()


def root_size(size: int) -> int:
    """Return how large the first block of an object of `size` bytes is: itself, or its links."""
    if size <= CHUNK_BYTES:
        return size
    full, rest = divmod(size, CHUNK_BYTES)
    sizes = [CHUNK_BYTES] * full + ([rest] if rest else [])
    return len(node_over([Leaf(bytes(_DIGEST_BYTES), one) for one in sizes]))


def root_of(file: Path) -> bytes:
    """Return the first block of an object: itself, or the node over its blocks."""
    if file.stat().st_size <= CHUNK_BYTES:
        return file.read_bytes()
    with file.open("rb") as stream:
        return node_over(list(leaves_of(iter(lambda: stream.read(_PIECE), b""))))


def _cid_in(asked: dict[str, str]) -> str:
    return asked.get("arg", "").removeprefix("/ipfs/")


def _copied(pieces: Iterable[bytes], draft: IO[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        draft.write(piece)
        yield piece


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
