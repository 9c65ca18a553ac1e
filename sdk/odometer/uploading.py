"""Seal a file on the driver's side, hand in the ciphertext, and check what became of it."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, TypeAlias
from uuid import uuid4

import requests

from odometer.chain import Chain
from odometer.errors import Conflict, Unavailable, Untrusted, unreachable
from odometer.http import Session
from odometer.waiting import until
from protocol import cid, envelope, parts

PART_BYTES: Final = 8 * 1024 * 1024
Content: TypeAlias = bytes | Path | IO[bytes]
"""A file: its bytes, where it is, or opened for reading."""

_PIECE_BYTES: Final = 1024 * 1024
_NO_ROOM: Final = "no_room"
_KEPT = frozenset({"pinned", "checked", "unreadable"})


@dataclass(frozen=True)
class Builder:
    """The one besides the driver for whom an upload's key is sealed, as the chain knows it."""

    key_id: str
    public_key: bytes

    @classmethod
    def of(cls, session: Session, chain: Chain) -> "Builder":
        """Ask for the builder's key. Raises Untrusted when it is not the chain's."""
        body = session.get("/builder-key")
        return cls(body["key_id"], chain.check_builder_key(bytes.fromhex(body["public_key"])))


@dataclass(frozen=True)
class Upload:
    """One file handed in. expected_cid: computed here from the ciphertext; empty if unknown."""

    session: Session
    body: dict[str, Any]
    expected_cid: str = ""

    @property
    def id(self) -> str:
        """The id that the driver's side drew."""
        return str(self.body["id"])

    @property
    def state(self) -> str:
        """receiving, received, pinned, checked, unreadable or erased."""
        return str(self.body["state"])

    @property
    def cid(self) -> str | None:
        """Where the ciphertext is on IPFS."""
        return self.body.get("cid")

    def refreshed(self) -> "Upload":
        """Return the upload as it is now."""
        return Upload(self.session, self.session.get(f"/uploads/{self.id}"), self.expected_cid)

    def wait_until_pinned(self, *, at_most_s: float = 60) -> "Upload":
        """Wait for the pin, then hold its CID against ours.

        Raises NotInTime, Untrusted(cid_mismatch).
        """
        now = until(
            self.refreshed,
            lambda upload: upload.state in _KEPT,
            what=f"the pin of upload {self.id}",
            at_most_s=at_most_s,
        )
        if self.expected_cid and now.cid != self.expected_cid:
            raise Untrusted("cid_mismatch", "other bytes were pinned than were handed in")
        return now


def send(
    session: Session,
    content: Content,
    account: str,
    *,
    vehicle_id: str,
    builder: Builder,
    own_public_key: bytes,
) -> Upload:
    """Seal the content under a fresh key, for the builder and the driver, and hand it in.

    Whatever its size, memory stays at one part: the ciphertext waits in a temporary file, so each
    byte is sealed once, and a part that was lost is sent again as it was.
    """
    upload_id = str(uuid4())
    context = envelope.Context("upload", account, vehicle_id, upload_id)
    data_key = envelope.new_data_key()
    wrapped = {
        "builder": _base64(envelope.wrap_key(data_key, builder.public_key, context)),
        "driver": _base64(envelope.wrap_key(data_key, own_public_key, context)),
    }
    with SpooledTemporaryFile(max_size=PART_BYTES) as file:
        sealed = _sealed(file, envelope.seal(_pieces(content), data_key, context))
        body = {
            "id": upload_id,
            "vehicle_id": vehicle_id,
            "envelope_version": envelope.VERSION,
            "size_bytes": sealed.size_bytes,
            "sha256": sealed.sha256,
            "builder_key_id": builder.key_id,
            "wrapped_keys": wrapped,
        }
        made = session.post("/uploads", body)
        _send_content(session, upload_id, file, sealed.size_bytes)
    return Upload(session, made, sealed.cid)


def open_own(session: Session, upload_id: str, account: str, private_key: bytes) -> bytes:
    """Return the plaintext of an own upload, whole."""
    return b"".join(opened(session, upload_id, account, private_key))


def opened(session: Session, upload_id: str, account: str, private_key: bytes) -> Iterator[bytes]:
    """Yield the plaintext of an own upload, chunk by chunk; only at the end is it known whole.

    Raises ProtocolError for bytes that do not open.
    """
    body = session.get(f"/uploads/{upload_id}")
    context = envelope.Context("upload", account, body["vehicle_id"], upload_id)
    wrapped = base64.b64decode(session.get(f"/uploads/{upload_id}/key")["sealed"])
    data_key = envelope.unwrap_key(wrapped, private_key, context)
    received = _received(session, f"/uploads/{upload_id}/content", body["size_bytes"])
    yield from envelope.open_chunks(received, data_key, context)


@dataclass(frozen=True)
class _Sealed:
    """What the ciphertext in a file is called."""

    size_bytes: int
    sha256: str
    cid: str


def _sealed(file: IO[bytes], pieces: Iterable[bytes]) -> _Sealed:
    """Write the ciphertext down and tell what it is called; each piece is looked at once."""
    digest = hashlib.sha256()

    def written() -> Iterator[bytes]:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
            yield piece

    leaves = list(cid.leaves_of(written()))
    known = parts.named(leaves, sha256=digest.hexdigest())
    return _Sealed(file.tell(), digest.hexdigest(), known.cid)


def _pieces(content: Content) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, Path):
        with content.open("rb") as file:
            yield from _pieces(file)
    else:
        yield from iter(lambda: content.read(_PIECE_BYTES), b"")


def _send_content(session: Session, upload_id: str, sealed: IO[bytes], size_bytes: int) -> None:
    """Append part by part; after a lost answer the server is asked how far it got."""
    path = f"/uploads/{upload_id}/content"
    offset = 0
    misses = 0
    while offset < size_bytes:
        sealed.seek(offset)
        try:
            offset = _append(session, path, offset, sealed.read(PART_BYTES))
        except (Conflict, Unavailable) as refusal:
            misses += 1
            if misses > session.patience.tries or refusal.code == _NO_ROOM:
                raise
            session.patience.wait(misses)
            offset = _offset(session.send("HEAD", path).headers)


def _received(session: Session, path: str, size_bytes: int) -> Iterator[bytes]:
    """Yield the bytes at a path as they come; after a loss the rest is asked for."""
    start = 0
    misses = 0
    while start < size_bytes:
        headers = {"Accept": "*/*", **({"Range": f"bytes={start}-"} if start else {})}
        try:
            with session.send("GET", path, headers=headers, stream=True) as answer:
                for piece in answer.iter_content(_PIECE_BYTES):
                    start += len(piece)
                    yield piece
        except requests.RequestException as loss:
            misses += 1
            if misses > session.patience.tries:
                raise unreachable(session.url, loss) from loss
            session.patience.wait(misses)
        else:
            return


def _append(session: Session, path: str, offset: int, part: bytes) -> int:
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
    }
    return _offset(session.send("PATCH", path, data=part, headers=headers).headers)


def _offset(headers: Any) -> int:
    return int(headers["Upload-Offset"])


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
