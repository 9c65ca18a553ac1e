"""Look at the chain room's rows."""

from django.contrib import admin

from chain.models import IndexerCursor, OutboundCall, OutboundItem, StoredEvent
from common.admin import LookOnly


@admin.register(OutboundCall)
class OutboundCallAdmin(LookOnly):
    """Transactions of ours; the signed bytes are not shown."""

    list_display = ["reference", "contract", "function", "state", "nonce", "attempts", "reason"]
    list_filter = ["state", "contract", "function"]
    search_fields = ["reference", "tx_hash"]
    exclude = ["raw", "calldata"]


@admin.register(OutboundItem)
class OutboundItemAdmin(LookOnly):
    """Items that travel in batches."""

    list_display = ["reference", "function", "state", "attempts", "reason"]
    list_filter = ["state", "function"]
    search_fields = ["reference"]
    exclude = ["data"]


@admin.register(StoredEvent)
class StoredEventAdmin(LookOnly):
    """Events as they were heard."""

    list_display = ["contract", "name", "block_number", "block_at", "tx_hash"]
    list_filter = ["contract", "name"]
    search_fields = ["tx_hash"]


@admin.register(IndexerCursor)
class IndexerCursorAdmin(LookOnly):
    """How far the indexer read."""

    list_display = ["name", "block_number", "head_seen"]
