"""Doors for what other rooms and the chain tell us about erasures."""

from datetime import datetime

from chain.domain.calls import EventRecord
from chain.subscriptions import on_event, on_undone
from registry.models import Driver, Erasure, Vehicle
from registry.signals import (
    Testimony,
    on_driver_erased,
    on_vehicle_erased,
    testifies_erasure,
)
from storage import erasure


@on_driver_erased
def driver_erased(*, driver: Driver, at: datetime) -> None:
    """Registry door: forget every upload of this driver."""
    erasure.erase_driver(driver=driver, at=at)


@on_vehicle_erased
def vehicle_erased(*, vehicle: Vehicle, at: datetime) -> None:
    """Registry door: forget every upload of this vehicle."""
    erasure.erase_vehicle(vehicle=vehicle, at=at)


@testifies_erasure
def uploads_are_gone(wish: Erasure) -> Testimony:
    """Registry door: say whether nothing of this driver, or of this vehicle, is left here."""
    return erasure.testify(wish)


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
