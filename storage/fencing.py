"""Open nothing before this process knows every erasure that the chain told before it began."""

from dataclasses import dataclass

from chain import reading
from chain import selectors as chain
from storage.errors import ErasuresUnread


@dataclass
class Fence:
    """Up in every fresh process: who restores a backup restarts the builder. block: what to read.

    From the block that was newest when this process first wanted plaintext, everything up to it
    must be indexed. The indexer destroys the keys of what is erased as it reads.
    """

    block: int | None = None
    is_open: bool = False

    def pass_through(self) -> None:
        """Return when it is open. Raises ErasuresUnread (Unavailable), NodeDown."""
        if self.is_open:
            return
        if self.block is None:
            self.block = reading.head().number
        if chain.block_read() < self.block:
            raise ErasuresUnread(block=self.block)
        self.is_open = True


FENCE = Fence()
