"""Read-only look at the work list."""

from django.contrib import admin

from common.admin import LookOnly
from work.models import Heartbeat, WorkRow


@admin.register(WorkRow)
class WorkRowAdmin(LookOnly):
    """Work rows, stuck ones findable."""

    list_display = ("task", "reference", "state", "attempts", "due_at", "last_error")
    list_filter = ("state", "task", "queue")


@admin.register(Heartbeat)
class HeartbeatAdmin(LookOnly):
    """When each queue last finished something."""

    list_display = ("queue", "beat_at")
