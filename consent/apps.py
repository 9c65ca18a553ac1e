"""Wiring of the consent room."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Who may use what, for which purpose, until when."""

    name = "consent"

    def ready(self) -> None:
        """Plug into the chain's and the registry's sockets."""
        from consent import comparing, erasure, events, exporting  # noqa: F401, PLC0415 - after the models
