"""Pages of the marketplace: catalogue, requests, licenses, and the review desk."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from anonymize.domain import products
from common.api import etag_of
from marketplace import (
    charting,
    drafting,
    forms,
    gauging,
    promising,
    quoting,
    reviewing,
    selectors,
    sentences,
    shapes,
    starting,
    telling,
    words,
)
from marketplace.models import DataRequest
from marketplace.requesting import ANSWER_WITHIN
from portal import gates, nav
from portal.nav import Figure, NavItem, Panel, Role, Task
from registry.models import Developer
from registry.selectors import developer_of

STATES = {
    "in_review": (_("in review"), "wait"),
    "changes_asked": (_("changes asked for"), "wait"),
    "approved": (_("approved"), "good"),
    "rejected": (_("rejected"), "stop"),
}
READERS = frozenset({Role.VISITOR, Role.DEVELOPER, Role.ADMIN})

nav.add(
    NavItem(_("Catalogue"), "catalogue", READERS, 10, "catalogue"),
    NavItem(_("My requests"), "requests", frozenset({Role.DEVELOPER}), 20, "requests"),
    NavItem(_("Licenses"), "licenses", frozenset({Role.DEVELOPER}), 30, "licenses"),
    NavItem(_("Review"), "review_queue", frozenset({Role.ADMIN}), 20, "requests"),
)


@nav.panel(Role.VISITOR, order=10)
def last_release(_request: HttpRequest) -> Panel:
    """Show the newest release with its error."""
    newest = selectors.products().first()
    if newest is None:
        return Panel()
    return Panel(template="marketplace/last_release.html", context=telling.product(newest))


@nav.panel(Role.DEVELOPER, order=20)
def my_standing(request: HttpRequest) -> Panel:
    """Tell a developer what waits, and how much they hold."""
    developer = developer_of(request.user)
    asked = selectors.requests_of(developer)
    changes = asked.filter(state=DataRequest.State.CHANGES_ASKED).count()
    text = ngettext("%(n)s request wants changes", "%(n)s requests want changes", changes)
    task = Task(text % {"n": changes}, gettext("My requests"), reverse("requests"))
    return Panel(
        tasks=[*([task] if changes else []), *_bounties_to_pay(developer)],
        figures=[
            Figure(gettext("requests"), str(asked.count()), reverse("requests")),
            Figure(
                gettext("licenses"),
                str(selectors.licenses_of(developer).count()),
                reverse("licenses"),
            ),
            Figure(
                gettext("data products"), str(selectors.products().count()), reverse("catalogue")
            ),
        ],
    )


def _bounties_to_pay(developer: Developer) -> list[Task]:
    waiting = selectors.campaigns_to_fund(developer)
    return [
        Task(
            gettext("%(title)s waits for its bounty") % {"title": row.request.title},
            gettext("Fund"),
            reverse("request", args=[row.request_id]),
        )
        for row in waiting
    ]


@nav.panel(Role.ADMIN, order=10)
def desk(_request: HttpRequest) -> Panel:
    """Tell the admin what waits for a decision."""
    count = selectors.review_queue().count()
    text = ngettext("%(n)s data request to review", "%(n)s data requests to review", count)
    task = Task(text % {"n": count}, gettext("Review"), reverse("review_queue"))
    figure = Figure(gettext("waiting for review"), str(count), reverse("review_queue"))
    return Panel(tasks=[task] if count else [], figures=[figure])


@gates.public
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show what can be bought; no account needed."""
    products = [telling.product(row) for row in selectors.products()[:200]]
    return render(request, "marketplace/catalogue.html", {"products": products})


@gates.public
def product(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """Show one product: what it holds, how exact it is, what it costs."""
    row = selectors.product(release_id)
    context = {
        **telling.product(row),
        "columns": telling.columns(row),
        "price": quoting.price_of(row),
        "address": f"{request.scheme}://{request.get_host()}",
    }
    return render(request, "marketplace/product.html", context)


@gates.open_to(Role.DEVELOPER)
def requests(request: HttpRequest) -> HttpResponse:
    """Show the developer's requests."""
    rows = [_request_card(row) for row in selectors.requests_of(developer_of(request.user))]
    return render(request, "marketplace/requests.html", {"requests": rows})


@gates.open_to(Role.DEVELOPER)
def request_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show one of the developer's requests."""
    row = selectors.request_of(request_id=request_id, developer=developer_of(request.user))
    context = {
        **_request_card(row),
        "question": sentences.question(row.spec),
        "campaign": _campaign(row),
        "address": f"{request.scheme}://{request.get_host()}",
        "license": selectors.license_of_campaign(row),
    }
    return render(request, "marketplace/request.html", context)


@gates.open_to(Role.DEVELOPER)
def new_request(request: HttpRequest) -> HttpResponse:
    """Show the form that makes a QuerySpec out of a ready-made question and estimates it."""
    start = starting.start_named(request.GET.get("start", ""))
    months = products.suggested_windows(start.name, timezone.localdate())
    spec = products.spec_of(start.name, months)
    context = {
        "developer": developer_of(request.user),
        "starts": starting.starts(),
        "started": start,
        "spec": spec,
        "figures": starting.figures(spec),
        "keys": starting.keys(spec),
        "purposes": telling.purposes(),
    }
    return render(request, "marketplace/new_request.html", context)


@require_POST
@gates.open_to(Role.DEVELOPER)
def draft(request: HttpRequest) -> HttpResponse:
    """Tell what a draft of a question promises, as a part of the page that edits it."""
    form = forms.DraftForm(data=_json(request))
    told = drafting.draft(**form.validated_data) if form.is_valid() else drafting.unreadable()
    return render(request, "marketplace/draft.html", {"draft": told})


@gates.public
def askable(request: HttpRequest) -> HttpResponse:
    """Show what can be asked: kinds of figures, signals and groupings."""
    return render(request, "marketplace/askable.html", words.askable())


@gates.open_to(Role.DEVELOPER)
def licenses(request: HttpRequest) -> HttpResponse:
    """Show what the developer holds."""
    rows = selectors.licenses_of(developer_of(request.user))
    return render(request, "marketplace/licenses.html", {"licenses": rows})


@gates.open_to(Role.ADMIN)
def review_queue(request: HttpRequest) -> HttpResponse:
    """Show what waits for a decision, the oldest first, and what was decided."""
    decided = selectors.all_requests().exclude(state=DataRequest.State.IN_REVIEW)
    context = {
        "waiting": [_request_card(row) for row in selectors.review_queue()],
        "decided": [_request_card(row) for row in decided.order_by("-decided_at")[:50]],
    }
    return render(request, "marketplace/review_queue.html", context)


@gates.open_to(Role.ADMIN)
def review(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show one request with its evidence; the decision carries the version that is shown."""
    row = selectors.request_of(request_id=request_id, developer=None)
    evidence = reviewing.evidence(row)
    context = {
        **_request_card(row),
        "developer": row.developer,
        "question": sentences.question(row.spec),
        "spec_text": json.dumps(row.spec, indent=2, ensure_ascii=False),
        "evidence": evidence,
        "checks": telling.checks(evidence["checks"]),
        "promised": promising.promised(row.spec, row.drivers_needed),
        "purposes": telling.purpose_words(row.purposes),
        "match": etag_of(shapes.data_request(row)),
        "reason_codes": telling.REASONS.items(),
        "build": row.dataset and telling.build(row.dataset),
        "campaign": _campaign(row),
    }
    return render(request, "marketplace/review.html", context)


def _json(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except ValueError:
        return None


def _campaign(row: DataRequest) -> dict[str, Any] | None:
    return charting.campaign(row.campaign) if hasattr(row, "campaign") else None


def _request_card(row: DataRequest) -> dict[str, Any]:
    word: str | Promise
    word, kind = STATES[row.state]
    has_campaign = row.state == DataRequest.State.APPROVED and hasattr(row, "campaign")
    if has_campaign:
        word, kind = charting.PHASES[gauging.phase_of(row.campaign)]
    due_at = row.created_at + ANSWER_WITHIN
    is_waiting = row.state == DataRequest.State.IN_REVIEW
    return {
        "row": row,
        "word": word,
        "kind": kind,
        "decision": STATES[row.state][0],
        "decision_kind": STATES[row.state][1],
        "has_campaign": has_campaign,
        "due_at": due_at,
        "is_waiting": is_waiting,
        "is_late": is_waiting and due_at < timezone.now(),
    }
