"""Read-only look at offers and consents."""

from django.contrib import admin

from common.admin import LookOnly
from consent.models import Consent, Offer, Renewal


@admin.register(Offer)
class OfferAdmin(LookOnly):
    """Offers and how they stand."""

    list_display = ("id", "title", "buyer_name", "state", "answer_before")
    list_filter = ("state",)


@admin.register(Consent)
class ConsentAdmin(LookOnly):
    """Consents, without the signatures and without the driver's other facts."""

    list_display = ("id", "offer_id", "state", "granted_block", "revoked_block", "trouble")
    list_filter = ("state",)
    exclude = ("grant_signature", "revoke_signature", "driver", "consent_address")


@admin.register(Renewal)
class RenewalAdmin(LookOnly):
    """Renewals and how far they are, without the signatures."""

    list_display = ("id", "consent_id", "state", "expires_at", "renewed_block", "trouble")
    list_filter = ("state",)
    exclude = ("renew_signature", "revoke_signature")
