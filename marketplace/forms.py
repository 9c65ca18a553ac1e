"""Shapes of what the marketplace's doors take."""

from typing import Any

from rest_framework import serializers

from marketplace.requesting import DECISIONS
from registry.api.fields import AddressField

SIGNATURE = r"^0x[0-9a-fA-F]{130}$"
PURPOSE = r"^dpv:[A-Za-z]{3,60}$"


class DraftForm(serializers.Serializer[Any]):
    """A draft of a question, and how many drivers it may count on."""

    spec = serializers.DictField()
    drivers = serializers.IntegerField(min_value=1, max_value=10_000_000)


class RequestForm(serializers.Serializer[Any]):
    """A data request."""

    title = serializers.CharField(min_length=5, max_length=200)
    why = serializers.CharField(min_length=20, max_length=2000)
    purposes = serializers.ListField(
        child=serializers.RegexField(PURPOSE), min_length=1, max_length=5
    )
    spec = serializers.DictField()
    price_units = serializers.IntegerField(min_value=1, max_value=2**62)
    drivers_needed = serializers.IntegerField(min_value=1, max_value=10_000_000)
    deadline_at = serializers.DateTimeField()
    bounty_units = serializers.IntegerField(
        min_value=1, max_value=2**62, required=False, allow_null=True, default=None
    )


class DecisionForm(serializers.Serializer[Any]):
    """An admin's decision, with a reason the requester can read."""

    decision = serializers.ChoiceField(choices=sorted(DECISIONS))
    reason_code = serializers.SlugField(max_length=40)
    reason = serializers.CharField(min_length=20, max_length=2000)


class QuoteForm(serializers.Serializer[Any]):
    """Which release, and which account will pay and hold the license."""

    release_id = serializers.UUIDField()
    buyer = AddressField(max_length=42)


class FunderForm(serializers.Serializer[Any]):
    """Which account will put the bounty in escrow and hold the license."""

    funder = AddressField(max_length=42)


class FundingForm(FunderForm):
    """The signatures over a campaign's funding and permit. valid_until: Unix seconds, of both."""

    valid_until = serializers.IntegerField(min_value=0, max_value=2**40)
    fund_signature = serializers.RegexField(SIGNATURE)
    permit_signature = serializers.RegexField(SIGNATURE)


class GiveBackForm(serializers.Serializer[Any]):
    """Why a bounty goes back early; the developer reads it."""

    reason = serializers.CharField(min_length=20, max_length=2000)


class PurchaseForm(serializers.Serializer[Any]):
    """The signatures over a quote's typed data."""

    quote_id = serializers.UUIDField()
    order_signature = serializers.RegexField(SIGNATURE)
    permit_signature = serializers.RegexField(SIGNATURE, required=False, default="0x")


class RecipientForm(serializers.Serializer[Any]):
    """The X25519 public key that a DataKey is sealed to, in hex."""

    recipient = serializers.RegexField(r"^[0-9a-f]{64}$")
