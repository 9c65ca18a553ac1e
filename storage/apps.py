"""Wiring of the storage room."""

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """Ciphertext, the keys sealed to each recipient, and their end."""

    name = "storage"

    def ready(self) -> None:
        """Plug into the sockets of the registry and the chain; register the checks."""
        # They register themselves, once the models are there.
        from storage import checks, events, exporting  # noqa: F401, PLC0415
