"""Read-only look at pools and claims."""

from django.contrib import admin

from common.admin import LookOnly
from payouts.models import Claim, Pool


@admin.register(Pool)
class PoolAdmin(LookOnly):
    """Pools and what was sold."""

    list_display = ("release_id", "title", "total_weight", "pool_per_sale_units", "sales")


@admin.register(Claim)
class ClaimAdmin(LookOnly):
    """Claims, without the driver, the address they go to and the signature."""

    list_display = ("id", "state", "amount_units", "tx_hash", "reason")
    list_filter = ("state",)
    exclude = ("driver", "to", "signature", "consent_address")
