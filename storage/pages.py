"""Pages of uploads: hand a file in, see what was handed in, erase."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import gates, nav
from portal.nav import NavItem, Panel, Role, Task
from registry import selectors as registry
from registry.models import Vehicle
from storage import findings, selectors
from storage.models import Upload

WAITING = (Upload.State.RECEIVING, Upload.State.RECEIVED)
STATES = {
    "receiving": (_("receiving"), "wait"),
    "received": (_("received"), "wait"),
    "pinned": (_("pinned"), "good"),
    "checked": (_("checked"), "good"),
    "unreadable": (_("unreadable"), "bad"),
    "erased": (_("erased"), "stop"),
}

nav.add(NavItem(_("My uploads"), "uploads", frozenset({Role.DRIVER}), 50))


@nav.panel(Role.DRIVER, order=15)
def first_upload(request: HttpRequest) -> Panel:
    """Ask a driver who has a car for a first file."""
    driver = registry.driver_of(request.user)
    kept = selectors.uploads_of(driver).exclude(state__in=(Upload.State.ERASED, *WAITING))
    has_car = registry.vehicles_of(driver).filter(state=Vehicle.State.ACTIVE).exists()
    if kept.exists() or not has_car:
        return Panel()
    task = Task(gettext("Hand in a first file"), gettext("Upload"), reverse("upload"))
    return Panel(tasks=[task])


@gates.open_to(Role.DRIVER)
def upload(request: HttpRequest) -> HttpResponse:
    """Show where a file is read, sealed and sent."""
    driver = registry.driver_of(request.user)
    cars = registry.vehicles_of(driver).filter(state=Vehicle.State.ACTIVE).order_by("-created_at")
    context = {
        "cars": [{"id": car.id, "name": _name(car)} for car in cars],
        "driver": driver,
        "most_bytes": settings.UPLOAD_MAX_BYTES,
        "findings": findings.as_json(),
    }
    return render(request, "storage/upload.html", context)


@gates.open_to(Role.DRIVER)
def uploads(request: HttpRequest) -> HttpResponse:
    """Show what the driver handed in."""
    rows = selectors.uploads_of(registry.driver_of(request.user)).select_related("vehicle")
    cards = [_card(row) for row in rows.order_by("-created_at")]
    context = {
        "kept": [card for card in cards if card["state"] != Upload.State.ERASED],
        "erased": [card for card in cards if card["state"] == Upload.State.ERASED],
    }
    return render(request, "storage/uploads.html", context)


def _card(row: Upload) -> dict[str, Any]:
    word, kind = STATES[row.state]
    return {
        "id": row.id,
        "car": _name(row.vehicle),
        "is_simulated": row.vehicle.is_simulated,
        "at": row.created_at,
        "size_bytes": row.size_bytes,
        "state": row.state,
        "word": word,
        "kind": kind,
        "findings": findings.in_words(row.quality.get("codes", [])),
        "percent": 100 * row.received_bytes // max(1, row.size_bytes),
        "cid": row.sealed.cid if row.sealed else "",
        "erased_at": row.erased_at,
    }


def _name(car: Vehicle) -> str:
    return f"{car.brand} {car.model}".strip() or gettext("A car")
