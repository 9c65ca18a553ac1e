"""Sealed objects, the keys sealed to each recipient, and drivers' uploads."""

from django.db import models

from common.models import Row
from registry.models import Driver, Vehicle


class SealedObject(Row):
    """Ciphertext with its CID. It has the id of the upload or release that it is.

    subject: the dataset of a release; empty for an upload, whose context is in its own row.
    """

    class State(models.TextChoices):
        KEPT = "kept"
        PINNED = "pinned"
        ERASED = "erased"

    cid = models.CharField(max_length=80, db_index=True)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    envelope_version = models.PositiveSmallIntegerField()
    subject = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.KEPT)
    unpinned_at = models.DateTimeField(null=True)


class SealedPart(Row):
    """One part of an object beyond the size of one IPFS object, which then has the manifest's CID.

    The rows stay after an erasure, so that what comes back can be told and dropped again.
    """

    sealed = models.ForeignKey(SealedObject, models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    cid = models.CharField(max_length=80, db_index=True)
    size_bytes = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["sealed", "number"], name="one_part_in_each_place")
        ]


class Upload(Row):
    """One sealed file handed in by a driver for a vehicle. Its id was drawn by the driver.

    tombstone_*: the erasure as the chain tells it.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving"
        RECEIVED = "received"
        PINNED = "pinned"
        CHECKED = "checked"
        UNREADABLE = "unreadable"
        ERASED = "erased"

    driver = models.ForeignKey(Driver, models.PROTECT, related_name="uploads")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="uploads")
    sealed = models.OneToOneField(SealedObject, models.SET_NULL, null=True, related_name="upload")
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVING)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    received_bytes = models.PositiveBigIntegerField(default=0)
    builder_key_id = models.CharField(max_length=60)
    quality = models.JSONField(default=dict)
    report_sealed = models.TextField(blank=True)
    pinned_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    tombstone_digest = models.CharField(max_length=64, unique=True)
    tombstone_tx = models.CharField(max_length=66, blank=True)
    tombstone_block = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(received_bytes__lte=models.F("size_bytes")),
                name="upload_not_beyond_its_size",
            )
        ]


class PinAudit(Row):
    """What one look at one place found: objects, each counted once but for the last two.

    lost: not kept there, and not to be had anywhere. left_over: erased, and kept until now.
    damaged: of those read back whole, how many had other bytes than their CID says.
    """

    target = models.CharField(max_length=200)
    is_reachable = models.BooleanField(default=True)
    wanted = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    mended = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    left_over = models.PositiveIntegerField(default=0)
    damaged = models.PositiveIntegerField(default=0)


class WrappedKey(Row):
    """The data key of one object, sealed to one recipient. Destroying these rows is erasure.

    recipient_key: id of the builder's key, or a public key in hex. sealed: base64, empty while
    the builder has still to seal it.
    """

    class Recipient(models.TextChoices):
        BUILDER = "builder"
        DRIVER = "driver"
        BUYER = "buyer"

    upload = models.ForeignKey(Upload, models.CASCADE, null=True, related_name="wrapped_keys")
    sealed_object = models.ForeignKey(
        SealedObject, models.CASCADE, null=True, related_name="wrapped_keys"
    )
    recipient_kind = models.CharField(max_length=8, choices=Recipient)
    recipient_key = models.CharField(max_length=64)
    sealed = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(upload__isnull=True) ^ models.Q(sealed_object__isnull=True),
                name="wrapped_key_of_one_object",
            ),
            models.UniqueConstraint(
                fields=["upload", "recipient_kind", "recipient_key"], name="one_key_per_reader"
            ),
            models.UniqueConstraint(
                fields=["sealed_object", "recipient_kind", "recipient_key"],
                name="one_release_key_per_reader",
            ),
        ]
