"""Open and describe a session."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.models import User
from rest_framework.request import Request

from registry.sign_in import BACKEND


def open_session(request: Request, user: User) -> None:
    """Sign the user in on this browser, under a fresh session id and CSRF token."""
    login(request._request, user, backend=BACKEND)


def session_shown(user: Any) -> dict[str, Any]:
    """Return who is signed in, or that nobody is."""
    kind = kind_of(user)
    body: dict[str, Any] = {"object": "session", "id": "current", "is_signed_in": bool(kind)}
    body |= {"kind": kind, "handle": None, "driver_id": None, "developer_id": None}
    if kind is None:
        return body
    body["handle"] = user.get_username()
    if kind in {"driver", "developer"}:
        body[f"{kind}_id"] = str(getattr(user, kind).id)
    return body


def kind_of(user: Any) -> str | None:
    """Return `admin`, `driver`, `developer`, or None when nobody is signed in."""
    if not user.is_authenticated:
        return None
    if user.is_staff:
        return "admin"
    return next((kind for kind in ("driver", "developer") if hasattr(user, kind)), None)


def address_of(request: Request) -> str:
    """Return the network address the request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))
