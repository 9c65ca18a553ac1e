"""The list of rooms, lowest floor first: the one line a new wing adds."""

ROOMS = [
    "work",
    "chain",
    "audit",
    "portal",
    "registry",
    "consent",
    "storage",
    "payouts",
    "anonymize",
    "marketplace",
]
"""Rooms in Django's order of loading; a room with `urls.py` gets its API and pages mounted."""
