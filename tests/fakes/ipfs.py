"""An IPFS node in memory, with the CIDs of a real one."""

from collections.abc import Iterable, Iterator

from protocol import cid as cids
from storage.errors import NodeDown
from storage.ipfs import checked


class FakeNode:
    """Obeys storage.ipfs.Node. `is_down` makes it silent, `damaged` makes it lie at the end.

    liar_at: from this byte of an object on it gives other bytes. cut_at: there it breaks off.
    """

    def __init__(self) -> None:
        self.blocks: dict[str, bytes] = {}
        self.pins: set[str] = set()
        self.is_down = False
        self.damaged: set[str] = set()
        self.liar_at: dict[str, int] = {}
        self.cut_at: dict[str, int] = {}

    def add(self, content: bytes | Iterable[bytes]) -> str:
        self._answer()
        held = content if isinstance(content, bytes) else b"".join(content)
        cid = cids.cid_of([held])
        self.blocks[cid] = held
        self.pins.add(cid)
        return cid

    def fetch(self, cid: str, start: int = 0) -> Iterator[bytes]:
        self._answer()
        if cid not in self.blocks:
            raise NodeDown
        first, skip = divmod(start, cids.CHUNK_BYTES)
        leaves = list(cids.leaves_of([self.blocks[cid]]))
        node = b"" if len(leaves) == 1 else cids.node_over(leaves)
        told = self._told(cid)[first * cids.CHUNK_BYTES :]
        for block in checked([told], cid=cid, node=node, first=first):
            yield block[skip:]
            skip = 0

    def pin(self, cid: str) -> None:
        self._answer()
        if cid not in self.blocks:
            raise NodeDown
        self.pins.add(cid)

    def unpin(self, cid: str) -> None:
        self._answer()
        self.pins.discard(cid)

    def is_pinned(self, cid: str) -> bool:
        self._answer()
        return cid in self.pins

    def collect_garbage(self) -> None:
        self._answer()
        self.blocks = {cid: block for cid, block in self.blocks.items() if cid in self.pins}

    def version(self) -> str:
        self._answer()
        return "0.0.0-fake"

    def _told(self, cid: str) -> bytes:
        content = self.blocks[cid] + (b"!" if cid in self.damaged else b"")
        place = self.liar_at.get(cid, len(content))
        content = content[:place] + bytes(byte ^ 1 for byte in content[place:])
        return content[: self.cut_at.get(cid, len(content))]

    def _answer(self) -> None:
        if self.is_down:
            raise NodeDown
