"""Every place that keeps sealed bytes: our own node, other nodes, a pinning service."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from django.conf import settings

from storage import ipfs
from storage.errors import WrongBytes
from storage.pinning_service import PinningService

OWN = "own node"


class Target(Protocol):
    """A place that keeps objects by their CID. Every failure is Unavailable."""

    name: str

    def keep(self, cid: str, content: Callable[[], Iterable[bytes]]) -> None:
        """Keep the object; `content` gives its bytes to a place that cannot fetch them itself."""

    def let_go(self, *cids: str) -> None:
        """Drop the objects; what is not kept stays so."""

    def keeps(self, cid: str) -> bool:
        """Return whether the object is kept."""

    def fetch(self, cid: str, start: int = 0) -> Iterator[bytes] | None:
        """Yield the bytes from `start` on, checked against their CID; None where none are had."""


class NodeTarget:
    """An IPFS node."""

    def __init__(self, name: str, node: ipfs.Node) -> None:
        self.name, self._node = name, node

    def keep(self, cid: str, content: Callable[[], Iterable[bytes]]) -> None:
        """Hand the bytes over. Raises NodeDown, WrongBytes."""
        if self._node.add(content()) != cid:
            raise WrongBytes

    def let_go(self, *cids: str) -> None:
        """Unpin the objects and drop their bytes. Raises NodeDown."""
        for cid in cids:
            self._node.unpin(cid)
        self._node.collect_garbage()

    def keeps(self, cid: str) -> bool:
        """Return whether the node pins the object. Raises NodeDown."""
        return self._node.is_pinned(cid)

    def fetch(self, cid: str, start: int = 0) -> Iterator[bytes] | None:
        """Yield the bytes. Raises NodeDown, WrongBytes."""
        return self._node.fetch(cid, start)


def everywhere() -> Iterator[Target]:
    """Yield our own node, then every mirror."""
    yield own()
    yield from mirrors()


def own() -> Target:
    """Return our own node."""
    return NodeTarget(OWN, ipfs.node())


def mirrors() -> Iterator[Target]:
    """Yield every second place that the settings name."""
    for address in settings.IPFS_MIRRORS:
        yield NodeTarget(address, ipfs.IpfsNode(address, timeout_s=settings.NODE_TIMEOUT_S))
    if settings.PINNING_SERVICE_URL:
        yield PinningService(
            settings.PINNING_SERVICE_URL,
            settings.PINNING_SERVICE_TOKEN,
            timeout_s=settings.NODE_TIMEOUT_S,
        )


def has_mirrors() -> bool:
    """Return whether there is any second place."""
    return bool(settings.IPFS_MIRRORS or settings.PINNING_SERVICE_URL)
