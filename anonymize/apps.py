"""Wiring of the room where consent meets data."""

from django.apps import AppConfig


class AnonymizeConfig(AppConfig):
    """Differential privacy over what consenting drivers recorded."""

    name = "anonymize"

    def ready(self) -> None:
        """Plug into the chain's socket."""
        from anonymize import comparing, events, exporting  # noqa: F401, PLC0415 - after the models
