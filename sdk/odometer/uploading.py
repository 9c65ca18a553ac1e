"""Seal a file on the driver's side, hand in the ciphertext, and check what became of it."""

import base64
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from odometer.chain import Chain
from odometer.errors import Conflict, Unavailable, Untrusted
from odometer.http import Session
from odometer.waiting import until
from protocol import cid, envelope
from protocol.hashing import sha256

PART_BYTES: Final = 8 * 1024 * 1024
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
    content: bytes,
    account: str,
    *,
    vehicle_id: str,
    builder: Builder,
    own_public_key: bytes,
) -> Upload:
    """Seal the content under a fresh key, for the builder and the driver, and hand it in."""
    upload_id = str(uuid4())
    context = envelope.Context("upload", account, vehicle_id, upload_id)
    data_key = envelope.new_data_key()
    sealed = envelope.seal_bytes(content, data_key, context)
    wrapped = {
        "builder": _base64(envelope.wrap_key(data_key, builder.public_key, context)),
        "driver": _base64(envelope.wrap_key(data_key, own_public_key, context)),
    }
    body = {
        "id": upload_id,
        "vehicle_id": vehicle_id,
        "envelope_version": envelope.VERSION,
        "size_bytes": len(sealed),
        "sha256": sha256(sealed).hex(),
        "builder_key_id": builder.key_id,
        "wrapped_keys": wrapped,
    }
    made = session.post("/uploads", body)
    _send_content(session, upload_id, sealed)
    return Upload(session, made, cid.cid_of([sealed]))


def open_own(session: Session, upload_id: str, account: str, private_key: bytes) -> bytes:
    """Return the plaintext of an own upload."""
    body = session.get(f"/uploads/{upload_id}")
    context = envelope.Context("upload", account, body["vehicle_id"], upload_id)
    wrapped = base64.b64decode(session.get(f"/uploads/{upload_id}/key")["sealed"])
    data_key = envelope.unwrap_key(wrapped, private_key, context)
    return envelope.open_bytes(session.content(f"/uploads/{upload_id}/content"), data_key, context)


def _send_content(session: Session, upload_id: str, sealed: bytes) -> None:
    """Append part by part; after a lost answer the server is asked how far it got."""
    path = f"/uploads/{upload_id}/content"
    offset = 0
    misses = 0
    while offset < len(sealed):
        try:
            offset = _append(session, path, offset, sealed[offset : offset + PART_BYTES])
        except (Conflict, Unavailable):
            misses += 1
            if misses > session.patience.tries:
                raise
            session.patience.wait(misses)
            offset = _offset(session.send("HEAD", path).headers)


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
