"""Pools of releases, the contributors' shares in them, sales heard, and claims."""

from typing import ClassVar

from django.db import models

from chain.facts import ChainFact
from common.models import Row
from registry.models import Driver


class Pool(Row):
    """Money that belongs to the contributors of one release. Amounts are token units."""

    release_id = models.UUIDField(unique=True)
    dataset_id = models.UUIDField(db_index=True)
    title = models.CharField(max_length=200)
    root = models.CharField(max_length=66)
    total_weight = models.BigIntegerField()
    pool_per_sale_units = models.BigIntegerField()
    sales = models.BigIntegerField(default=0)


class Sale(models.Model):
    """One sale as the chain told it; counting these rows makes a repeated event harmless."""

    release_id = models.UUIDField(db_index=True)
    tx_hash = models.CharField(max_length=66)
    log_index = models.PositiveIntegerField()
    block_number = models.BigIntegerField()
    sold_at = models.DateTimeField()
    buyer = models.CharField(max_length=42, blank=True)
    recipient = models.CharField(max_length=42, blank=True)
    price_units = models.BigIntegerField()
    fee_units = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tx_hash", "log_index"], name="a_sale_counts_once")
        ]


class Payment(ChainFact):
    """One contributor's payment for one release, up to a sale, as the chain told it."""

    release_id = models.UUIDField()
    address = models.CharField(max_length=42)
    to = models.CharField(max_length=42)
    amount_units = models.BigIntegerField()
    sales = models.BigIntegerField()

    class Meta(ChainFact.Meta):
        indexes = [models.Index(fields=["release_id", "address"], name="payment_of_share")]


class Share(Row):
    """One contributor's part of one pool, with the proof that the contract asks for."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="shares")
    driver = models.ForeignKey(Driver, null=True, on_delete=models.SET_NULL, related_name="shares")
    consent_address = models.CharField(max_length=42, db_index=True)
    start = models.BigIntegerField()
    weight = models.BigIntegerField()
    per_sale_units = models.BigIntegerField()
    proof = models.JSONField(default=list)
    claimed_sales = models.BigIntegerField(default=0)
    claimed_units = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pool", "consent_address"], name="one_share_per_key"),
            models.UniqueConstraint(fields=["pool", "start"], name="shares_do_not_overlap"),
            models.CheckConstraint(
                condition=models.Q(claimed_units__gte=0, claimed_sales__gte=0, weight__gte=1),
                name="shares_are_not_negative",
            ),
        ]

    @property
    def earned_units(self) -> int:
        """What this share has earned so far."""
        return self.pool.sales * self.per_sale_units

    @property
    def claimable_units(self) -> int:
        """What is owed and not yet taken."""
        return self.earned_units - self.claimed_units


class Claim(Row):
    """A driver's signed wish to be paid. `sales` says up to which sale each release is claimed."""

    class State(models.TextChoices):
        QUEUED = "queued"
        CONFIRMED = "confirmed"
        FAILED = "failed"

    driver = models.ForeignKey(Driver, null=True, on_delete=models.SET_NULL, related_name="claims")
    consent_address = models.CharField(max_length=42, db_index=True)
    to = models.CharField(max_length=42)
    deadline = models.BigIntegerField()
    signature = models.CharField(max_length=132, unique=True)
    sales = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    amount_units = models.BigIntegerField()
    tx_hash = models.CharField(max_length=66, blank=True)
    reason = models.CharField(max_length=200, blank=True)
