"""Wiring of the marketplace."""

from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    """What is offered, asked for and bought."""

    name = "marketplace"

    def ready(self) -> None:
        """Plug into the chain's socket."""
        from marketplace import comparing, events  # noqa: F401, PLC0415 - after the models
