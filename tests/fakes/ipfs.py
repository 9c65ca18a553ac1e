"""An IPFS node in memory, with the CIDs of a real one."""

from protocol import cid as cids
from storage.errors import NodeDown, WrongBytes


class FakeNode:
    """Obeys storage.ipfs.Node. `is_down` makes it silent, `damaged` makes it lie."""

    def __init__(self) -> None:
        self.blocks: dict[str, bytes] = {}
        self.pins: set[str] = set()
        self.is_down = False
        self.damaged: set[str] = set()

    def add(self, content: bytes) -> str:
        self._answer()
        cid = cids.cid_of([content])
        self.blocks[cid] = content
        self.pins.add(cid)
        return cid

    def fetch(self, cid: str) -> bytes:
        self._answer()
        if cid not in self.blocks:
            raise NodeDown
        content = self.blocks[cid] + (b"!" if cid in self.damaged else b"")
        if cids.cid_of([content]) != cid:
            raise WrongBytes
        return content

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

    def _answer(self) -> None:
        if self.is_down:
            raise NodeDown
