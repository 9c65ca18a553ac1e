"""The one place that speaks to an IPFS node."""

import io
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, ParamSpec, Protocol, TypeVar

import ipfshttpclient
from django.conf import settings
from ipfshttpclient import exceptions

from protocol import cid as cids
from storage.errors import NodeDown, WrongBytes

P = ParamSpec("P")
R = TypeVar("R")

CHUNKER: Final = f"size-{cids.CHUNK_BYTES}"
_NOT_PINNED: Final = "not pinned"


class Node(Protocol):
    """What we ask of an IPFS node. Every failure is Unavailable."""

    def add(self, content: bytes) -> str:
        """Return the CID of the bytes, stored and pinned."""

    def fetch(self, cid: str) -> bytes:
        """Return the bytes, checked against their CID."""

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


def _translated(call: Callable[P, R]) -> Callable[P, R]:
    @wraps(call)
    def translated(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except exceptions.Error as error:
            raise NodeDown from error

    return translated


class IpfsNode:
    """A Kubo node over its HTTP API. `Client`, not `connect`: its version gate ends at 0.7."""

    def __init__(self, address: str, *, timeout_s: float) -> None:
        self._client: Any = ipfshttpclient.Client(address, session=True, timeout=timeout_s)

    @_translated
    def add(self, content: bytes) -> str:
        """Return the CID of the bytes, stored and pinned; a stream, for paths leak file modes."""
        answer = self._client.add(
            io.BytesIO(content), cid_version=1, raw_leaves=True, chunker=CHUNKER, pin=True
        )
        return str(answer["Hash"])

    @_translated
    def fetch(self, cid: str) -> bytes:
        """Return the bytes. Raises NodeDown, WrongBytes."""
        content = bytes(self._client.cat(cid))
        if cids.cid_of([content]) != cid:
            raise WrongBytes
        return content

    @_translated
    def pin(self, cid: str) -> None:
        """Keep the bytes that are there. Raises NodeDown."""
        self._client.pin.add(cid)

    @_translated
    def unpin(self, cid: str) -> None:
        """Let go of the bytes. Raises NodeDown."""
        with _not_pinned_is_fine():
            self._client.pin.rm(cid)

    @_translated
    def is_pinned(self, cid: str) -> bool:
        """Return whether the node keeps the bytes. Raises NodeDown."""
        keys: Mapping[str, Any] = {}
        with _not_pinned_is_fine():
            keys = self._client.pin.ls(cid, type="recursive")["Keys"]
        return bool(keys)

    @_translated
    def collect_garbage(self) -> None:
        """Drop every byte that nothing pins. Raises NodeDown."""
        # Read to its end: with `quiet` the client asks by HEAD, and Kubo stops half way.
        self._client.repo.gc()

    @_translated
    def version(self) -> str:
        """Return the version the node reports. Raises NodeDown."""
        return str(self._client.version()["Version"])


_local = threading.local()


def node() -> Node:
    """Return this thread's node; a process that was forked opens its own connections."""
    if getattr(_local, "pid", None) != os.getpid():
        _local.node = IpfsNode(settings.IPFS_API, timeout_s=settings.NODE_TIMEOUT_S)
        _local.pid = os.getpid()
    found: Node = _local.node
    return found


@contextmanager
def _not_pinned_is_fine() -> Iterator[None]:
    try:
        yield
    except exceptions.ErrorResponse as error:
        if _NOT_PINNED not in str(error):
            raise
