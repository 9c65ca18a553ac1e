"""The admin's page of what is stored, and where."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from portal import gates, nav
from portal.nav import NavItem, Role
from storage import usage
from storage.models import PinAudit

WORDS = {
    "kept": _("waiting for the node"),
    "pinned": _("stored"),
    "erased": _("erased"),
}

nav.add(NavItem(_("Storage"), "storage", frozenset({Role.ADMIN}), 60))


@gates.open_to(Role.ADMIN)
def storage(request: HttpRequest) -> HttpResponse:
    """Show usage and the last audit of every place; only counts, nothing of anybody."""
    told = {
        "usage": [(WORDS[row.state], row) for row in usage.by_state()],
        "audits": [_told(row) for row in usage.last_audits()],
        "every_minutes": settings.PIN_AUDIT_EVERY_S // 60,
    }
    return render(request, "storage/storage.html", told)


def _told(row: PinAudit) -> dict[str, Any]:
    if not row.is_reachable:
        kind, word = "bad", _("does not answer")
    elif row.lost or row.damaged:
        kind, word = "bad", _("bytes are missing")
    elif row.mended or row.left_over:
        kind, word = "wait", _("mended")
    else:
        kind, word = "good", _("whole")
    return {"row": row, "kind": kind, "word": word}
