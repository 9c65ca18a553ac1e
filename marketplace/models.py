"""What is asked for, quoted, bought and licensed."""

from django.conf import settings
from django.db import models

from anonymize.models import Dataset, Release
from common.models import Row
from marketplace.domain import campaigns
from registry.models import Developer


class DataRequest(Row):
    """A developer's wish: a QuerySpec, for a purpose, with a reason."""

    class State(models.TextChoices):
        IN_REVIEW = "in_review"
        CHANGES_ASKED = "changes_asked"
        APPROVED = "approved"
        REJECTED = "rejected"

    developer = models.ForeignKey(Developer, on_delete=models.PROTECT, related_name="requests")
    title = models.CharField(max_length=200)
    why = models.TextField(max_length=2000)
    purposes = models.JSONField()
    spec = models.JSONField()
    spec_sha256 = models.CharField(max_length=64)
    price_units = models.PositiveBigIntegerField()
    drivers_needed = models.PositiveIntegerField()
    deadline_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State, default=State.IN_REVIEW)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(max_length=2000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    dataset = models.OneToOneField(
        Dataset, null=True, on_delete=models.PROTECT, related_name="request"
    )


class Campaign(Row):
    """A request whose bounty waits in escrow: built and paid, or given back. Token units.

    deadline_at: last second in which it can be settled. on_its_way: the call that ends it, sent
    and not heard of yet. ended_at, end_tx_hash: when and how it was settled or refunded.
    """

    class State(models.TextChoices):
        UNFUNDED = campaigns.UNFUNDED
        FUNDING = campaigns.FUNDING
        FUNDED = campaigns.FUNDED
        SETTLED = campaigns.SETTLED
        REFUNDED = campaigns.REFUNDED
        LAPSED = campaigns.LAPSED

    request = models.OneToOneField(DataRequest, on_delete=models.PROTECT, related_name="campaign")
    bounty_units = models.PositiveBigIntegerField()
    threshold = models.PositiveIntegerField()
    deadline_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.UNFUNDED)
    funder = models.CharField(max_length=42, blank=True)
    recipient = models.CharField(max_length=42, blank=True)
    fund_tx_hash = models.CharField(max_length=66, blank=True)
    funded_at = models.DateTimeField(null=True)
    on_its_way = models.CharField(max_length=8, blank=True)
    tries = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    failure = models.CharField(max_length=120, blank=True)
    release = models.ForeignKey(
        Release, null=True, on_delete=models.PROTECT, related_name="campaigns"
    )
    price_units = models.PositiveBigIntegerField(null=True)
    change_units = models.PositiveBigIntegerField(null=True)
    given_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    given_back_why = models.TextField(max_length=2000, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_tx_hash = models.CharField(max_length=66, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "deadline_at"], name="campaign_running")]


class Quote(Row):
    """A price that holds for some minutes, and the typed data that buys."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="quotes")
    developer = models.ForeignKey(Developer, on_delete=models.CASCADE, related_name="quotes")
    buyer = models.CharField(max_length=42)
    price_units = models.PositiveBigIntegerField()
    fee_units = models.PositiveBigIntegerField()
    order = models.JSONField()
    permit = models.JSONField()
    expires_at = models.DateTimeField()


class Purchase(Row):
    """A signed order on its way to the chain."""

    class State(models.TextChoices):
        SUBMITTED = "submitted"
        LICENSED = "licensed"
        FAILED = "failed"

    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="purchase")
    developer = models.ForeignKey(Developer, on_delete=models.PROTECT, related_name="purchases")
    state = models.CharField(max_length=12, choices=State, default=State.SUBMITTED)
    tx_hash = models.CharField(max_length=66, blank=True)
    failure = models.CharField(max_length=120, blank=True)


class License(Row):
    """The right to use one release, held by an address on the chain."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="licenses")
    developer = models.ForeignKey(
        Developer, null=True, on_delete=models.PROTECT, related_name="licenses"
    )
    recipient = models.CharField(max_length=42)
    price_units = models.PositiveBigIntegerField()
    fee_units = models.PositiveBigIntegerField()
    tx_hash = models.CharField(max_length=66)
    block_number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "recipient"], name="one_license_each")
        ]
