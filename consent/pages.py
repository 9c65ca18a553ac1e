"""Pages of offers and consents."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from consent import selectors
from consent.domain import odds, renewal, wording
from consent.models import Consent, Decline, Offer
from portal import gates, nav
from portal.nav import Figure, NavItem, Panel, Role, Task
from registry import wallets
from registry.models import Driver
from registry.selectors import driver_of

STANDING = (Consent.State.SIGNED, Consent.State.ACTIVE, Consent.State.REVOKING)
STATES = {
    "draft": (_("draft"), "stop"),
    "signed": (_("signed, being recorded"), "wait"),
    "active": (_("active"), "good"),
    "revoking": (_("being revoked"), "wait"),
    "revoked": (_("revoked"), "stop"),
    "expired": (_("expired"), "stop"),
    "failed": (_("failed"), "bad"),
    "declined": (_("declined"), "stop"),
}
EXAMPLES = {
    "charging": _("for example: 18.4 kWh, plugged in at 18:20"),
    "battery": _("for example: battery health 91%"),
    "trips": _("for example: 12 km in 20 minutes"),
    "energy": _("for example: 16.2 kWh per 100 km"),
    "climate": _("for example: heating on at -4 degrees"),
    "driving": _("for example: mean speed 41 km/h"),
}

nav.add(
    NavItem(_("Offers"), "offers", frozenset({Role.DRIVER}), 10, "offers"),
    NavItem(_("My consents"), "consents", frozenset({Role.DRIVER}), 20),
)


@nav.panel(Role.DRIVER, order=20)
def waiting(request: HttpRequest) -> Panel:
    """Tell how many offers wait, which consents end soon, and how many stand."""
    driver, now = driver_of(request.user), timezone.now()
    active = selectors.consents_of(driver, state=Consent.State.ACTIVE, at=now)
    figure = Figure(gettext("active consents"), str(active.count()), reverse("consents"))
    tasks = []
    if count := _open_offers(driver, now).count():
        text = ngettext("%(n)s offer to answer", "%(n)s offers to answer", count) % {"n": count}
        tasks.append(Task(text, gettext("See offers"), reverse("offers")))
    if ending := [row for row in active if _ends_soon(row, now) and not row.signed_renewal()]:
        tasks.append(_renew_task(ending))
    return Panel(tasks=tasks, figures=[figure])


@gates.open_to(Role.DRIVER)
def offers(request: HttpRequest) -> HttpResponse:
    """Show who asks for what; answered offers below."""
    driver, now = driver_of(request.user), timezone.now()
    said = selectors.consents_of(driver).exclude(state=Consent.State.DRAFT)
    answered = [_answered(row, now) for row in said.order_by("-created_at")]
    declined = Decline.objects.filter(driver=driver).select_related("offer").order_by("-created_at")
    context = {
        "open": [_card(row) for row in _open_offers(driver, now).order_by("answer_before")],
        "answered": answered + [{"offer": row.offer, **_tag("declined")} for row in declined],
    }
    return render(request, "consent/offers.html", context)


@gates.open_to(Role.DRIVER)
def offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Show one offer whole, with the driver's answer when there is one."""
    driver, now = driver_of(request.user), timezone.now()
    row = selectors.offer(offer_id)
    answer = selectors.answer_to(row, driver)
    is_said = isinstance(answer, Consent) and answer.state_at(now) in STANDING
    said = answer if isinstance(answer, Consent) and is_said else None
    context = {
        **_card(row),
        "answer": said and {"id": said.id, **_tag(said.state_at(now))},
        "has_declined": isinstance(answer, Decline),
        "is_open": _is_open(row, now),
        "cap_rho_micro": settings.PRIVACY_WINDOW_CAP_RHO_MICRO,
        "signed": _to_be_signed(row),
        "wallets": wallets.of(driver),
    }
    return render(request, "consent/offer.html", context)


@gates.open_to(Role.DRIVER)
def consents(request: HttpRequest) -> HttpResponse:
    """Show what the driver allowed, those that stand first."""
    now = timezone.now()
    rows = selectors.consents_of(driver_of(request.user)).exclude(state=Consent.State.DRAFT)
    cards = [_answered(row, now) for row in rows.order_by("-created_at")]
    standing = {state.value for state in STANDING}
    context = {
        "standing": [card for card in cards if card["state"] in standing],
        "ended": [card for card in cards if card["state"] not in standing],
    }
    return render(request, "consent/consents.html", context)


@gates.open_to(Role.DRIVER)
def consent(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Show what exactly was signed, and what happened since."""
    row, now = _consent(request, consent_id), timezone.now()
    context = {
        **_answered(row, now),
        "text": row.terms["text"][_text_language()],
        "latest": renewal.latest_end(now),
        "is_open": _is_open(row.offer, now),
        "renewals": row.recorded_renewals(),
    }
    return render(request, "consent/consent.html", context)


@gates.public
def revoke(request: HttpRequest) -> HttpResponse:
    """Show where a receipt alone ends its consent; nobody needs to be signed in."""
    return render(request, "consent/revoke.html")


@gates.open_to(Role.DRIVER)
def renew(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Show the same terms with another end, to be read again before they are signed."""
    row, now = _consent(request, consent_id), timezone.now()
    ends_at = renewal.latest_end(now)
    context = {
        **_card(row.offer),
        **_answered(row, now),
        "ends_at": ends_at,
        "text": renewal.sentence(row.terms, ends_at)[_text_language()],
        "to_be_signed": _to_be_renewed(row, ends_at),
        "wallet": _wallet_of(row),
    }
    return render(request, "consent/renewal.html", context)


def _consent(request: HttpRequest, consent_id: UUID) -> Consent:
    return selectors.consent_of(driver=driver_of(request.user), consent_id=consent_id)


def _wallet_of(row: Consent) -> dict[str, bool] | None:
    """Return what the page must know of the wallet that signed this consent, if one did."""
    if not selectors.is_by_wallet(row):
        return None
    return {"is_contract": wallets.is_contract(row.consent_address)}


def _is_open(row: Offer, now: datetime) -> bool:
    return row.state == Offer.State.OPEN and min(row.answer_before, row.consent_expires_at) > now


def _ends_soon(row: Consent, now: datetime) -> bool:
    return now < row.expires_at < now + renewal.SOON


def _renew_task(ending: list[Consent]) -> Task:
    """Lead to the one consent that ends soon, or to the list when there are several."""
    text = ngettext(
        "%(n)s consent ends within 60 days", "%(n)s consents end within 60 days", len(ending)
    ) % {"n": len(ending)}
    if len(ending) == 1:
        return Task(text, gettext("Renew or let end"), reverse("consent", args=[ending[0].id]))
    return Task(text, gettext("My consents"), reverse("consents"))


def _open_offers(driver: Driver, now: datetime) -> Any:
    said = Consent.objects.filter(driver=driver).exclude(state=Consent.State.DRAFT)
    rows = selectors.offers_to(driver, state=Offer.State.OPEN, at=now)
    return rows.exclude(id__in=said.values("offer_id"))


def _card(row: Offer) -> dict[str, Any]:
    return {
        "offer": row,
        "guess": odds.guess_in_100(row.rho_micro),
        "purposes": [(code, _word(wording.PURPOSES, code)) for code in row.purposes],
        "purpose_words": [_word(wording.PURPOSES, code) for code in row.purposes],
        "needed_words": [
            _word(wording.SIGNAL_GROUPS, code) for code in row.signal_groups.get("needed", [])
        ],
        "needed": [_signal(code) for code in row.signal_groups.get("needed", [])],
        "optional": [_signal(code) for code in row.signal_groups.get("optional", [])],
        "recipient": _word(wording.RECIPIENTS, row.recipient_class),
        "share_percent": row.contributors_bps // 100,
    }


def _answered(row: Consent, now: datetime) -> dict[str, Any]:
    state = row.state_at(now)
    return {
        "consent": row,
        "offer": row.offer,
        "state": state,
        "signals": [_word(wording.SIGNAL_GROUPS, code) for code in row.terms["signal_groups"]],
        "purposes": [_word(wording.PURPOSES, code) for code in row.terms["purposes"]],
        "may_revoke": state in (Consent.State.SIGNED, Consent.State.ACTIVE),
        **_tag(state),
        **_renewing(row, state, now),
    }


def _renewing(row: Consent, state: str, now: datetime) -> dict[str, Any]:
    """Return how a renewal stands, and whether one can be made."""
    latest, is_active = row.latest_renewal(), state == Consent.State.ACTIVE
    is_under_way = is_active and row.signed_renewal() is not None
    return {
        "renewal": latest,
        "is_renewing": is_under_way,
        "may_renew": is_active and not is_under_way and renewal.is_possible(row.expires_at, now),
        "ends_soon": is_active and not is_under_way and _ends_soon(row, now),
        "days_left": max(0, (row.expires_at - now).days),
    }


def _to_be_renewed(row: Consent, ends_at: datetime) -> dict[str, Any]:
    """Return the facts from which the browser makes what it signs, and checks what it is asked."""
    return {
        "consent_id": str(row.id),
        "dataset_id": row.terms["dataset_id"],
        "consent_address": row.consent_address,
        "terms": row.terms,
        "terms_digest": row.terms_digest,
        "chain_id": row.chain_id,
        "registry_address": row.registry_address,
        "expires_at": int(ends_at.timestamp()),
    }


def _to_be_signed(row: Offer) -> dict[str, Any]:
    """Return the facts the browser compares with what the server asks it to sign."""
    return {
        "offer_id": str(row.id),
        "dataset_id": str(row.dataset_id),
        "purposes": row.purposes,
        "recipient_class": row.recipient_class,
        "expires_at": int(row.consent_expires_at.timestamp()),
        "rho_micro_max": row.rho_micro,
        "contributors_bps": row.contributors_bps,
        "builder_key_sha256": row.builder_key_sha256,
    }


def _tag(state: str) -> dict[str, Any]:
    word, kind = STATES[state]
    return {"word": word, "kind": kind}


def _signal(code: str) -> dict[str, Any]:
    word = _word(wording.SIGNAL_GROUPS, code)
    return {"code": code, "word": word, "example": EXAMPLES.get(code, "")}


def _word(words: wording.Words, code: str) -> str:
    return words.get(code, (code, code))[1 if _text_language() == "zh-Hans" else 0]


def _text_language() -> str:
    return "zh-Hans" if get_language() == "zh-hans" else "en"
