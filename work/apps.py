"""Wiring of the work room."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Work that must happen, as leased rows."""

    name = "work"
