"""Instants as people's programs read them."""

from datetime import UTC, datetime


def text(instant: datetime | None) -> str | None:
    """Return the instant in RFC 3339, UTC, to the second; None stays None."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if instant else None
