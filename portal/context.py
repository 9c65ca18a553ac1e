"""What every page needs to draw its shell."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import mark_safe

from portal import nav

THEMES = ("light", "dark")
TOKEN = {"symbol": "tUSD", "decimals": 6}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return theme, reader, menu and payment token for the base template."""
    account = getattr(request, "user", None)
    role = nav.role_of(account) if account is not None else nav.Role.VISITOR
    items = nav.items_for(role)
    theme = request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in THEMES else "",
        "role": role.value,
        "handle": account.get_username() if account is not None else "",
        "menu": items,
        "foot_menu": [] if role is nav.Role.VISITOR else [i for i in items if i.icon][:4],
        "token": TOKEN,
        "import_map": mark_safe(settings.IMPORT_MAP),  # noqa: S308 - ours, and pinned by the policy
    }
