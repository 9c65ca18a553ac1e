"""Look at the chain room's rows."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from chain import selectors
from chain.models import Attempt, IndexerCursor, OutboundCall, OutboundItem, StoredEvent
from common.admin import LookOnly


@admin.register(OutboundCall)
class OutboundCallAdmin(LookOnly):
    """Transactions of ours; those that wait for a person are found by `waits for`."""

    list_display = ["reference", "contract", "function", "state", "waits_for", "nonce", "reason"]
    list_filter = ["waits_for", "state", "contract", "function"]
    search_fields = ["reference", "tx_hash", "attempts__tx_hash"]
    exclude = ["calldata"]


@admin.register(Attempt)
class AttemptAdmin(LookOnly):
    """Signings of calls, with what each would pay."""

    list_display = ["call", "nonce", "tx_hash", "most_wei", "tip_wei", "made_at", "sent_at"]
    list_filter = ["is_underpriced"]
    search_fields = ["tx_hash", "call__reference"]
    list_select_related = ["call"]
    exclude = ["raw"]


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

    list_display = ["name", "block_number", "head_seen", "lag", "percent", "width"]

    @admin.display(description=_("blocks behind"))
    def lag(self, cursor: IndexerCursor) -> int:
        """How many blocks are left to read."""
        return selectors.progress_of(cursor).lag

    @admin.display(description=_("read"))
    def percent(self, cursor: IndexerCursor) -> str:
        """How much of the chain is read."""
        return f"{selectors.progress_of(cursor).percent:.1f} %"
