"""Pages that belong to no room: what is shown when nothing is found or something broke."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path

from common import errors
from config import problems

routes: list[URLPattern | URLResolver] = [path("i18n/", include("django.conf.urls.i18n"))]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Return a problem for programs and a page for people."""
    if request.path.startswith("/api/"):
        return problems.page_of(404, "not_found", errors.NotFound.title, errors.NotFound.detail)
    return render(request, "portal/not_found.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Return an honest 500 without any detail of the fault."""
    title = errors.noop("Something broke on our side")
    detail = errors.noop("Something broke on our side; it was recorded. Nothing was changed.")
    if request.path.startswith("/api/"):
        return problems.page_of(500, "broken", title, detail)
    return render(request, "portal/broken.html", status=500)
