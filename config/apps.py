"""Wiring: Celery is made known, start-up checks are registered."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The top of the house."""

    name = "config"

    def ready(self) -> None:
        """Make the Celery application the current one for every process of ours."""
        from config import checks  # noqa: F401, PLC0415 - registers itself once apps are loaded
        from config.celery import app  # noqa: PLC0415 - needs the loaded settings

        app.set_current()
        app.set_default()
