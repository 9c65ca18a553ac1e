"""Open a dataset for an approved question, here and on the chain."""

from typing import Any

from django.db import transaction

from anonymize.models import Dataset
from chain import outbox, paying
from chain.domain.calls import ContractCall
from protocol import query_spec
from protocol.ids import to_bytes32


@transaction.atomic
def register_dataset(
    *, spec: dict[str, Any], rho_cap_micro: int, fee_bps: int, drivers_needed: int
) -> Dataset:
    """Return the new dataset; it is ready once the chain has it.

    rho_cap_micro: loss that all its releases together may cost one driver, millionths of rho.
    fee_bps: the platform's part of each price, basis points, at most 1,500.
    drivers_needed: with fewer, no release is built: drivers were promised so.
    """
    dataset = Dataset.objects.create(
        title=spec["title"],
        spec=spec,
        spec_sha256=query_spec.spec_sha256(spec).hex(),
        rho_cap_micro=rho_cap_micro,
        fee_bps=fee_bps,
        drivers_needed=max(drivers_needed, spec["min_cohort"]),
    )
    outbox.submit(
        call=ContractCall(
            "ReleaseMarket",
            "create_dataset",
            (to_bytes32(dataset.id), paying.payment_token().address, fee_bps, rho_cap_micro),
        ),
        reference=f"anonymize.dataset:{dataset.id}",
    )
    return dataset
