"""Wiring of the portal: the shell brings its own two pages."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The shell of every page."""

    name = "portal"
