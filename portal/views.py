"""Pages of the shell: landing, dashboard, how privacy works, errors, theme and language."""

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from common.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound, Unavailable
from portal import nav, scripts
from portal.context import THEMES
from portal.nav import Role

YEAR_S = 60 * 60 * 24 * 365
FAMILIES: dict[type[DomainError], int] = {
    InvalidInput: 422,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Unavailable: 503,
}


def landing(request: HttpRequest) -> HttpResponse:
    """Show what this is; a signed-in reader goes to the dashboard."""
    if nav.role_of(request.user) is not Role.VISITOR:
        return redirect("dashboard")
    return render(request, "portal/landing.html", {"panels": nav.panels_for(Role.VISITOR, request)})


def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what waits for the reader, then a few numbers."""
    role = nav.role_of(request.user)
    if role is Role.VISITOR:
        return redirect("landing")
    panels = nav.panels_for(role, request)
    return render(
        request,
        "portal/dashboard.html",
        {
            "tasks": [task for panel in panels for task in panel.tasks],
            "figures": [figure for panel in panels for figure in panel.figures],
            "panels": panels,
        },
    )


def privacy(request: HttpRequest) -> HttpResponse:
    """Show how privacy works, in words first."""
    return render(request, "portal/privacy.html")


def error_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show what one error code means: the address in the `type` of every problem."""
    found = next((kind for kind in _kinds(DomainError) if kind.code == code), None)
    if found is None:
        raise Http404
    family = next((status for kind, status in FAMILIES.items() if issubclass(found, kind)), 400)
    context = {
        "code": code,
        "title": gettext(found.title),
        "detail": gettext(found.detail),
        "status": getattr(found, "status", family),
        "may_retry": issubclass(found, Unavailable),
    }
    return render(request, "portal/error.html", context)


def script_list(_request: HttpRequest) -> HttpResponse:
    """Return the digest of every script of ours; anybody's page may read it."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
    return JsonResponse(scripts.published(), headers=headers)


def _kinds(family: type[DomainError]) -> Iterator[type[DomainError]]:
    yield family
    for kind in family.__subclasses__():
        yield from _kinds(kind)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme in a cookie, so that the server draws the right one at once."""
    response = HttpResponseRedirect(_back(request))
    wanted = request.POST.get("theme", "")
    if wanted in THEMES:
        response.set_cookie("theme", wanted, max_age=YEAR_S, samesite="Lax", httponly=True)
    else:
        response.delete_cookie("theme")
    return response


def speak(_request: HttpRequest, language: str) -> HttpResponse:
    """Set the language by address (`/zh/`, `/en/`), for links that name one."""
    response = redirect("landing")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_S, samesite="Lax")
    return response


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else "/"
