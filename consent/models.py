"""Offers to drivers, and the consents that answer them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Optional

from django.db import models

from chain.facts import ChainFact
from common.models import Row
from consent.domain import lifecycle, renewal
from consent.domain.renewal import RenewalWords
from consent.domain.terms import Signable, signable
from protocol import ids, typed_data
from protocol.typed_data import TypedData
from registry.models import Driver


class Offer(Row):
    """An approved request as drivers see it. Amounts are token units, losses millionths of rho."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    class Ending(models.TextChoices):
        PAID = "paid"
        REFUNDED = "refunded"

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
    ending = models.CharField(max_length=8, choices=Ending, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "answer_before"], name="offer_open")]


class ConsentKey(Row):
    """The address that signs for one driver and one dataset.

    A derived one signs for nothing else, ever. is_wallet: it is the driver's own wallet, which may
    sign for several datasets, each with nonces of its own.
    """

    address = models.CharField(max_length=42)
    driver = models.ForeignKey(Driver, on_delete=models.PROTECT, related_name="consent_keys")
    dataset_id = models.UUIDField()
    is_wallet = models.BooleanField(default=False)
    next_nonce = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["address", "dataset_id"], name="one_key_per_address_and_dataset"
            ),
            models.UniqueConstraint(
                fields=["address"],
                condition=models.Q(is_wallet=False),
                name="a_derived_key_signs_for_one_dataset",
            ),
        ]


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

    def recorded_renewals(self) -> list["Renewal"]:
        """Return the renewals that stand on the chain, oldest first."""
        stand = [row for row in self.renewals.all() if row.state == Renewal.State.RECORDED]
        return sorted(stand, key=lambda row: row.nonce)

    def signed_renewal(self) -> Optional["Renewal"]:
        """Return the renewal that is on its way to the chain, if one is."""
        signed = [row for row in self.renewals.all() if row.state == Renewal.State.SIGNED]
        return max(signed, key=lambda row: row.nonce, default=None)

    def latest_renewal(self) -> Optional["Renewal"]:
        """Return the renewal that was signed or recorded last; a draft is nothing yet."""
        said = [row for row in self.renewals.all() if row.state != Renewal.State.DRAFT]
        return max(said, key=lambda row: (row.nonce, row.created_at), default=None)

    def way_out(self) -> "WayOut":
        """Return the revocation that the chain takes now; a renewal counts once it stands there."""
        renewed = self.recorded_renewals()
        if renewed:
            return WayOut(renewed[-1].nonce + 1, renewed[-1].revoke_signature)
        return WayOut(self.nonce + 1, self.revoke_signature)

    def revocation(self) -> TypedData:
        """Return the revocation that would end this consent now, as the consent key signs it."""
        return typed_data.revoke(
            typed_data.consent_domain(self.chain_id, self.registry_address),
            driver=self.consent_address,
            dataset=ids.to_bytes32(self.terms["dataset_id"]),
            nonce=self.way_out().nonce,
        )


@dataclass(frozen=True)
class WayOut:
    """The nonce of the revocation that works now, and its kept signature; "" when none was kept."""

    nonce: int
    signature: str


class Renewal(Row):
    """Another end for a consent under the same terms, from its draft until the chain has it."""

    class State(models.TextChoices):
        DRAFT = "draft"
        SIGNED = "signed"
        RECORDED = "recorded"
        FAILED = "failed"

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="renewals")
    nonce = models.BigIntegerField()
    expires_at = models.DateTimeField()
    expired_before = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    renew_signature = models.CharField(max_length=132, blank=True)
    revoke_signature = models.CharField(max_length=132, blank=True)
    signed_at = models.DateTimeField(null=True)
    renewed_at = models.DateTimeField(null=True)
    renewed_block = models.BigIntegerField(null=True)
    tx_hash = models.CharField(max_length=66, blank=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["consent", "nonce"],
                condition=models.Q(state__in=("draft", "signed")),
                name="one_open_renewal_per_nonce",
            ),
            models.UniqueConstraint(
                fields=["consent", "nonce"],
                condition=models.Q(state="recorded"),
                name="one_recorded_renewal_per_nonce",
            ),
        ]

    def words(self) -> RenewalWords:
        """Return the renewal and its revocation as the consent key signs them."""
        return renewal.words(
            chain_id=self.consent.chain_id,
            registry=self.consent.registry_address,
            driver=self.consent.consent_address,
            dataset_id=self.consent.terms["dataset_id"],
            expiry=self.expiry,
            nonce=self.nonce,
        )

    @property
    def expiry(self) -> int:
        """The new end in Unix seconds."""
        return int(self.expires_at.timestamp())


class ChainWord(ChainFact):
    """One word of consent as the chain told it, whoever spoke it; a fact without a parent row.

    dataset, terms_digest: 0x and 64 hex digits. expiry: Unix seconds. A renewal names no terms,
    a revocation neither terms nor expiry.
    """

    class Kind(models.TextChoices):
        GRANTED = "granted"
        RENEWED = "renewed"
        REVOKED = "revoked"

    kind = models.CharField(max_length=8, choices=Kind)
    address = models.CharField(max_length=42)
    dataset = models.CharField(max_length=66)
    terms_digest = models.CharField(max_length=66, blank=True)
    expiry = models.BigIntegerField(null=True)
    nonce = models.BigIntegerField()

    class Meta(ChainFact.Meta):
        indexes = [models.Index(fields=["address", "dataset", "nonce"], name="word_of_key")]


class Decline(Row):
    """A driver's no to an offer; it needs no reason and is not asked again."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="declines")
    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="declines")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "driver"], name="one_decline_per_offer")
        ]
