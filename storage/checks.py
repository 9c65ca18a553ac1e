"""What must be in order before a process may touch keys."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from common.errors import DomainError
from storage import keyring


@register()
def builder_key_fits(**_: Any) -> list[CheckMessage]:
    """Refuse a builder whose private key is not the one that drivers seal to."""
    try:
        problem = keyring.key_problem()
    except DomainError as error:
        problem = str(error)
    return [Error(f"{problem}", id="storage.E001")] if problem else []
