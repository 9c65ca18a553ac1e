"""Read-only look at requests, purchases and licenses."""

from django.contrib import admin

from common.admin import LookOnly
from marketplace.models import Campaign, DataRequest, License, Purchase


@admin.register(DataRequest)
class DataRequestAdmin(LookOnly):
    """Data requests."""

    list_display = ("id", "title", "developer", "state", "created_at")
    list_filter = ("state",)


@admin.register(Campaign)
class CampaignAdmin(LookOnly):
    """Campaigns and where their bounties are."""

    list_display = ("id", "request", "state", "bounty_units", "threshold", "deadline_at")
    list_filter = ("state",)


@admin.register(Purchase)
class PurchaseAdmin(LookOnly):
    """Purchases and what became of them."""

    list_display = ("id", "developer", "state", "failure", "created_at")


@admin.register(License)
class LicenseAdmin(LookOnly):
    """Licenses."""

    list_display = ("id", "release", "developer", "price_units", "block_number")
