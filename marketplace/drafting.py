"""Tell a draft of a question: what it promises, or why it is refused and what would pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext

from anonymize import selectors as anonymize
from anonymize.domain.errors import SpecRefused
from marketplace import promising, sentences, words
from marketplace.domain import changing
from marketplace.promising import Told
from portal.templatetags.drawn import listed, rho

Spec = Mapping[str, Any]
DRIVERS = "/drivers_needed"
"""What more of would help, beside the question."""


@dataclass(frozen=True)
class Remedy:
    """Why a draft is not useful, which member is at fault, and the draft that would be better.

    pointer: JSON pointer into the spec. change: what the better draft does, in words. spec,
    drivers: what is better; the other one stays.
    """

    reason: str
    pointer: str
    change: str = ""
    spec: Spec | None = None
    drivers: int | None = None


@dataclass(frozen=True)
class Draft:
    """What a page tells of a draft. told: None when it cannot be asked at all."""

    question: str
    told: Told | None
    remedy: Remedy | None
    privacy: Mapping[str, Any] | None = None

    @property
    def verdict(self) -> tuple[str | Promise, str]:
        """The verdict in words; what cannot be asked would be refused."""
        return self.told.verdict if self.told else words.VERDICTS["refused"]


def draft(spec: Spec, drivers: int) -> Draft:
    """Return what a question over so many drivers promises. It asks no ledger and no data."""
    try:
        told = promising.promised(spec, drivers)
    except SpecRefused as refusal:
        return Draft("", None, _refused(spec, refusal))
    privacy = anonymize.privacy_facts(spec["rho_micro"])
    return Draft(sentences.question(spec), told, _better(spec, told), privacy)


def unreadable() -> Draft:
    """Return what is told when there is no question, or no number of drivers."""
    reason = gettext("Write how many drivers you need: a whole number, 1 or more.")
    return Draft("", None, Remedy(reason, DRIVERS))


def _refused(spec: Spec, refusal: SpecRefused) -> Remedy:
    field = refusal.fields[0] if refusal.fields else {}
    pointer = field.get("pointer", "")
    text = gettext(refusal.detail)
    reason = text % refusal.facts if refusal.facts else text
    reason = f"{reason} {field.get('detail', '')}".strip()
    if refusal.suggestion is None:
        return Remedy(reason, pointer)
    better = changing.applied(spec, refusal.suggestion, pointer)
    return Remedy(reason, pointer, change_words(refusal.suggestion), better)


def _better(spec: Spec, told: Told) -> Remedy | None:
    if told.is_useful:
        return None
    if told.suggestion is None:
        return _more_drivers(told)
    pointer = "/" + next(iter(told.suggestion))
    better = changing.applied(spec, told.suggestion)
    return Remedy(
        told.reason, pointer, change_words(told.suggestion, len(spec["group_by"])), better
    )


def _more_drivers(told: Told) -> Remedy:
    if told.drivers_for_useful is None:
        return Remedy(told.reason, DRIVERS)
    change = gettext("Ask %(n)s drivers") % {"n": told.drivers_for_useful}
    return Remedy(told.reason, DRIVERS, change, drivers=told.drivers_for_useful)


def change_words(change: Mapping[str, Any], keys: int = 2) -> str:
    """Return what a suggestion does, for a button. keys: how many the question has now."""
    if "source" in change:
        return gettext("Leave it out")
    told = [_change(member, value, keys) for member, value in change.items()]
    return sentences.capital(listed(list(dict.fromkeys(told))))


def _change(member: str, value: Any, keys: int) -> str:
    if member == "group_by":
        return _groups(value, keys)
    texts = {
        "rho_micro": gettext("use rho %(value)s"),
        "min_cohort": gettext("show groups of %(value)s drivers or more"),
        "statistics": gettext("ask for coarser or fewer figures"),
        "unit": gettext("use the unit %(value)s"),
        "clamp": gettext("use the range %(value)s"),
        "level": gettext("tell it for every group"),
        "l0_first": gettext("give the first key rows of its own"),
    }
    if member not in texts:
        return gettext("use what would pass")
    return texts[member] % {"value": _TOLD.get(member, str)(value)}


_TOLD: Mapping[str, Callable[[Any], str]] = {
    "rho_micro": rho,
    "unit": words.unit,
    "clamp": "\N{EN DASH}".join,
}


def _groups(now: list[Mapping[str, Any]], before: int) -> str:
    if not now:
        return gettext("ask about all drivers together")
    if len(now) == before:
        return gettext("use wider groups")
    return gettext("group by %(key)s only") % {"key": words.key(now[0]["key"])}
