"""Wiring of the payouts room."""

from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    """What is owed, and how it leaves."""

    name = "payouts"

    def ready(self) -> None:
        """Plug into the chain's and the registry's sockets."""
        from payouts import comparing, erasure, events, exporting  # noqa: F401, PLC0415 - after the models
