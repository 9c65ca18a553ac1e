"""Tell a question, a product and its exactness in words and pictures for pages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from anonymize import estimating
from anonymize import selectors as anonymize
from anonymize.models import Dataset, Release
from consent import selectors as consents
from consent.domain import wording
from portal.templatetags.drawn import listed

EXAMPLE = {
    "version": 1,
    "title": "Energy per session and plug-in hour by car model, autumn",
    "source": "charging_sessions",
    "windows": ["2026-08", "2026-09", "2026-10"],
    "group_by": [
        {
            "key": "vehicle_model",
            "domain": ["BYD Dolphin", "BYD Seagull", "Tesla Model Y", "Other"],
        }
    ],
    "statistics": [
        {
            "name": "energy_mean",
            "kind": "mean",
            "signal": "energy_per_session",
            "unit": "kWh",
            "clamp": ["0", "50"],
        },
        {
            "name": "plug_in_hour",
            "kind": "histogram",
            "signal": "plug_in_hour",
            "unit": "h",
            "bins": ["0", "6", "10", "14", "18", "24"],
        },
    ],
    "l0": 1,
    "min_cohort": 20,
    "rho_micro": 25_000,
}
SIGNALS = {
    "energy_per_session": _("energy per session"),
    "plug_in_hour": _("plug-in hour"),
}
KEYS = {
    "vehicle_model": _("car model"),
    "site": _("site"),
    "hour_of_day": _("hour of day"),
}
UNITS = {"drivers": _("drivers"), "share": _("share")}
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
    told = estimating.estimate(spec=spec, drivers=max(release.cohort_noised or 0, 1))
    rows = promised(told["promise"], spec)
    return {
        "release": release,
        "main": next((row for row in rows if row["all_part"]), None),
        "title": release.dataset.title,
        "windows": spec["windows"],
        "question": question(spec),
        "promises": rows,
        "privacy": anonymize.privacy_facts(release.rho_micro),
    }


def columns(release: Release) -> list[dict[str, str]]:
    """Return the columns of a release without the ends of their intervals."""
    rows = (release.manifest or {}).get("columns", [])
    names = {row["name"] for row in rows}
    return [
        row
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
        "is_building": any(STAGES[row.state][1] == "wait" for row in releases),
    }


def question(spec: Mapping[str, Any]) -> str:
    """Return the ask in one sentence made from the spec."""
    what = listed([_statistic(one) for one in spec["statistics"]])
    by = listed([KEYS.get(one["key"], one["key"]) for one in spec["group_by"]])
    facts = {
        "what": what,
        "by": by,
        "months": " \N{EN DASH} ".join(dict.fromkeys([spec["windows"][0], spec["windows"][-1]])),
        "least": spec["min_cohort"],
    }
    if by:
        text = gettext("%(what)s, by %(by)s, %(months)s, at least %(least)s drivers in a group")
    else:
        text = gettext("%(what)s, %(months)s, at least %(least)s drivers")
    return text % facts


def promised(promise: Mapping[str, Any], spec: Mapping[str, Any] | None = None) -> list[Any]:
    """Return one row for each figure: its 95% half width for all data and for one group.

    Bins of one histogram are promised alike, so the first stands for all.
    """
    spans = _spans(spec) if spec else {}
    rows, seen = [], set()
    for column in promise["columns"]:
        name = next((one for one in spans if column["column"].startswith(one)), column["column"])
        if name in seen:
            continue
        seen.add(name)
        widths = column["interval_95_half_width"]
        span = spans.get(name, 0.0)
        rows.append(
            {
                "name": name,
                "unit": UNITS.get(column["unit"], column["unit"]),
                "all": widths["all"],
                "group": widths["group"],
                "all_part": _part(widths["all"], span),
                "group_part": _part(widths["group"], span),
            }
        )
    return rows


def checks(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the machine's checks in words."""
    return [
        {
            "text": CHECKS.get(row["name"], row["name"]),
            "is_passed": row["state"] == "passed",
            "number": row["number"],
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


def _statistic(one: Mapping[str, Any]) -> str:
    signal = str(SIGNALS.get(one["signal"], one["signal"]))
    if one["kind"] == "mean":
        return gettext("mean of %(signal)s") % {"signal": signal}
    return gettext("histogram of %(signal)s") % {"signal": signal}


def _spans(spec: Mapping[str, Any]) -> dict[str, float]:
    return {
        one["name"]: float(one["clamp"][1]) - float(one["clamp"][0]) if "clamp" in one else 1.0
        for one in spec["statistics"]
    }


def _part(half: str, span: float) -> float:
    """Return the whole interval as a part of the column's range, 0 to 100."""
    return round(min(100.0, 200 * float(half) / span), 1) if span else 0.0
