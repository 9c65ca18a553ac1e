"""Template tags: money, digests, and pictures drawn on the server."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language

from portal import drawing

register = template.Library()

DECIMALS = 6
SHORT = 10


@register.filter
def money(units: int | str | None) -> str:
    """Return base units (10**-6 of a coin) as a coin amount in the reader's number format.

    At least two decimals, and as many as are needed to the last unit.
    """
    whole, rest = divmod(int(units or 0), 10**DECIMALS)
    decimals = f"{rest:0{DECIMALS}d}".rstrip("0").ljust(2, "0")
    amount = number_format(whole, use_l10n=True, force_grouping=True)
    return f"{amount}.{decimals}"


@register.filter
def plain_money(units: int | str) -> str:
    """Return base units as a coin amount for programs: no grouping, a point, six decimals."""
    whole, rest = divmod(int(units), 10**DECIMALS)
    return f"{whole}.{rest:0{DECIMALS}d}"


@register.filter
def short(digest: str | None) -> str:
    """Return the first and last signs of a digest or address."""
    text = str(digest or "")
    return text if len(text) <= 2 * SHORT else f"{text[:SHORT]}…{text[-6:]}"


@register.filter
def listed(words: Sequence[object]) -> str:
    """Return the words as a list in the reader's language."""
    between = "、" if get_language() == "zh-hans" else ", "
    return between.join(str(word) for word in words)


@register.filter
def rho(micro: int | None) -> str:
    """Return micro-rho as rho with the digits that matter."""
    whole, rest = divmod(int(micro or 0) + 50, 1_000_000)
    return f"{whole}.{f'{rest // 100:04d}'.rstrip('0').ljust(2, '0')}"


@register.inclusion_tag("portal/components/dot_grid.html")
def dot_grid(right: int) -> dict[str, Any]:
    """Draw the two grids: a guess without and with the reader's data."""
    return {"before": drawing.dots(50), "after": drawing.dots(right), "right": right}


@register.inclusion_tag("portal/components/meter.html")
def meter(used: int, cap: int, part: int = 0) -> dict[str, Any]:
    """Draw how much of a limit is used, with what an offer would add at its end."""
    return {
        "used": drawing.part_of(used, cap),
        "part": drawing.part_of(part, cap),
        "used_text": rho(used),
        "cap_text": rho(cap),
    }


@register.inclusion_tag("portal/components/interval.html")
def interval(part: float) -> dict[str, Any]:
    """Draw an interval as a part of its range, 0 to 100, with what is useful and what is refused.

    The marks are an eighth and a third of the range to each side of the middle.
    """
    drawn = max(part, drawing.THINNEST)
    marks = ["12.5", "33.3"]
    return {"part": part, "start": f"{-drawn / 2:.2f}", "width": f"{drawn:.2f}", "marks": marks}
