"""Socket: who must act when a driver is erased, and who testifies that it was done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from registry.models import Driver


class ErasureHandler(Protocol):
    """Called inside the transaction that erases the driver."""

    def __call__(self, *, driver: Driver, at: datetime) -> None:
        """Do, or ask as work rows, what the room must do to forget the driver."""


@dataclass(frozen=True)
class Testimony:
    """Whether a room has finished forgetting, and its part of the proof."""

    is_done: bool
    proof: Mapping[str, Any] = field(default_factory=dict)


Witness = Callable[[Driver], Testimony]

_handlers: list[ErasureHandler] = []
_witnesses: list[Witness] = []


def on_driver_erased(handler: ErasureHandler) -> ErasureHandler:
    """Plug in handler(driver, at); it must bear being called again."""
    if handler not in _handlers:
        _handlers.append(handler)
    return handler


def testifies_erasure(witness: Witness) -> Witness:
    """Plug in witness(driver) -> Testimony; an erasure is finished when all say so."""
    if witness not in _witnesses:
        _witnesses.append(witness)
    return witness


def announce(driver: Driver, at: datetime) -> None:
    """Tell every room above that this driver is to be forgotten."""
    for handler in _handlers:
        handler(driver=driver, at=at)


def testimony_of(driver: Driver) -> Testimony:
    """Return the joint testimony of all rooms."""
    parts = [witness(driver) for witness in _witnesses]
    proof = {name: value for part in parts for name, value in part.proof.items()}
    return Testimony(is_done=all(part.is_done for part in parts), proof=proof)
