"""Chain doors: licenses sold, orders refused."""

from uuid import UUID

from chain.domain.calls import EventRecord
from chain.subscriptions import on_event, on_failure
from marketplace import purchasing
from protocol.ids import from_bytes32


@on_event("ReleaseMarket", "Bought")
def license_bought(record: EventRecord) -> None:
    """Chain door: a license was sold."""
    purchasing.record_purchase(
        release_id=from_bytes32(record.args["release"]),
        recipient=record.args["recipient"],
        price_units=record.args["price"],
        fee_units=record.args["fee"],
        tx_hash=record.tx_hash,
        block=record.block_number,
    )


@on_failure("marketplace.purchase:")
def order_refused(reference: str, reason: str) -> None:
    """Chain door: the contract refused an order."""
    purchasing.record_refusal(purchase_id=UUID(reference.split(":")[1]), reason=reason)
