"""Read-only look at the audit trail."""

from django.contrib import admin

from audit.models import AuditLine
from common.admin import LookOnly


@admin.register(AuditLine)
class AuditLineAdmin(LookOnly):
    """Who did what, newest first."""

    list_display = ("number", "at", "actor", "act", "subject")
    list_filter = ("act",)
    search_fields = ("subject", "actor")
    ordering = ("-number",)
