"""Who may open a page, and what a refusal looks like to a person."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from common.errors import DomainError, NotAllowed, NotFound, Unavailable
from portal import nav
from portal.nav import Role

View = Callable[..., HttpResponse]


def open_to(*roles: Role) -> Callable[[View], View]:
    """Let only these roles in; send everybody else to the sign-in page and back."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if nav.role_of(request.user) not in roles:
                wanted = urlencode({"next": request.get_full_path(), "as": roles[0].value})
                return HttpResponseRedirect(f"{reverse('sign_in')}?{wanted}")
            answer = _shown(view, request, *args, **kwargs)
            # Nobody who sits down here later may see it with the back button.
            answer["Cache-Control"] = "private, no-store"
            return answer

        return guarded

    return decorate


def public(view: View) -> View:
    """Let everybody in, and draw refusals as pages."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _shown(view, request, *args, **kwargs)

    return guarded


def _shown(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except NotFound:
        return render(request, "portal/not_found.html", status=404)
    except DomainError as error:
        return render(
            request,
            "portal/refused.html",
            {"title": gettext(error.title), "detail": _sentence(error)},
            status=_status(error),
        )


def _sentence(error: DomainError) -> str:
    detail = gettext(error.detail)
    return detail % error.facts if error.facts else detail


def _status(error: DomainError) -> int:
    if isinstance(error, Unavailable):
        return 503
    return 403 if isinstance(error, NotAllowed) else 409
