"""Every place that keeps sealed bytes: our own node, other nodes, a pinning service."""

from collections.abc import Callable, Iterator
from typing import Protocol

from django.conf import settings

from storage import ipfs
from storage.errors import WrongBytes
from storage.pinning_service import PinningService

OWN = "own node"


class Target(Protocol):
    """A place that keeps objects by their CID. Every failure is Unavailable."""

    name: str

    def keep(self, cid: str, content: Callable[[], bytes]) -> None:
        """Keep the object; `content` gives its bytes to a place that cannot fetch them itself."""

    def let_go(self, cid: str) -> None:
        """Drop the object; what is not kept stays so."""

    def keeps(self, cid: str) -> bool:
        """Return whether the object is kept."""

    def fetch(self, cid: str) -> bytes | None:
        """Return the bytes, checked against their CID; None where they cannot be had."""


class NodeTarget:
    """An IPFS node."""

    def __init__(self, name: str, node: ipfs.Node) -> None:
        self.name, self._node = name, node

    def keep(self, cid: str, content: Callable[[], bytes]) -> None:
        """Hand the bytes over. Raises NodeDown, WrongBytes."""
        if self._node.add(content()) != cid:
            raise WrongBytes

    def let_go(self, cid: str) -> None:
        """Unpin the object and drop its bytes. Raises NodeDown."""
        self._node.unpin(cid)
        self._node.collect_garbage()

    def keeps(self, cid: str) -> bool:
        """Return whether the node pins the object. Raises NodeDown."""
        return self._node.is_pinned(cid)

    def fetch(self, cid: str) -> bytes | None:
        """Return the bytes. Raises NodeDown, WrongBytes."""
        return self._node.fetch(cid)


def everywhere() -> Iterator[Target]:
    """Yield our own node, then every mirror."""
    yield NodeTarget(OWN, ipfs.node())
    yield from mirrors()


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
