"""Wiring of the registry."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Who and what: drivers, vaults, vehicles, developers, API keys."""

    name = "registry"

    def ready(self) -> None:
        """Plug into the chain's socket."""
        from registry import events  # noqa: F401, PLC0415 - the rows must be loaded first
