"""Wiring of the ground floor."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Errors, units, the base row and the manners of the API."""

    name = "common"
