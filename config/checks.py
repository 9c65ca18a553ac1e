"""What must be set before this may face the public."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from config import env


@register(Tags.security, deploy=True)
def secrets_are_set(**_: Any) -> list[CheckMessage]:
    """Refuse a deployment whose secret key changes with every process."""
    if env.secret("DJANGO_SECRET_KEY"):
        return []
    return [Error("DJANGO_SECRET_KEY or DJANGO_SECRET_KEY_FILE is not set", id="config.E001")]


@register()
def keys_are_apart(**_: Any) -> list[CheckMessage]:
    """Refuse one process that holds both the builder's and the sender's key."""
    has_builders = settings.BUILDER_PRIVATE_KEY or settings.BUILDER_OLD_PRIVATE_KEYS
    if has_builders and settings.CHAIN_SENDER_KEY:
        return [Error("One process holds the builder's and the sender's key", id="config.E002")]
    return []
