"""Turn a refusal into an RFC 9457 problem in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, JsonResponse
from django.utils.translation import gettext
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common import errors, request_id

STATUS: Mapping[type[errors.DomainError], int] = {
    errors.InvalidInput: 422,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Unavailable: 503,
}

FROM_FRAMEWORK: Mapping[type[Exception], tuple[int, str, str, str]] = {
    exceptions.NotAuthenticated: (
        401,
        "not_signed_in",
        errors.noop("Sign in first"),
        errors.noop("This needs a session or an API key."),
    ),
    exceptions.AuthenticationFailed: (
        401,
        "not_signed_in",
        errors.noop("Sign in first"),
        errors.noop("The session or API key is not valid."),
    ),
    exceptions.PermissionDenied: (
        403,
        "not_allowed",
        errors.NotAllowed.title,
        errors.NotAllowed.detail,
    ),
    PermissionDenied: (403, "not_allowed", errors.NotAllowed.title, errors.NotAllowed.detail),
    Http404: (404, "not_found", errors.NotFound.title, errors.NotFound.detail),
    exceptions.NotFound: (404, "not_found", errors.NotFound.title, errors.NotFound.detail),
    exceptions.MethodNotAllowed: (
        405,
        "method_not_allowed",
        errors.noop("This address does not take that method"),
        errors.noop("This address does not take that method."),
    ),
    exceptions.UnsupportedMediaType: (
        415,
        "unsupported_media_type",
        errors.noop("This kind of body is not understood"),
        errors.noop("Send JSON with Content-Type: application/json."),
    ),
    exceptions.ParseError: (
        400,
        "unreadable_body",
        errors.noop("The body cannot be read"),
        errors.noop("The body is not valid JSON."),
    ),
    RequestDataTooBig: (
        413,
        "body_too_large",
        errors.noop("The body is too large"),
        errors.noop("The body is too large. Send an upload in parts of at most 8 MiB."),
    ),
    exceptions.Throttled: (
        429,
        "too_many_requests",
        errors.noop("Too many requests"),
        errors.noop("Too many requests. Wait as long as Retry-After says."),
    ),
}


def status_of(error: errors.DomainError) -> int:
    """Return the HTTP status of the error's family, or its own when it names one."""
    own = getattr(error, "status", None)
    if own is not None:
        return int(own)
    return next((s for family, s in STATUS.items() if isinstance(error, family)), 400)


def body_of(error: errors.DomainError) -> dict[str, Any]:
    """Return the problem document of a refusal."""
    detail = gettext(error.detail)
    body = _body(status_of(error), error.code, gettext(error.title), detail % error.facts or detail)
    body["facts"] = {name: _plain(value) for name, value in error.facts.items()}
    if error.fields:
        body["fields"] = error.fields
    if error.suggestion is not None:
        body["suggestion"] = dict(error.suggestion)
    body.update(getattr(error, "extra", {}))
    return body


def answer(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF exception handler: every refusal is a problem document.

    Returns None for what is not a refusal, so that it is logged and answered as a 500.
    """
    body, headers = _problem(error)
    if body is None:
        return None
    framework = exception_handler(error, dict(context))  # rolls the transaction back
    if framework is not None:
        headers = {
            name: framework[name]
            for name in ("Retry-After", "WWW-Authenticate")
            if name in framework
        }
    return Response(
        body, status=body["status"], headers=headers, content_type="application/problem+json"
    )


def page_of(status: int, code: str, title: str, detail: str) -> JsonResponse:
    """Return a problem outside DRF (unknown route, crash)."""
    return JsonResponse(
        _body(status, code, gettext(title), gettext(detail)),
        status=status,
        content_type="application/problem+json",
    )


def _problem(error: Exception) -> tuple[dict[str, Any] | None, dict[str, str]]:
    if isinstance(error, errors.DomainError):
        retry = {"Retry-After": "2"} if status_of(error) == 503 else {}  # noqa: PLR2004
        return body_of(error), {**retry, **getattr(error, "headers", {})}
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error), {}
    for kind, (status, code, title, detail) in FROM_FRAMEWORK.items():
        if isinstance(error, kind):
            return _body(status, code, gettext(title), gettext(detail)), {}
    return None, {}


def _invalid(error: exceptions.ValidationError) -> dict[str, Any]:
    body = _body(
        422,
        "invalid_input",
        gettext(errors.InvalidInput.title),
        gettext("Some fields are missing or not right; they are named under fields."),
    )
    body["fields"] = list(_fields(error.detail, "#"))
    return body


def _fields(detail: Any, pointer: str) -> list[dict[str, str]]:
    if isinstance(detail, Mapping):
        return [
            row
            for name, part in detail.items()
            for row in _fields(part, pointer if name == "non_field_errors" else f"{pointer}/{name}")
        ]
    if isinstance(detail, list):
        return [row for part in detail for row in _fields(part, pointer)]
    return [{"pointer": pointer, "code": str(detail.code), "detail": str(detail)}]


def _body(status: int, code: str, title: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"/docs/errors/{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id.current(),
    }


def _plain(value: Any) -> Any:
    """Return the fact as JSON can hold it; amounts of money are texts already."""
    return value if isinstance(value, (int, str, bool, list, dict, type(None))) else str(value)
