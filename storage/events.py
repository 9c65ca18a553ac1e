"""Doors for what other rooms and the chain tell us about erasures."""

from datetime import datetime

from chain.domain.calls import EventRecord
from chain.subscriptions import on_event, on_undone
from registry.models import Driver
from registry.signals import Testimony, on_driver_erased, testifies_erasure
from storage import erasure


@on_driver_erased
def driver_erased(*, driver: Driver, at: datetime) -> None:
    """Registry door: forget every upload of this driver."""
    erasure.erase_driver(driver=driver, at=at)


@testifies_erasure
def uploads_are_gone(driver: Driver) -> Testimony:
    """Registry door: say whether nothing of this driver is left here."""
    return erasure.testify(driver)


@on_event(erasure.REGISTRY, "Erased")
def erased(record: EventRecord) -> None:
    """Chain door: a tombstone stands on the chain."""
    erasure.record_tombstone(
        digest=record.args["digest"],
        tx_hash=record.tx_hash,
        block_number=record.block_number,
        at=record.block_at,
    )


@on_undone(erasure.REGISTRY, "Erased")
def erased_undone(record: EventRecord) -> None:
    """Chain door: the block of a tombstone left the chain."""
    erasure.forget_tombstone(digest=record.args["digest"], tx_hash=record.tx_hash)
