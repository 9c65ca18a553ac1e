"""Erase again what the chain says is erased: after an old backup, the chain is what remembers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chain import rereading
from chain.domain.calls import EventRecord
from registry import erasure as registry
from registry.models import Driver, Vehicle
from storage import erasure
from storage.domain import tombstones
from storage.models import Upload


@dataclass(frozen=True)
class Replayed:
    """How many tombstones stand on the chain, and what was found alive here in spite of them."""

    tombstones: int
    uploads: int
    vehicles: int
    drivers: int


def replay() -> Replayed:
    """Read every tombstone from the node and erase what is alive here in spite of it.

    Safe to run at any time, and twice. Raises NodeDown, NotDeployed: then nothing may be served.
    """
    stands = {
        record.args["digest"]: record for record in rereading.every(erasure.REGISTRY, "Erased")
    }
    alive = Upload.objects.exclude(state=Upload.State.ERASED)
    before = alive.count()
    for record in stands.values():
        erasure.record_tombstone(
            digest=record.args["digest"],
            tx_hash=record.tx_hash,
            block_number=record.block_number,
            at=record.block_at,
        )
    vehicles, drivers = _forget_vehicles(stands), _forget_drivers(stands)
    return Replayed(len(stands), before - alive.count(), vehicles, drivers)


def _forget_vehicles(stands: Mapping[bytes, EventRecord]) -> int:
    ids = Vehicle.objects.filter(erased_at=None).values_list("id", flat=True)
    found = _erased(ids.iterator(), stands)
    for vehicle in Vehicle.objects.filter(id__in=found):
        registry.ask_for_vehicle(vehicle=vehicle, at=found[vehicle.id])
    return len(found)


def _forget_drivers(stands: Mapping[bytes, EventRecord]) -> int:
    ids = Driver.objects.filter(erased_at=None).values_list("id", flat=True)
    found = _erased(ids.iterator(), stands)
    for driver in Driver.objects.filter(id__in=found).select_related("user"):
        registry.ask(driver=driver, at=found[driver.id])
    return len(found)


def _erased(ids: Iterable[UUID], stands: Mapping[bytes, EventRecord]) -> dict[UUID, datetime]:
    """Return which of these ids have a tombstone, and since when."""
    digests = ((one, tombstones.digest_of(one)) for one in ids)
    return {one: stands[digest].block_at for one, digest in digests if digest in stands}
