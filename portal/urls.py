"""Addresses of the shell's own pages."""

from django.urls import URLPattern, path
from django.views.i18n import JavaScriptCatalog

from portal import views

api: list[URLPattern] = []
pages: list[URLPattern] = [
    path("", views.landing, name="landing"),
    path("home", views.dashboard, name="dashboard"),
    path("how-privacy-works", views.privacy, name="privacy"),
    path("docs/errors/<slug:code>", views.error_page, name="error"),
    path("theme", views.theme, name="theme"),
    path("texts.js", JavaScriptCatalog.as_view(packages=["portal"]), name="texts"),
    path("scripts.json", views.script_list, name="scripts"),
    path("en/", views.speak, {"language": "en"}, name="speak_en"),
    path("zh/", views.speak, {"language": "zh-hans"}, name="speak_zh"),
    path("zh-cn/", views.speak, {"language": "zh-hans"}),
    path("zh-hans/", views.speak, {"language": "zh-hans"}),
]
