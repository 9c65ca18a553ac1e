"""Datasets, their releases, and what each release cost whom."""

from django.db import models
from django.db.models import F, Q

from chain.facts import ChainFact
from common.models import Row
from registry.models import Driver
from storage.models import SealedObject


class Dataset(Row):
    """An approved question: its QuerySpec, and how much privacy all its releases may cost."""

    class State(models.TextChoices):
        REGISTERING = "registering"
        READY = "ready"
        REFUSED = "refused"

    title = models.CharField(max_length=200)
    spec = models.JSONField()
    spec_sha256 = models.CharField(max_length=64)
    rho_cap_micro = models.PositiveBigIntegerField()
    fee_bps = models.PositiveSmallIntegerField()
    drivers_needed = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.REGISTERING)


class Release(Row):
    """One published noisy answer, immutable once drawn.

    States only move forward. DRAWING is the fence: a build found there without an answer has
    spent its charge, and only a new release with a new charge may draw again.

    cohort_mark: which writing of the cohort stands; the debit takes no other. question_sha256: what
    was asked of whom. steps: parts of stage one.
    """

    class State(models.TextChoices):
        PLANNED = "planned"
        CHARGED = "charged"
        DRAWING = "drawing"
        DRAWN = "drawn"
        PUBLISHING = "publishing"
        PUBLISHED = "published"
        SPENT = "spent"
        FAILED = "failed"

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="releases")
    state = models.CharField(max_length=12, choices=State, default=State.PLANNED)
    price_units = models.PositiveBigIntegerField()
    rho_micro = models.PositiveBigIntegerField()
    consent_block = models.PositiveBigIntegerField(null=True)
    consent_block_hash = models.CharField(max_length=66, blank=True)
    cohort_mark = models.CharField(max_length=32, blank=True)
    question_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    charged_at = models.DateTimeField(null=True)
    is_simulated = models.BooleanField(default=False)
    cohort_noised = models.IntegerField(null=True)
    sealed = models.ForeignKey(SealedObject, null=True, on_delete=models.PROTECT)
    manifest = models.JSONField(null=True)
    manifest_digest = models.CharField(max_length=66, blank=True)
    steps_done = models.PositiveIntegerField(default=0)
    steps_of = models.PositiveIntegerField(default=0)
    tx_hash = models.CharField(max_length=66, blank=True)
    published_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=120, blank=True)


class Contribution(Row):
    """The fact that one driver's data is in one release; every contribution weighs the same.

    It is the charge too: once its release is charged, rho_micro of the release is debited from the
    driver's budget of each window and of the lifetime. Never refunded.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="contributions")
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="contributions")
    consent_address = models.CharField(max_length=42)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "consent_address"], name="counted_once"),
            models.UniqueConstraint(fields=["release", "driver"], name="asked_once_per_driver"),
        ]


class BuildPart(Row):
    """One part of a build's stage one: some uploads, and the exact sums over them, sealed.

    sealed: empty until the part is made; only the builder's private key opens it. Rows are gone
    once the answer is drawn.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    uploads = models.JSONField()
    key_id = models.CharField(max_length=60, blank=True)
    wrapped_key = models.TextField(blank=True)
    sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "number"], name="one_part_per_number")
        ]


class ChainDataset(ChainFact):
    """A dataset as the chain told it. dataset: 0x and 64 hex digits; rho_cap: millionths."""

    dataset = models.CharField(max_length=66, db_index=True)
    token = models.CharField(max_length=42)
    fee_bps = models.PositiveIntegerField()
    rho_cap = models.BigIntegerField()


class ChainRelease(ChainFact):
    """A release as the chain told it. Words are 0x and 64 hex digits, price is token units."""

    release = models.CharField(max_length=66, db_index=True)
    dataset = models.CharField(max_length=66)
    manifest = models.CharField(max_length=66)
    cid_digest = models.CharField(max_length=66)
    contributors = models.CharField(max_length=66)
    total_weight = models.BigIntegerField()
    rho = models.BigIntegerField()
    price = models.BigIntegerField()
    consent_block = models.BigIntegerField()


class PrivacyBudget(models.Model):
    """How much privacy loss one driver has in one window, in millionths of rho."""

    LIFETIME = "lifetime"

    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="budgets")
    window = models.CharField(max_length=8)
    spent_rho_micro = models.PositiveBigIntegerField(default=0)
    cap_rho_micro = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["driver", "window"], name="one_budget_per_window"),
            models.CheckConstraint(
                condition=Q(spent_rho_micro__lte=F("cap_rho_micro")), name="never_above_the_cap"
            ),
        ]
