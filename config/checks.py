"""What must be set before this may face the public."""

import os
from typing import Any

from django.conf import settings
from django.core import checks
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


@register(Tags.security, deploy=True)
def keys_are_copied(**_: Any) -> list[CheckMessage]:
    """Warn of a deployment that loses every upload with its one database."""
    if settings.BACKUP_DIR is not None:
        return []
    hint = "Set it, or run back_up --keys-only every few minutes: docs/backup.md"
    return [
        checks.Warning(
            "BACKUP_DIR is not set: nothing copies the keys", hint=hint, id="config.W001"
        )
    ]


@register()
def backups_have_a_place(**_: Any) -> list[CheckMessage]:
    """Warn when the folder of the backups is not there: a disk may not be mounted."""
    place = settings.BACKUP_DIR
    if place is None or os.access(place, os.W_OK | os.X_OK):
        return []
    return [
        checks.Warning(f"BACKUP_DIR is no folder that can be written: {place}", id="config.W002")
    ]
