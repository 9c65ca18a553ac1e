"""Read what is on its way and how far behind we are."""

from django.db.models import QuerySet

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


def lag() -> int:
    """Return how many blocks the indexer is behind the newest block it has seen."""
    cursor = IndexerCursor.objects.first()
    return cursor.head_seen - cursor.block_number if cursor else 0


def calls_in_flight() -> QuerySet[OutboundCall]:
    """Return the calls that wait or are sent and not confirmed, oldest first."""
    open_states = [OutboundCall.State.QUEUED, OutboundCall.State.SENT]
    return OutboundCall.objects.filter(state__in=open_states).order_by("created_at", "id")
