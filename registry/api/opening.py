"""Open and describe a session."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.models import User
from rest_framework.request import Request

from registry import presence
from registry.errors import PassphraseNeeded
from registry.sign_in import BACKEND

_WALLET = "opened_by_wallet"
"""Key of the session under which the address of the wallet that opened it is kept."""


def open_session(request: Request, user: User, *, wallet: str | None = None) -> None:
    """Sign the user in on this browser, under a fresh session id and CSRF token.

    wallet: address of the wallet that opens the session; None for a passphrase or password.
    """
    before = request._request.session.session_key
    login(request._request, user, backend=BACKEND)
    presence.note(request._request, user, known_as=before)
    request._request.session[_WALLET] = wallet


def wallet_of(request: Request) -> str | None:
    """Return the address of the wallet that opened this session, if one did."""
    address: str | None = request._request.session.get(_WALLET)
    return address


def require_passphrase(request: Request) -> None:
    """Raise PassphraseNeeded in a session that a wallet opened."""
    if wallet_of(request) is not None:
        raise PassphraseNeeded


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
