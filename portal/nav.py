"""Socket: rooms plug in who is here, their menu items and their part of the dashboard."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest
from django.utils.functional import Promise

Account = AbstractBaseUser | AnonymousUser
Text = str | Promise


class Role(StrEnum):
    """As whom somebody looks at a page."""

    VISITOR = "visitor"
    DRIVER = "driver"
    DEVELOPER = "developer"
    ADMIN = "admin"


@dataclass(frozen=True)
class NavItem:
    """One line of the menu. With an icon it also stands in the bar at the foot of a phone."""

    label: Text
    route: str
    roles: frozenset[Role]
    order: int
    icon: str = ""


@dataclass(frozen=True)
class Task:
    """One thing that waits for the reader, and where to do it."""

    text: Text
    act: Text
    url: str


@dataclass(frozen=True)
class Figure:
    """One number of the dashboard; `value` is already written for people."""

    label: Text
    value: str
    url: str


@dataclass(frozen=True)
class Panel:
    """What one room has to say on the dashboard, or on the landing page to a visitor."""

    tasks: Sequence[Task] = ()
    figures: Sequence[Figure] = ()
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


Source = Callable[[HttpRequest], Panel]

_items: dict[str, NavItem] = {}
_panels: dict[tuple[Role, int, str], Source] = {}
_roles: list[Callable[[Account], Role | None]] = []


def add(*items: NavItem) -> None:
    """Put items on the menu; plugging the same route in again changes nothing."""
    for item in items:
        _items.setdefault(item.route, item)


def panel(role: Role, *, order: int) -> Callable[[Source], Source]:
    """Plug a source of the dashboard of this role in; lower orders stand first."""

    def plug(source: Source) -> Source:
        _panels[(role, order, f"{source.__module__}.{source.__qualname__}")] = source
        return source

    return plug


def tells_role(tell: Callable[[Account], Role | None]) -> Callable[[Account], Role | None]:
    """Plug in how the role of a signed-in account is known."""
    _roles.append(tell)
    return tell


def role_of(account: Account) -> Role:
    """Return as whom this account looks at pages."""
    if not account.is_authenticated:
        return Role.VISITOR
    told = (tell(account) for tell in _roles)
    return next((role for role in told if role is not None), Role.VISITOR)


def items_for(role: Role) -> list[NavItem]:
    """Return the menu of a role, in order."""
    return sorted((i for i in _items.values() if role in i.roles), key=lambda i: i.order)


def panels_for(role: Role, request: HttpRequest) -> list[Panel]:
    """Return what the rooms have to say to this role now, in order."""
    return [_panels[key](request) for key in sorted(_panels) if key[0] == role]
