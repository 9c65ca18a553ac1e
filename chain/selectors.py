"""Read what is on its way and how far behind we are."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from chain.models import IndexerCursor, OutboundCall, OutboundItem


def call_for(reference: str) -> OutboundCall | None:
    """Return the call of this reference; for an item, the batch it travels in, if it has one."""
    call = OutboundCall.objects.filter(reference=reference).first()
    if call is not None:
        return call
    item = OutboundItem.objects.filter(reference=reference).select_related("call").first()
    return item.call if item else None


def item_for(reference: str) -> OutboundItem | None:
    """Return the gathered item of this reference."""
    return OutboundItem.objects.filter(reference=reference).first()


@dataclass(frozen=True)
class Progress:
    """How far the chain was read, in blocks since the first contract."""

    read: int
    of: int

    @property
    def lag(self) -> int:
        """How many blocks are left to read."""
        return self.of - self.read

    @property
    def percent(self) -> float:
        """How much is read, 0 to 100."""
        return 100 * self.read / self.of if self.of else 100.0


def progress() -> Progress:
    """Return how far the indexer has read, of the blocks that it has seen."""
    cursor = IndexerCursor.objects.first()
    return progress_of(cursor) if cursor else Progress(0, 0)


def block_read() -> int:
    """Return the last block that was read; -1 before the first."""
    cursor = IndexerCursor.objects.first()
    return cursor.block_number if cursor else -1


def progress_of(cursor: IndexerCursor) -> Progress:
    """Return how far a cursor has come."""
    before = cursor.first_block - 1
    return Progress(read=cursor.block_number - before, of=cursor.head_seen - before)


def lag() -> int:
    """Return how many blocks the indexer is behind the newest block it has seen."""
    return progress().lag


def calls_in_flight() -> QuerySet[OutboundCall]:
    """Return the calls that wait or are sent and not confirmed, oldest first."""
    open_states = [OutboundCall.State.QUEUED, OutboundCall.State.SENT]
    return OutboundCall.objects.filter(state__in=open_states).order_by("created_at", "id")


def waiting_for() -> dict[str, int]:
    """Return how many calls wait for what a person can change: fee, funds, node."""
    hindered = calls_in_flight().exclude(waits_for="").order_by()
    return dict(hindered.values_list("waits_for").annotate(Count("id")))
