"""Tell a product, a build and a check in words for pages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from anonymize import cohorts
from anonymize import selectors as anonymize
from anonymize.domain import queries
from anonymize.models import Dataset, Release
from consent import selectors as consents
from consent.domain import wording
from marketplace import promising, sentences, starting, words
from portal.templatetags.drawn import rho

CHECKS = {
    "accreditation_valid": _("The buyer is accredited"),
    "cohort_over_minimum": _("Drivers with uploads reach the smallest cohort"),
    "cohort_over_threshold": _("Drivers with uploads reach the number asked for"),
    "promise_useful": _("The expected error is useful"),
    "within_dataset_cap": _("The loss fits under the dataset's cap"),
    "loss_moderate": _("The loss per driver is moderate"),
}
STAGES = {
    "planned": (_("planned"), "wait"),
    "charged": (_("privacy charged"), "wait"),
    "drawing": (_("noise being drawn"), "wait"),
    "drawn": (_("noise drawn"), "wait"),
    "publishing": (_("being published"), "wait"),
    "published": (_("published"), "good"),
    "spent": (_("spent without an answer"), "bad"),
    "failed": (_("failed"), "bad"),
}
REASONS = {
    "in_order": _("All checks in order"),
    "purpose_unclear": _("The purpose is not clear enough"),
    "too_costly": _("Costs drivers too much privacy for what it tells"),
    "too_few_drivers": _("Too few drivers"),
    "not_accredited": _("The buyer is not accredited"),
    "other": _("Another reason"),
}


def product(release: Release) -> dict[str, Any]:
    """Return what the catalogue tells about a release."""
    spec = release.dataset.spec
    told = promising.promised(spec, max(release.cohort_noised or 0, 1))
    return {
        "release": release,
        "main": told.main,
        "title": release.dataset.title,
        "windows": spec["windows"],
        "question": sentences.question(spec),
        "start": starting.start_of(spec),
        "promises": told.rows,
        "privacy": anonymize.privacy_facts(release.rho_micro),
    }


def columns(release: Release) -> list[dict[str, str]]:
    """Return the columns of a release without the ends of their intervals, in words."""
    rows = (release.manifest or {}).get("columns", [])
    names = {row["name"] for row in rows}
    told = _column_words(release.dataset.spec)
    return [
        {
            "name": row["name"],
            "unit": words.unit(row["unit"]),
            "text": told.get(row["name"], row["description"]),
        }
        for row in rows
        if row["name"].removesuffix("_low").removesuffix("_high") not in names - {row["name"]}
    ]


def build(dataset: Dataset) -> dict[str, Any]:
    """Return how many drivers stand behind a dataset, and its releases."""
    releases = dataset.releases.order_by("-created_at")
    return {
        "dataset": dataset,
        "is_ready": dataset.state == Dataset.State.READY,
        "counts": consents.counts(dataset.id),
        "releases": [
            {"release": row, "word": word, "kind": kind}
            for row in releases
            for word, kind in [STAGES[row.state]]
        ],
        "answered": _answered(dataset),
        "is_building": any(STAGES[row.state][1] == "wait" for row in releases),
    }


_NUMBERS: Mapping[str, Callable[[Any], str]] = {
    "promise_useful": lambda verdict: str(words.VERDICTS[verdict][0]),
    "within_dataset_cap": lambda micro: f"rho {rho(micro)}",
    "loss_moderate": lambda micro: f"rho {rho(micro)}",
}


def checks(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the machine's checks in words."""
    return [
        {
            "text": CHECKS.get(row["name"], row["name"]),
            "is_passed": row["state"] == "passed",
            "number": _NUMBERS.get(row["name"], str)(row["number"]),
        }
        for row in rows
    ]


def purposes() -> list[tuple[str, str]]:
    """Return the purposes that can be named, with their words."""
    return list(zip(wording.PURPOSES, purpose_words(wording.PURPOSES), strict=True))


def purpose_words(codes: Iterable[str]) -> list[str]:
    """Return the words of purpose codes in the reader's language."""
    column = 1 if get_language() == "zh-hans" else 0
    return [wording.PURPOSES.get(code, (code, code))[column] for code in codes]


def _column_words(spec: Mapping[str, Any]) -> dict[str, str]:
    told = {name: str(text) for name, text in words.COLUMNS.items()}
    told |= {key["key"]: words.key(key["key"]) for key in spec["group_by"]}
    for one, document in zip(queries.plan_of(spec).statistics, spec["statistics"], strict=True):
        for place, name in enumerate(one.column_names):
            told[name] = sentences.column(document, spec["source"], place)
    return told


def _answered(dataset: Dataset) -> Release | None:
    """Return the published release that answers the question to those who may be asked now."""
    if not dataset.releases.filter(state=Release.State.PUBLISHED).exists():
        return None
    addresses = [one.consent_address for one in cohorts.willing(dataset.id)]
    return cohorts.answered(dataset, cohorts.question_sha256(dataset, addresses))
