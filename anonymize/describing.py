"""Write a release's manifest: all that a buyer or an auditor needs to check it."""

from datetime import datetime
from functools import cache
from pathlib import Path

from anonymize.domain import accounting
from anonymize.domain.drawing import Drawn, Step
from anonymize.domain.splitting import Range
from anonymize.models import Release
from anonymize.selectors import DELTA
from protocol import canonical
from protocol import manifest as shapes
from protocol.manifest import Column, Contributors, Manifest
from storage.models import SealedObject

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"


def manifest_of(
    *,
    release: Release,
    answer: Drawn,
    sealed: SealedObject,
    contributors: Contributors,
    at: datetime,
) -> Manifest:
    """Return the manifest of a drawn release. Everything in it is public."""
    spec = release.dataset.spec
    return {
        "version": 1,
        "release_id": str(release.id),
        "dataset_id": str(release.dataset_id),
        "spec": spec,
        "spec_sha256": release.dataset.spec_sha256,
        "window": list(spec["windows"]),
        "rho_micro": release.rho_micro,
        "epsilon": accounting.epsilon_text(release.rho_micro, DELTA),
        "delta": canonical.decimal_text(DELTA),
        "mechanism": {"name": "discrete_gaussian", "steps": [_step(one) for one in answer.steps]},
        "bounds": {
            "l0": spec["l0"],
            "min_cohort": spec["min_cohort"],
            "unit": "driver",
            "bought_ranges": {name: _ends(own) for name, own in answer.ranges.items()},
        },
        "cohort_noised": answer.estimated.cohort_noised,
        "consent_block": {
            "number": release.consent_block or 0,
            "hash": release.consent_block_hash,
        },
        "contributors": contributors,
        "file": {
            "cid": sealed.cid,
            "sha256": sealed.sha256,
            "size_bytes": sealed.size_bytes,
            "envelope_version": sealed.envelope_version,
            "context": {
                "kind": "release",
                "account": "",
                "subject": str(release.dataset_id),
                "object": str(release.id),
            },
        },
        "columns": [_column(column) for column in answer.estimated.columns],
        "code_version": code_version(),
        "is_simulated": release.is_simulated,
        "published_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


@cache
def code_version() -> str:
    """Return the newest version in the changelog: the one place that states it."""
    for line in CHANGELOG.read_text(encoding="utf-8").splitlines():
        if line.startswith("## ["):
            return line.split("[")[1].split("]")[0]
    return "unreleased"


def _step(step: Step) -> shapes.Step:
    return {
        "scale": canonical.decimal_text(float(step.noised.scale)),
        "sensitivity": canonical.decimal_text(float(step.layout.sensitivity)),
        "rho_micro": step.noised.rho_micro_spent,
    }


def _ends(own: Range) -> list[str]:
    """The ends of a bought range for all data, in the signal's unit."""
    (centre,) = own.centre
    return [canonical.decimal_text(round(centre + end * own.half, 6)) for end in (-1, 1)]


def _column(column: dict[str, str]) -> Column:
    return {
        "name": column["name"],
        "unit": column["unit"],
        "description": column["description"],
    }
