"""The site map, built from the rooms."""

from importlib import import_module
from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from config import api, pages
from config.rooms import ROOMS

Routes = list[URLPattern | URLResolver]


def _routes(name: str) -> Routes:
    """Return one kind of routes (`api` or `pages`) of every room that has them."""
    found: Routes = []
    for room in ROOMS:
        if find_spec(f"{room}.urls"):
            found += getattr(import_module(f"{room}.urls"), name, [])
    return found


urlpatterns: Routes = [
    path("api/v1/", include((_routes("api") + api.routes, "api"))),
    path("api/v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("look/", admin.site.urls),
    *pages.routes,
    *_routes("pages"),
]

handler404 = "config.pages.not_found"
handler500 = "config.pages.broken"
