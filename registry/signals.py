"""Socket: who must act when a driver or a car is forgotten, and who testifies to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from registry.models import Driver, Erasure, Vehicle


class ErasureHandler(Protocol):
    """Called inside the transaction that erases the driver."""

    def __call__(self, *, driver: Driver, at: datetime) -> None:
        """Do, or ask as work rows, what the room must do to forget the driver."""


class VehicleHandler(Protocol):
    """Called inside the transaction that retires or erases the vehicle."""

    def __call__(self, *, vehicle: Vehicle, at: datetime) -> None:
        """Do, or ask as work rows, what the room must do now."""


@dataclass(frozen=True)
class Testimony:
    """Whether a room has finished forgetting, and its part of the proof."""

    is_done: bool
    proof: Mapping[str, Any] = field(default_factory=dict)


Witness = Callable[[Erasure], Testimony]

_handlers: list[ErasureHandler] = []
_when_retired: list[VehicleHandler] = []
_when_vehicle_erased: list[VehicleHandler] = []
_witnesses: list[Witness] = []


def on_driver_erased(handler: ErasureHandler) -> ErasureHandler:
    """Plug in handler(driver, at); it must bear being called again."""
    if handler not in _handlers:
        _handlers.append(handler)
    return handler


def on_vehicle_retired(handler: VehicleHandler) -> VehicleHandler:
    """Plug in handler(vehicle, at): the car is sold, returned or scrapped; once per vehicle."""
    if handler not in _when_retired:
        _when_retired.append(handler)
    return handler


def on_vehicle_erased(handler: VehicleHandler) -> VehicleHandler:
    """Plug in handler(vehicle, at): all that is kept of the car is to be forgotten."""
    if handler not in _when_vehicle_erased:
        _when_vehicle_erased.append(handler)
    return handler


def testifies_erasure(witness: Witness) -> Witness:
    """Plug in witness(erasure) -> Testimony; an erasure is finished when all say so."""
    if witness not in _witnesses:
        _witnesses.append(witness)
    return witness


def announce(driver: Driver, at: datetime) -> None:
    """Tell every room above that this driver is to be forgotten."""
    for handler in _handlers:
        handler(driver=driver, at=at)


def announce_retired(vehicle: Vehicle, at: datetime) -> None:
    """Tell every room above that this vehicle is in use no more."""
    for handler in _when_retired:
        handler(vehicle=vehicle, at=at)


def announce_vehicle_erased(vehicle: Vehicle, at: datetime) -> None:
    """Tell every room above that this vehicle is to be forgotten."""
    for handler in _when_vehicle_erased:
        handler(vehicle=vehicle, at=at)


def testimony_of(erasure: Erasure) -> Testimony:
    """Return the joint testimony of all rooms."""
    parts = [witness(erasure) for witness in _witnesses]
    proof = {name: value for part in parts for name, value in part.proof.items()}
    return Testimony(is_done=all(part.is_done for part in parts), proof=proof)
