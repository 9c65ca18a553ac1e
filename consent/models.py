"""Offers to drivers, and the consents that answer them."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from common.models import Row
from consent.domain import lifecycle
from consent.domain.terms import Signable, signable
from registry.models import Driver


class Offer(Row):
    """An approved request as drivers see it. Amounts are token units, losses millionths of rho."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    dataset_id = models.UUIDField(db_index=True)
    title = models.CharField(max_length=200)
    ask = models.TextField(blank=True)
    buyer_name = models.CharField(max_length=200)
    is_accredited = models.BooleanField(default=False)
    purposes = models.JSONField(default=list)
    signal_groups = models.JSONField(default=dict)
    recipient_class = models.CharField(max_length=60)
    consent_expires_at = models.DateTimeField()
    rho_micro = models.BigIntegerField()
    pay_low_units = models.BigIntegerField()
    pay_high_units = models.BigIntegerField()
    contributors_bps = models.PositiveIntegerField()
    drivers_needed = models.PositiveIntegerField()
    answer_before = models.DateTimeField()
    builder_key_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)

    class Meta:
        indexes = [models.Index(fields=["state", "answer_before"], name="offer_open")]


class ConsentKey(Row):
    """The address that signs for one driver and one dataset, and for nothing else, ever."""

    address = models.CharField(max_length=42, unique=True)
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="consent_keys")
    dataset_id = models.UUIDField()
    next_nonce = models.BigIntegerField(default=0)


class Consent(Row):
    """A driver's permission, from the draft to its end. The chain has the last word on it."""

    class State(models.TextChoices):
        DRAFT = lifecycle.DRAFT
        SIGNED = lifecycle.SIGNED
        ACTIVE = lifecycle.ACTIVE
        REVOKING = lifecycle.REVOKING
        REVOKED = lifecycle.REVOKED
        EXPIRED = lifecycle.EXPIRED
        FAILED = lifecycle.FAILED

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="consents")
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="consents")
    consent_address = models.CharField(max_length=42, db_index=True)
    chain_id = models.BigIntegerField(default=0)
    registry_address = models.CharField(max_length=42, blank=True)
    terms = models.JSONField()
    terms_digest = models.CharField(max_length=66)
    nonce = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    grant_signature = models.CharField(max_length=132, blank=True)
    revoke_signature = models.CharField(max_length=132, blank=True)
    signed_at = models.DateTimeField(null=True)
    granted_at = models.DateTimeField(null=True)
    granted_block = models.BigIntegerField(null=True)
    tx_hash = models.CharField(max_length=66, blank=True)
    revoke_asked_at = models.DateTimeField(null=True)
    revoke_tries = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)
    revoked_block = models.BigIntegerField(null=True)
    revoke_tx_hash = models.CharField(max_length=66, blank=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["offer", "driver"],
                condition=models.Q(state__in=lifecycle.LIVING),
                name="one_living_consent_per_offer",
            )
        ]
        indexes = [models.Index(fields=["driver", "state"], name="consent_of_driver")]

    def state_at(self, at: datetime) -> str:
        """Return the state as it stands at this instant."""
        return lifecycle.state_at(self.state, self.expires_at, at)

    def signable(self) -> Signable:
        """Return the grant and the revocation as the consent key signs them."""
        return signable(
            chain_id=self.chain_id,
            registry=self.registry_address,
            driver=self.consent_address,
            dataset_id=self.terms["dataset_id"],
            digest=self.digest_bytes(),
            expiry=self.terms["expires_at"],
            nonce=self.nonce,
        )

    def digest_bytes(self) -> bytes:
        """Return the digest of the terms, 32 bytes."""
        return bytes.fromhex(self.terms_digest.removeprefix("0x"))


class Decline(Row):
    """A driver's no to an offer; it needs no reason and is not asked again."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="declines")
    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="declines")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "driver"], name="one_decline_per_offer")
        ]
