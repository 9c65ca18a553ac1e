"""Dates and numbers as they stand in files, or the reason why they do not."""

import re
from datetime import datetime

from anonymize.formats.quality import Refusal

_DAY_FIRST = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})", re.ASCII)
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", re.ASCII)
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{0,12})?", re.ASCII)

_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_LARGEST_WH = 1_000_000
_WH_IN_KWH = 1000


def day_first(day: str, clock: str) -> datetime | None:
    """Return a local moment written dd/mm/yyyy and hh:mm or hh:mm:ss; None when it cannot be."""
    match = _DAY_FIRST.fullmatch(day)
    if match is None or _CLOCK.fullmatch(clock) is None:
        return None
    return _moment(f"{match[3]}-{match[2]}-{match[1]}T{clock}")


def year_first(text: str) -> datetime | None:
    """Return the local moment of an ISO date and time, offset left aside; None when impossible."""
    match = _ISO.fullmatch(text)
    return None if match is None else _moment(f"{match[1]}T{match[2]}")


def energy_wh(text: str, *, decimal: str = ".") -> int | Refusal:
    """Return an energy written in kWh as whole Wh, or why it cannot be used."""
    number = text.strip().replace(decimal, ".") if decimal != "." else text.strip()
    if not number:
        return Refusal.MISSING_ENERGY
    if _NUMBER.fullmatch(number) is None:
        return Refusal.UNREADABLE_NUMBER
    energy = round(float(number) * _WH_IN_KWH)
    if energy < 0:
        return Refusal.NEGATIVE_ENERGY
    if energy > _LARGEST_WH:
        return Refusal.IMPOSSIBLE_ENERGY
    return energy or Refusal.ZERO_ENERGY


def order(start: datetime | None, end: datetime | None) -> Refusal | None:
    """Return why a start and an end cannot belong to one session, or None."""
    if start is None or end is None:
        return Refusal.IMPOSSIBLE_DATE
    return Refusal.END_BEFORE_START if end < start else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None
