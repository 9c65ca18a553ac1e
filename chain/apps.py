"""Wiring of the chain room."""

from django.apps import AppConfig


class ChainConfig(AppConfig):
    """What we say to the chain and what we hear from it."""

    name = "chain"
