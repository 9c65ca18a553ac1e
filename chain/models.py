"""What we send, what we heard, how far we read."""

from django.db import models

from chain.domain import limits
from common.models import Row


class Turn(models.Model):
    """The right to send, or to index: one process at a time holds it, until it runs out."""

    name = models.CharField(max_length=20, primary_key=True)
    owner = models.CharField(max_length=32, blank=True)
    held_until = models.DateTimeField(null=True)
    misses = models.PositiveIntegerField(default=0)
    """Holders in a row whom the node did not answer."""


class OutboundCall(Row):
    """One transaction of ours, from the wish to the confirmation.

    While it is sent it has one nonce and, for that nonce, one attempt or several; the receipt of
    any of them confirms it. `tx_hash` is the newest attempt's, in the end the mined one's.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        CONFIRMED = "confirmed"
        FAILED = "failed"

    class WaitsFor(models.TextChoices):
        """What a person could do something about; empty when all goes its way."""

        FEE = "fee", "a lower fee, or a higher CHAIN_MAX_FEE_GWEI"
        FUNDS = "funds", "money on the sender's account"
        NODE = "node", "a person to read the node's words"
        STEWARDS = "stewards", "a steward to end the halt"

    reference = models.CharField(max_length=120, unique=True)
    contract = models.CharField(max_length=60, blank=True)
    function = models.CharField(max_length=60, blank=True)
    calldata = models.BinaryField()
    is_urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    waits_for = models.CharField(max_length=10, choices=WaitsFor, blank=True)
    genesis_hash = models.CharField(max_length=66, blank=True)
    lane = models.CharField(max_length=42, blank=True)
    nonce = models.BigIntegerField(null=True)
    tx_hash = models.CharField(max_length=66, blank=True, db_index=True)
    reverts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    """Since when its nonce is used while no receipt of ours is there."""
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
        indexes = [
            models.Index(fields=["state", "created_at"], name="chain_call_line"),
            models.Index(fields=["lane", "nonce"], name="chain_call_lane"),
        ]


class Attempt(models.Model):
    """One signing of a call. The bytes are stored before they are sent, and kept.

    Attempts with the same nonce differ in their fees alone: at most one can ever be mined.
    `sent_at` is when a node first took the bytes.
    """

    call = models.ForeignKey(OutboundCall, on_delete=models.PROTECT, related_name="attempts")
    lane = models.CharField(max_length=42)
    nonce = models.BigIntegerField()
    raw = models.BinaryField()
    tx_hash = models.CharField(max_length=66, db_index=True)
    most_wei = models.BigIntegerField()
    tip_wei = models.BigIntegerField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    is_underpriced = models.BooleanField(default=False)


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
    """How far we read. `checkpoints` are [number, hash] of blocks we passed, oldest first.

    `contracts` are the addresses we have read; one that is deployed later is read from its block.
    `width` is how many blocks the node answers for at once.
    """

    name = models.CharField(max_length=20, primary_key=True, default="events")
    block_number = models.BigIntegerField()
    block_hash = models.CharField(max_length=66)
    checkpoints = models.JSONField(default=list)
    head_seen = models.BigIntegerField(default=0)
    first_block = models.BigIntegerField(default=0)
    contracts = models.JSONField(default=list)
    width = models.PositiveIntegerField(default=limits.WIDTH)
