"""Who may come through a door."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from registry import selectors
from registry.errors import ScopeMissing
from registry.models import ApiKey


class IsDriver(BasePermission):
    """Drivers alone; says so to everybody else who is signed in."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - DRF's signature
        """Return True for a driver. Raises NoDriver."""
        return _is_known(request) and bool(selectors.driver_of(request.user))


class IsDeveloper(BasePermission):
    """Developers alone. A view with a `scope` wants an API key that has it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return True for a developer. Raises NoDeveloper, ScopeMissing."""
        if not _is_known(request):
            return False
        scope = getattr(view, "scope", None)
        if scope and isinstance(request.auth, ApiKey) and scope not in request.auth.scopes:
            raise ScopeMissing(scope=scope)
        return bool(selectors.developer_of(request.user))


class IsSignedIn(BasePermission):
    """Whoever is signed in with a browser, whatever their role; API keys have no devices."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - DRF's signature
        """Return True for a session."""
        return bool(_is_known(request) and request.auth is None)


class IsAdmin(BasePermission):
    """The people who run this marketplace."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - DRF's signature
        """Return True for staff, by session alone: there are no admin API keys."""
        return bool(_is_known(request) and request.user.is_staff and request.auth is None)


def _is_known(request: Request) -> bool:
    return bool(request.user and request.user.is_authenticated)
