"""Chart how far a campaign has come, in words and amounts, for pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from marketplace import gauging
from marketplace.models import Campaign, DataRequest
from portal.context import TOKEN
from portal.drawing import part_of
from portal.templatetags.drawn import money

PHASES: dict[str, tuple[str | Promise, str]] = {
    "in_review": (_("in review"), "wait"),
    "changes_asked": (_("changes asked for"), "wait"),
    "rejected": (_("rejected"), "stop"),
    "unfunded": (_("waits for its bounty"), "wait"),
    "funding": (_("bounty on its way"), "wait"),
    "gathering": (_("gathering consents"), "on"),
    "building": (_("being built"), "wait"),
    "settling": (_("being paid"), "wait"),
    "settled": (_("built and paid"), "good"),
    "refunding": (_("being given back"), "wait"),
    "refunded": (_("given back"), "stop"),
    "lapsed": (_("no bounty came"), "stop"),
}
ENDED = {"settled", "refunded", "lapsed", "rejected"}
"""The states in which nothing more happens by itself."""

_PLACE = {
    "in_review": 1,
    "changes_asked": 1,
    "rejected": 1,
    "unfunded": 2,
    "funding": 2,
    "lapsed": 2,
    "gathering": 3,
    "building": 4,
    "settling": 5,
    "refunding": 5,
    "settled": 6,
    "refunded": 6,
}


@dataclass(frozen=True)
class Stop:
    """One stop on the way of a campaign. place: done, now, or empty for what is to come."""

    text: str
    place: str
    at: datetime | None = None
    note: str = ""
    is_counted: bool = False


def campaign(row: Campaign) -> dict[str, Any]:
    """Return where the campaign is, what is missing and what became of its money."""
    phase = gauging.phase_of(row)
    word, kind = PHASES[phase]
    consents = gauging.consents_of(row)
    return {
        "row": row,
        "phase": phase,
        "word": word,
        "kind": kind,
        "is_moving": phase not in ENDED,
        "consents": consents,
        "part": part_of(consents, row.threshold),
        "stops": list(_stops(row, phase)),
        "why": why(row, phase),
        "is_fundable": gauging.is_fundable(row),
        "can_be_given_back": phase in {"gathering", "building"},
    }


def why(row: Campaign, phase: str) -> str:
    """Return in a sentence why a campaign ended, or what holds it up; empty when nothing does."""
    if phase in {"refunding", "refunded"}:
        return row.given_back_why or _missed(row)
    if phase == "lapsed":
        return gettext("The deadline passed before a bounty stood in escrow. No driver was asked.")
    if row.failure:
        return gettext("The contract refused: %(reason)s") % {"reason": row.failure}
    return ""


def _missed(row: Campaign) -> str:
    text = ngettext(
        "The deadline passed before %(n)s driver's data was built and paid.",
        "The deadline passed before the data of %(n)s drivers was built and paid.",
        row.threshold,
    )
    return text % {"n": row.threshold}


def _stops(row: Campaign, phase: str) -> Iterator[Stop]:
    request, place = row.request, _PLACE[phase]
    bounty = gettext("%(amount)s in escrow") % {"amount": _coins(row.bounty_units)}
    built = row.release.published_at if row.release else None
    yield Stop(gettext("Filed"), "done", request.created_at)
    yield Stop(_decided(request), _at(1, place), request.decided_at)
    yield Stop(gettext("Bounty"), _at(2, place), row.funded_at, bounty if row.funded_at else "")
    is_counted = row.funded_at is not None and phase != "settled"
    yield Stop(gettext("Consents"), _at(3, place), note=_reached(row, phase), is_counted=is_counted)
    if phase in {"refunding", "refunded"}:
        note = gettext("%(amount)s to the funder") % {"amount": _coins(row.bounty_units)}
        yield Stop(gettext("Given back"), _at(5, place), row.ended_at, note)
    else:
        yield Stop(gettext("Built"), _at(4, place), built)
        yield Stop(gettext("Paid"), _at(5, place), row.ended_at, _paid(row))


def _decided(request: DataRequest) -> str:
    words = {
        DataRequest.State.APPROVED: gettext("Approved"),
        DataRequest.State.REJECTED: gettext("Rejected"),
        DataRequest.State.CHANGES_ASKED: gettext("Changes asked for"),
    }
    return words.get(DataRequest.State(request.state), gettext("An admin reads it"))


def _reached(row: Campaign, phase: str) -> str:
    # Consents can be revoked after the payment: what counted then is what is told.
    text = ngettext("%(n)s driver or more", "%(n)s drivers or more", row.threshold)
    return text % {"n": row.threshold} if phase == "settled" else ""


def _paid(row: Campaign) -> str:
    if row.price_units is None:
        return ""
    amounts = {"price": _coins(row.price_units), "change": _coins(row.change_units)}
    return gettext("%(price)s for the license, %(change)s back to the funder") % amounts


def _coins(units: int | None) -> str:
    return f"{money(units)} {TOKEN['symbol']}"


def _at(stop: int, place: int) -> str:
    if stop == place:
        return "now"
    return "done" if stop < place else ""
