"""Give every request an id that is in its answer, its problems and our logs."""

import contextvars
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_current: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")


def current() -> str:
    """Return the id of the request being answered, or `-` outside of one."""
    return _current.get()


class RequestIdMiddleware:
    """Set `Request-Id` on every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request under a fresh id."""
        token = _current.set(secrets.token_hex(8))
        try:
            response = self.get_response(request)
            response["Request-Id"] = current()
        finally:
            _current.reset(token)
        return response
