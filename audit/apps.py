"""Wiring of the audit room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, in lines that cannot be changed unseen."""

    name = "audit"
