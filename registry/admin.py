"""Read-only look at who and what."""

from django.contrib import admin

from common.admin import LookOnly
from registry.models import ApiKey, Developer, Driver, Erasure, Vehicle


@admin.register(Driver)
class DriverAdmin(LookOnly):
    """Drivers by id: the desk never shows a driver's name beside what they did."""

    list_display = ("id", "language", "created_at", "erased_at")
    exclude = ("user", "public_key")


@admin.register(Developer)
class DeveloperAdmin(LookOnly):
    """Developers and their standing."""

    list_display = ("name", "country", "standing", "created_at")
    list_filter = ("standing",)


@admin.register(Vehicle)
class VehicleAdmin(LookOnly):
    """Vehicles by id."""

    list_display = ("id", "brand", "model", "state", "is_simulated")
    exclude = ("driver",)


@admin.register(ApiKey)
class ApiKeyAdmin(LookOnly):
    """API keys by their first characters."""

    list_display = ("prefix", "developer", "last_used_at", "revoked_at")
    exclude = ("sha256",)


@admin.register(Erasure)
class ErasureAdmin(LookOnly):
    """Erasures and whether they are finished."""

    list_display = ("id", "state", "created_at", "finished_at")
