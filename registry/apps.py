"""Wiring of the registry."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Who and what: drivers, vaults, vehicles, developers, API keys."""

    name = "registry"
