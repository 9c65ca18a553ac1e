"""Pages of the registry: sign up, sign in, vehicles, my data, API keys."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import gates, nav
from portal.nav import Figure, NavItem, Panel, Role, Task
from registry import devices, presence, selectors
from registry.domain import browsers
from registry.issuing import SCOPES
from registry.models import Developer, Erasure, SignedIn, Vehicle

DRIVES = {
    "bev": _("Electric"),
    "phev": _("Plug-in hybrid"),
    "hev": _("Hybrid"),
    "fcev": _("Fuel cell"),
    "ice": _("Combustion"),
}
SCOPE_WORDS = {
    "catalogue": _("Read the catalogue"),
    "requests": _("File data requests"),
    "purchases": _("Buy and download"),
}

nav.add(
    NavItem(
        _("Home"), "dashboard", frozenset({Role.DRIVER, Role.DEVELOPER, Role.ADMIN}), 0, "home"
    ),
    NavItem(_("Vehicles"), "vehicles", frozenset({Role.DRIVER}), 60),
    NavItem(_("My data"), "my_data", frozenset({Role.DRIVER}), 90),
    NavItem(_("Settings"), "settings", frozenset({Role.DRIVER}), 95),
    NavItem(_("API keys"), "api_keys", frozenset({Role.DEVELOPER}), 90),
    NavItem(_("Developers"), "accreditations", frozenset({Role.ADMIN}), 40),
)


@nav.tells_role
def role_of(account: Any) -> Role | None:
    """Return the role the registry knows for an account."""
    driver = getattr(account, "driver", None)
    if driver is not None and driver.erased_at is None:
        return Role.DRIVER
    if getattr(account, "developer", None) is not None:
        return Role.DEVELOPER
    return Role.ADMIN if account.is_staff else None


@nav.panel(Role.DRIVER, order=1)
def sheet(request: HttpRequest) -> Panel:
    """Remind of the recovery sheet; only this browser knows whether it was kept."""
    driver = selectors.driver_of(request.user)
    return Panel(template="registry/sheet_reminder.html", context={"driver": driver})


@nav.panel(Role.DRIVER, order=10)
def first_car(request: HttpRequest) -> Panel:
    """Ask a new driver for a car."""
    cars = selectors.vehicles_of(selectors.driver_of(request.user))
    if cars.filter(state=Vehicle.State.ACTIVE).exists():
        return Panel()
    return Panel(
        tasks=[Task(gettext("Add the car you drive"), gettext("Add"), reverse("vehicles"))]
    )


@nav.panel(Role.DEVELOPER, order=10)
def standing(request: HttpRequest) -> Panel:
    """Tell a developer how they stand."""
    developer = selectors.developer_of(request.user)
    context = {"developer": developer, "licence": selectors.licence_of(developer)}
    return Panel(template="registry/standing.html", context=context)


@nav.panel(Role.ADMIN, order=20)
def unverified(_request: HttpRequest) -> Panel:
    """Tell the admin how many developers wait to be checked."""
    rows = selectors.developers().filter(standing=Developer.Standing.UNVERIFIED)
    figure = Figure(gettext("developers to check"), str(rows.count()), reverse("accreditations"))
    return Panel(figures=[figure])


def sign_up(request: HttpRequest) -> HttpResponse:
    """Show the five steps of a new driver."""
    return render(request, "registry/sign_up.html")


def developer_sign_up(request: HttpRequest) -> HttpResponse:
    """Show the form of a new developer."""
    return render(request, "registry/developer_sign_up.html")


def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the two ways in; remember where the reader wanted to go."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    door = Role.DRIVER if request.GET.get("as", Role.DRIVER) == Role.DRIVER else Role.DEVELOPER
    then = wanted if is_ours else reverse("dashboard")
    context = {"door": door.value, "next": then, "ended": _ended(request)}
    return render(request, "registry/sign_in.html", context)


@gates.open_to(Role.DRIVER)
def vehicles(request: HttpRequest) -> HttpResponse:
    """Show the driver's cars."""
    own = selectors.vehicles_of(selectors.driver_of(request.user)).filter(erased_at=None)
    cars = list(own.order_by("-created_at"))
    context = {
        "active": [_card(car) for car in cars if car.state == Vehicle.State.ACTIVE],
        "retired": [_card(car) for car in cars if car.state == Vehicle.State.RETIRED],
        "is_last": sum(car.state == Vehicle.State.ACTIVE for car in cars) == 1,
        "drives": DRIVES.items(),
    }
    return render(request, "registry/vehicles.html", context)


def recover(request: HttpRequest) -> HttpResponse:
    """Show the way back in with the recovery words."""
    return render(request, "registry/recover.html")


def lost(request: HttpRequest) -> HttpResponse:
    """Show what still works, and what is gone, without passphrase and recovery words."""
    return render(request, "registry/lost.html")


@gates.open_to(Role.DRIVER)
def settings(request: HttpRequest) -> HttpResponse:
    """Show what opens the account, and where it is open."""
    driver, now = selectors.driver_of(request.user), timezone.now()
    rows = devices.living(driver.user, at=now).order_by("-created_at")
    here = request.session.session_key
    context = {"vault": driver.vault, "devices": [_device(row, here, now.date()) for row in rows]}
    return render(request, "registry/settings.html", context)


@gates.open_to(Role.DRIVER)
def my_data(request: HttpRequest) -> HttpResponse:
    """Show how to take everything along, or to leave."""
    erasures = selectors.erasures_of(selectors.driver_of(request.user))
    whole = erasures.filter(vehicle=None).first()
    is_finished = whole is not None and whole.state == Erasure.State.FINISHED
    context = {
        "erasure": {"is_finished": is_finished} if whole else None,
        "cars": erasures.exclude(vehicle=None).order_by("-created_at"),
    }
    return render(request, "registry/my_data.html", context)


@gates.open_to(Role.DEVELOPER)
def api_keys(request: HttpRequest) -> HttpResponse:
    """Show the developer's living keys."""
    keys = selectors.living_keys(selectors.developer_of(request.user)).order_by("-created_at")
    words = [(scope, SCOPE_WORDS.get(scope, scope)) for scope in SCOPES]
    return render(request, "registry/api_keys.html", {"keys": keys, "scopes": words})


@gates.open_to(Role.ADMIN)
def accreditations(request: HttpRequest) -> HttpResponse:
    """Show developers, those to check first."""
    rows = list(selectors.developers().order_by("created_at"))
    waiting = [row for row in rows if row.standing == Developer.Standing.UNVERIFIED]
    done = [row for row in rows if row.standing != Developer.Standing.UNVERIFIED]
    for row in done:
        row.licence = selectors.licence_of(row)  # type: ignore[attr-defined] # for the page alone
    return render(request, "registry/accreditations.html", {"waiting": waiting, "done": done})


def _device(row: SignedIn, here: str | None, today: date) -> dict[str, Any]:
    return {
        "id": row.id,
        "browser": _("Another program") if row.browser == browsers.OTHER else row.browser,
        "signed_in_at": row.created_at,
        "last_seen_on": row.last_seen_on,
        "is_today": row.last_seen_on == today,
        "is_current": row.session_key == here,
    }


def _ended(request: HttpRequest) -> dict[str, Any] | None:
    """Return why and when this device was signed out from elsewhere, if it was."""
    told = request.session.get(presence.ENDED)
    return {**told, "at": datetime.fromisoformat(told["at"])} if told else None


def _card(car: Vehicle) -> dict[str, Any]:
    return {
        "id": car.id,
        "name": f"{car.brand} {car.model}".strip() or gettext("A car"),
        "year": car.year,
        "powertrain": DRIVES.get(car.powertrain, ""),
        "is_simulated": car.is_simulated,
    }
