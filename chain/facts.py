"""What a row needs that writes down an event: it has no parent, and goes when its block goes."""

from typing import Any

from django.db import models

from chain.domain.calls import EventRecord


class ChainFact(models.Model):
    """One event as the chain told it, and where it stands there. Inserted once, never changed."""

    block_number = models.BigIntegerField(db_index=True)
    block_at = models.DateTimeField()
    tx_hash = models.CharField(max_length=66)
    log_index = models.PositiveIntegerField()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["block_number", "log_index"], name="%(app_label)s_%(class)s_once"
            )
        ]


def place_of(record: EventRecord) -> dict[str, Any]:
    """Return where an event stands, as the columns of a fact."""
    return {
        "block_number": record.block_number,
        "block_at": record.block_at,
        "tx_hash": record.tx_hash,
        "log_index": record.log_index,
    }


def word(value: bytes) -> str:
    """Return 32 bytes as 0x and 64 hex digits."""
    return "0x" + value.hex()
