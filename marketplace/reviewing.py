"""Lay out what an admin needs to decide a data request."""

from typing import Any

from django.conf import settings

from anonymize import estimating
from anonymize import selectors as anonymize
from marketplace.models import DataRequest
from marketplace.requesting import group_of
from registry.models import Developer
from registry.selectors import licence_of
from storage import selectors as storage

HIGH_RHO_MICRO = 125_000
"""Above this loss per driver a request wants a second look."""


def evidence(row: DataRequest) -> dict[str, Any]:
    """Return signals, cohort, privacy cost, expected error and the machine's checks."""
    cohort = storage.drivers_with_uploads()
    told = estimating.estimate(spec=row.spec, drivers=max(cohort, 1))
    checks = _checks(row, cohort=cohort, verdict=told["verdict"])
    return {
        "object": "evidence",
        "id": str(row.id),
        "signals": {
            "source": row.spec["source"],
            "group": group_of(row.spec["source"]),
            "statistics": row.spec["statistics"],
            "group_by": [key["key"] for key in row.spec["group_by"]],
        },
        "cohort_available": cohort,
        "privacy": anonymize.privacy_facts(row.spec["rho_micro"]),
        "rho_cap_micro": settings.DATASET_CAP_RHO_MICRO,
        "releases_within_cap": settings.DATASET_CAP_RHO_MICRO // row.spec["rho_micro"],
        "expected_error": {
            "at_cohort_available": told["promise"],
            "at_drivers_needed": estimating.estimate(spec=row.spec, drivers=row.drivers_needed)[
                "promise"
            ],
        },
        "licence": _licence(row.developer),
        "checks": checks,
        "recommendation": "approve" if all(c["state"] == "passed" for c in checks) else "look",
    }


def _licence(developer: Developer) -> dict[str, Any] | None:
    token = licence_of(developer)
    if token is None:
        return None
    facts = {"token_id": str(token.token_id), "wallet": token.wallet, "tx_hash": token.tx_hash}
    return {"state": token.state, **facts}


def _checks(row: DataRequest, *, cohort: int, verdict: str) -> list[dict[str, Any]]:
    spec = row.spec
    is_accredited = row.developer.standing == Developer.Standing.ACCREDITED
    return [
        _check("accreditation_valid", is_accredited, row.developer.standing),
        _check("cohort_over_minimum", cohort >= spec["min_cohort"], cohort),
        _check("cohort_over_threshold", cohort >= row.drivers_needed, cohort),
        _check("promise_useful", verdict == "useful", verdict),
        _check(
            "within_dataset_cap",
            spec["rho_micro"] <= settings.DATASET_CAP_RHO_MICRO,
            spec["rho_micro"],
        ),
        _check("loss_moderate", spec["rho_micro"] <= HIGH_RHO_MICRO, spec["rho_micro"]),
    ]


def _check(name: str, is_passed: bool, number: object) -> dict[str, Any]:  # noqa: FBT001 - a verdict
    return {"name": name, "state": "passed" if is_passed else "needs_eyes", "number": number}
