"""Middleware: note once a day that a session is in use, and tell one that was ended why."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from registry import devices
from registry.domain import browsers

SEEN = "seen_on"
ENDED = "ended"


class PresenceMiddleware:
    """Stands after Django's own sign-in; costs one write a day and session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the session cookie, if there is one, then go on."""
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if cookie:
            _look_at(request, cookie)
        return self.get_response(request)


def note(request: HttpRequest, user: User, *, known_as: str | None) -> None:
    """Remember the session of this request as one of the user's.

    known_as: the key it had before; a session that was just opened has another one.
    """
    now, session = timezone.now(), request.session
    session.pop(ENDED, None)
    session[SEEN] = now.date().isoformat()
    if session.session_key is None:
        session.save()
    is_new = session.session_key != known_as
    if is_new:  # noting it every day must not make it live longer
        session.set_expiry(now + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    remember = devices.begin if is_new else devices.note
    family = browsers.family_of(request.headers.get("User-Agent", ""))
    remember(user=user, session_key=str(session.session_key), browser=family, at=now)


def _look_at(request: HttpRequest, cookie: str) -> None:
    if isinstance(request.user, User):
        if request.session.get(SEEN) != timezone.now().date().isoformat():
            note(request, request.user, known_as=request.session.session_key)
    elif ENDED not in request.session and request.session.session_key != cookie:
        row = devices.ended(cookie)
        if row is not None and row.ended_at is not None:
            request.session[ENDED] = {"why": row.ended_why, "at": row.ended_at.isoformat()}
