"""What we send, what we heard, how far we read."""

from django.db import models

from common.models import Row


class Turn(models.Model):
    """The right to send, or to index: one process at a time holds it, until it runs out."""

    name = models.CharField(max_length=20, primary_key=True)
    owner = models.CharField(max_length=32, blank=True)
    held_until = models.DateTimeField(null=True)


class OutboundCall(Row):
    """One transaction of ours, from the wish to the confirmation.

    The signed bytes are stored before they are sent, so that a crash can only send them again.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        CONFIRMED = "confirmed"
        FAILED = "failed"

    reference = models.CharField(max_length=120, unique=True)
    contract = models.CharField(max_length=60)
    function = models.CharField(max_length=60)
    calldata = models.BinaryField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    lane = models.CharField(max_length=42, blank=True)
    nonce = models.BigIntegerField(null=True)
    raw = models.BinaryField(default=b"")
    tx_hash = models.CharField(max_length=66, blank=True, db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    block_number = models.BigIntegerField(null=True)
    created_address = models.CharField(max_length=42, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lane", "nonce"],
                condition=models.Q(state="sent"),
                name="one_call_per_nonce_in_flight",
            )
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="chain_call_line")]


class OutboundItem(Row):
    """One entry of a batch function, waiting for company or on its way in a call."""

    class State(models.TextChoices):
        WAITING = "waiting"
        BATCHED = "batched"
        SETTLED = "settled"
        FAILED = "failed"

    reference = models.CharField(max_length=120, unique=True)
    contract = models.CharField(max_length=60)
    function = models.CharField(max_length=60)
    data = models.BinaryField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    call = models.ForeignKey(
        OutboundCall, null=True, on_delete=models.PROTECT, related_name="items"
    )
    position = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="chain_item_line")]


class StoredEvent(models.Model):
    """One event as it was heard, with the hash of its block: a reorganisation shows."""

    contract = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    args = models.JSONField()
    block_number = models.BigIntegerField(db_index=True)
    block_hash = models.CharField(max_length=66)
    block_at = models.DateTimeField()
    tx_hash = models.CharField(max_length=66)
    log_index = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["block_hash", "log_index"], name="an_event_is_heard_once"
            )
        ]


class IndexerCursor(models.Model):
    """How far we read. `checkpoints` are [number, hash] of blocks we passed, oldest first."""

    name = models.CharField(max_length=20, primary_key=True, default="events")
    block_number = models.BigIntegerField()
    block_hash = models.CharField(max_length=66)
    checkpoints = models.JSONField(default=list)
    head_seen = models.BigIntegerField(default=0)
