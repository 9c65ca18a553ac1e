"""Typed readers of the environment; a missing secret fails loudly."""

import os
from pathlib import Path


def text(name: str, default: str = "") -> str:
    """Return the variable, or the default when it is unset or empty."""
    return os.environ.get(name) or default


def number(name: str, default: int) -> int:
    """Return the variable as an integer. Raises ValueError that names the variable."""
    raw = text(name)
    try:
        return int(raw) if raw else default
    except ValueError as error:
        raise ValueError(f"{name} must be a whole number") from error


def flag(name: str, *, default: bool = False) -> bool:
    """Return True for 1, true, yes, on."""
    raw = text(name)
    return raw.lower() in {"1", "true", "yes", "on"} if raw else default


def folder(name: str) -> Path | None:
    """Return the variable as a path, or None when it is unset or empty."""
    return Path(text(name)).resolve() if text(name) else None


def words(name: str, default: str = "") -> list[str]:
    """Return the comma-separated parts of the variable."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def secret(name: str) -> str:
    """Return the variable, or the content of the file that NAME_FILE names, or an empty text.

    A room that cannot live without a secret says so in a system check with an id of its own.
    """
    file = text(f"{name}_FILE")
    if file and Path(file).is_file():
        return Path(file).read_text(encoding="utf-8").strip()
    return text(name)


def inherited(**more: str) -> dict[str, str]:
    """Return what a program that we start is told: our own environment and more."""
    return {**os.environ, **more}
