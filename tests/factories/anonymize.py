"""Smallest valid rows of the anonymize room."""

from typing import Any
from uuid import uuid4

from anonymize.models import Dataset, Release
from protocol import query_spec


def spec(**changes: Any) -> dict[str, Any]:
    """Return a QuerySpec over charging sessions in June 2018."""
    return {
        "version": 1,
        "title": "Energy per charging session, by car model",
        "source": "charging_sessions",
        "windows": ["2018-06"],
        "group_by": [{"key": "vehicle_model", "domain": ["Nissan LEAF", "Other"]}],
        "statistics": [
            {
                "name": "energy_mean",
                "kind": "mean",
                "signal": "energy_per_session",
                "unit": "kWh",
                "clamp": ["0", "40"],
            }
        ],
        "l0": 1,
        "min_cohort": 10,
        "rho_micro": 100_000,
    } | changes


def make_dataset(*, rho_cap_micro: int = 250_000, **changes: Any) -> Dataset:
    document = spec(**changes)
    return Dataset.objects.create(
        title=document["title"],
        spec=document,
        spec_sha256=query_spec.spec_sha256(document).hex(),
        rho_cap_micro=rho_cap_micro,
        fee_bps=1_200,
        drivers_needed=document["min_cohort"],
        state=Dataset.State.READY,
    )


def make_release(dataset: Dataset, **changes: Any) -> Release:
    facts = {
        "dataset": dataset,
        "price_units": 1_000_000,
        "rho_micro": dataset.spec["rho_micro"],
    } | changes
    return Release.objects.create(**facts)


def address() -> str:
    """Return an address nobody has the key of."""
    return "0x" + uuid4().hex + "00000000"
