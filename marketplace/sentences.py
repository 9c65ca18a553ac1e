"""A question in one plain sentence, and its figures by name."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from marketplace import words
from portal.templatetags.drawn import listed

Statistic = Mapping[str, Any]

_MEDIAN = ["0.5"]


def question(spec: Mapping[str, Any]) -> str:
    """Return the ask in one sentence made from the spec."""
    facts = {
        "what": listed([figure(one, spec) for one in spec["statistics"]]),
        "by": joined([words.key(one["key"]) for one in spec["group_by"]]),
        "source": words.SOURCES.get(spec["source"], spec["source"]),
        "months": months(spec["windows"]),
        "least": spec["min_cohort"],
    }
    if facts["by"]:
        text = gettext(
            "%(what)s; by %(by)s, from %(source)s in %(months)s, at least %(least)s drivers a group"
        )
    else:
        text = gettext("%(what)s; from %(source)s in %(months)s, at least %(least)s drivers")
    return capital(text % facts)


def figure(one: Statistic, spec: Mapping[str, Any]) -> str:
    """Return what a statistic tells, with the level when it is not every group."""
    keys = spec["group_by"]
    level = one.get("level", "group") if keys else "group"
    facts = {"what": plain(one, spec["source"]), "key": words.key(keys[0]["key"]) if keys else ""}
    return str(words.LEVELS[level]) % facts


def plain(one: Statistic, source: str) -> str:
    """Return what a statistic tells of a group."""
    per = one.get("per", {})
    signal = words.signal(one.get("signal", ""))
    if one.get("at") == _MEDIAN:
        return gettext("median of %(signal)s") % {"signal": signal}
    facts = {
        "signal": signal,
        "shares": listed([percent(at) for at in one.get("at", [])]),
        "number": words.COUNTED.get(source, source),
        "amount": amount(per) if per else "",
        "per": words.signal(per.get("signal", "")),
    }
    return str(words.KINDS[one["kind"]]) % facts


def column(one: Statistic, source: str, place: int) -> str:
    """Return what one column of a statistic tells: a bin, a quantile, or all of it."""
    if one["kind"] == "histogram":
        facts = {"signal": words.signal(one["signal"]), "bin": _bin(one, place)}
        return gettext("share of %(signal)s in %(bin)s") % facts
    if one["kind"] != "quantiles" or one["at"] == _MEDIAN:
        return plain(one, source)
    facts = {"share": percent(one["at"][place]), "signal": words.signal(one["signal"])}
    return gettext("%(share)s quantile of %(signal)s") % facts


def bounds(one: Statistic) -> str:
    """Return the public range of a statistic with its unit."""
    edges = one.get("clamp") or one["bins"]
    unit = words.unit(one.get("unit", "records"))
    return f"{_grouped(edges[0])}\N{EN DASH}{_grouped(edges[-1])} {unit}"


def amount(per: Statistic) -> str:
    """Return how much of it one figure of a rate stands for, such as 100 km."""
    return f"{per.get('amount', '1')} {words.unit(per['unit'])}"


def months(windows: Sequence[str]) -> str:
    """Return the first and the last month, or the one."""
    return " \N{EN DASH} ".join(dict.fromkeys([windows[0], windows[-1]]))


def joined(parts: Sequence[str]) -> str:
    """Return one or two things in words."""
    if len(parts) == 2:  # noqa: PLR2004 - a pair
        return gettext("%(one)s and %(other)s") % {"one": parts[0], "other": parts[1]}
    return listed(parts)


def percent(share: str) -> str:
    """Return a share such as 0.1 as 10%."""
    return f"{(100 * Decimal(share)).normalize():f}%"


def capital(text: str) -> str:
    """Return a text with a capital at its head."""
    return text[:1].upper() + text[1:]


def _bin(one: Statistic, place: int) -> str:
    low, high = one["bins"][place : place + 2]
    return f"{low}\N{EN DASH}{high} {words.unit(one['unit'])}"


def _grouped(number: str) -> str:
    return f"{Decimal(number):,}"
