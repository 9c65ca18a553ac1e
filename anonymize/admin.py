"""Read-only look at datasets and releases."""

from django.contrib import admin

from anonymize.models import Dataset, Release
from common.admin import LookOnly


@admin.register(Dataset)
class DatasetAdmin(LookOnly):
    """Datasets and their caps."""

    list_display = ("id", "title", "state", "rho_cap_micro", "created_at")


@admin.register(Release)
class ReleaseAdmin(LookOnly):
    """Releases and their states."""

    list_display = ("id", "dataset", "state", "rho_micro", "failure", "created_at")
    list_filter = ("state",)
