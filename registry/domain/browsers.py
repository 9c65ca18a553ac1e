"""Which family of browsers a User-Agent header speaks of: as coarse as people say it."""

from typing import Final

OTHER: Final = "Other"

_SIGNS: Final = (
    ("Odometer client", ("python-requests", "odometer/")),
    ("Edge", ("Edg/", "EdgA/", "EdgiOS/")),
    ("Opera", ("OPR/", "OPiOS/")),
    ("Samsung Internet", ("SamsungBrowser/",)),
    ("WeChat", ("MicroMessenger/",)),
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Chrome", ("Chrome/", "CriOS/", "Chromium/")),
    ("Safari", ("Safari/",)),
)
"""In this order: most browsers also name those that they descend from."""


def family_of(user_agent: str) -> str:
    """Return the family, or `Other`; never a version, a system or a device."""
    return next(
        (family for family, signs in _SIGNS if any(sign in user_agent for sign in signs)), OTHER
    )
