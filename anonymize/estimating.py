"""Tell a question's error and cost before anything is spent."""

from collections.abc import Mapping
from typing import Any

from anonymize import selectors
from anonymize.domain import promises, queries
from protocol import query_spec


def estimate(*, spec: Mapping[str, object], drivers: int) -> dict[str, Any]:
    """Return verdict, promised error and privacy cost of a spec for a cohort of that size.

    Follows from the spec and the assumed cohort alone: no ledger and no data is looked at.

    Raises SpecRefused with the rule, and a suggestion where one would pass.
    """
    promise = promises.promise(queries.plan_of(spec), drivers)
    checked = query_spec.parse(spec)
    return {
        "object": "estimate",
        "spec": checked,
        "spec_sha256": query_spec.spec_sha256(checked).hex(),
        "drivers_assumed": drivers,
        "verdict": promise.verdict,
        "promise": promise.to_dict(),
        "privacy": selectors.privacy_facts(checked["rho_micro"]),
    }
