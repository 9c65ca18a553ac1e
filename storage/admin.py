"""Read-only look at what is stored."""

from django.contrib import admin

from common.admin import LookOnly
from storage.models import PinAudit, SealedObject, Upload


@admin.register(SealedObject)
class SealedObjectAdmin(LookOnly):
    """Ciphertext by its CID."""

    list_display = ("id", "cid", "state", "size_bytes", "created_at")
    list_filter = ("state",)


@admin.register(Upload)
class UploadAdmin(LookOnly):
    """Uploads by their ids; whose they are is not shown."""

    list_display = ("id", "state", "size_bytes", "received_bytes", "pinned_at", "erased_at")
    list_filter = ("state",)
    exclude = ("driver", "vehicle", "report_sealed")


@admin.register(PinAudit)
class PinAuditAdmin(LookOnly):
    """What each place keeps of what it should."""

    list_display = (
        "created_at",
        "target",
        "is_reachable",
        "wanted",
        "held",
        "mended",
        "lost",
        "left_over",
        "damaged",
    )
    list_filter = ("target",)
