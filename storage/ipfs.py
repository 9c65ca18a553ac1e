"""The one place that speaks to an IPFS node."""

import io
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Protocol

import ipfshttpclient
from django.conf import settings
from ipfshttpclient import exceptions

from protocol import cid as cids
from protocol.errors import ProtocolError
from storage import silence
from storage.errors import NodeDown, WrongBytes
from storage.flowing import Flow

CHUNKER: Final = f"size-{cids.CHUNK_BYTES}"
_SEND_BYTES: Final = 64 * 1024
_NOT_PINNED: Final = "not pinned"


class Node(Protocol):
    """What we ask of an IPFS node. Every failure is Unavailable."""

    def add(self, content: bytes | Iterable[bytes]) -> str:
        """Return the CID of the bytes, stored and pinned. Pieces are sent on as they come."""

    def fetch(self, cid: str, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from `start` on, none before it was held against the CID."""

    def pin(self, cid: str) -> None:
        """Keep the bytes that are there; pinning twice is pinning."""

    def unpin(self, cid: str) -> None:
        """Let go of the bytes; what is not pinned stays so."""

    def is_pinned(self, cid: str) -> bool:
        """Return whether the node keeps the bytes."""

    def collect_garbage(self) -> None:
        """Drop every byte that nothing pins."""

    def version(self) -> str:
        """Return the version the node reports."""


class IpfsNode:
    """A Kubo node over its HTTP API. `Client`, not `connect`: its version gate ends at 0.7."""

    def __init__(self, address: str, *, timeout_s: float) -> None:
        self._client: Any = ipfshttpclient.Client(
            address, session=True, timeout=timeout_s, chunk_size=_SEND_BYTES
        )
        self._address, self._timeout_s = address, timeout_s

    def add(self, content: bytes | Iterable[bytes]) -> str:
        """Return the CID of the bytes, stored and pinned; a stream, for paths leak file modes.

        Raises NodeDown, and what the pieces raise; of bytes that broke off nothing is pinned.
        """
        pieces = [content] if isinstance(content, bytes) else content
        body = io.BufferedReader(Flow(pieces), buffer_size=_SEND_BYTES)
        with self._asked():
            answer = self._client.add(
                body, cid_version=1, raw_leaves=True, chunker=CHUNKER, pin=True
            )
        return str(answer["Hash"])

    def fetch(self, cid: str, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from `start` on, block by block, each checked before it is yielded.

        Raises NodeDown, WrongBytes, both as late as the bytes come.
        """
        first, skip = divmod(start, cids.CHUNK_BYTES)
        with self._asked():
            node = b"" if cids.is_leaf(cid) else self._block(cid)
            bytes_from = self._cat(cid, first * cids.CHUNK_BYTES)
            for block in checked(bytes_from, cid=cid, node=node, first=first):
                yield block[skip:]
                skip = 0

    def pin(self, cid: str) -> None:
        """Keep the bytes that are there. Raises NodeDown."""
        with self._asked():
            self._client.pin.add(cid)

    def unpin(self, cid: str) -> None:
        """Let go of the bytes. Raises NodeDown."""
        with self._asked(), _not_pinned_is_fine():
            self._client.pin.rm(cid)

    def is_pinned(self, cid: str) -> bool:
        """Return whether the node keeps the bytes. Raises NodeDown."""
        keys: Mapping[str, Any] = {}
        with self._asked(), _not_pinned_is_fine():
            keys = self._client.pin.ls(cid, type="recursive")["Keys"]
        return bool(keys)

    def collect_garbage(self) -> None:
        """Drop every byte that nothing pins. Raises NodeDown."""
        with self._asked():
            # Read to its end: with `quiet` the client asks by HEAD, and Kubo stops half way.
            self._client.repo.gc()

    def version(self) -> str:
        """Return the version the node reports. Raises NodeDown."""
        with self._asked():
            return str(self._client.version()["Version"])

    @contextmanager
    def _asked(self) -> Iterator[None]:
        with silence.heeded(self._address, timeout_s=self._timeout_s), _translated():
            yield

    def _block(self, cid: str) -> bytes:
        return bytes(self._client.block.get(cid))

    def _cat(self, cid: str, start: int) -> Iterator[bytes]:
        with self._client.cat(cid, offset=start, stream=True) as pieces:
            yield from pieces


def checked(pieces: Iterable[bytes], *, cid: str, node: bytes, first: int = 0) -> Iterator[bytes]:
    """Yield the blocks of an object, each after it was held against its CID.

    pieces: the bytes from block `first` on. node: what lists its blocks; empty when it is one.

    Raises WrongBytes.
    """
    try:
        leaves = cids.leaves_in(node, cid) if node else [cids.Leaf(cids.cid_digest(cid), 0)]
        if first < len(leaves):
            yield from cids.checked(pieces, leaves[first:])
    except ProtocolError as error:
        raise WrongBytes from error


_local = threading.local()


def node() -> Node:
    """Return this thread's node; a process that was forked opens its own connections."""
    if getattr(_local, "pid", None) != os.getpid():
        _local.node = IpfsNode(settings.IPFS_API, timeout_s=settings.NODE_TIMEOUT_S)
        _local.pid = os.getpid()
    found: Node = _local.node
    return found


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (exceptions.Error, OSError) as error:  # of its transport's losses it translates some
        raise NodeDown from error


@contextmanager
def _not_pinned_is_fine() -> Iterator[None]:
    try:
        yield
    except exceptions.ErrorResponse as error:
        if _NOT_PINNED not in str(error):
            raise
