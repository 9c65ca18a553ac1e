"""Queue doors: pin, unpin, seal a key to a buyer."""

from celery import shared_task

from storage import pinning, rewrapping
from work import doing

PIN = "storage.tasks.pin_object"
UNPIN = "storage.tasks.unpin_object"
REWRAP = "storage.tasks.wrap_for_buyer"


@shared_task(name=PIN, ignore_result=True)
def pin_object(sealed_id: str) -> None:
    """Queue door: pin one SealedObject. Safe to run twice."""
    doing.do(task=PIN, reference=sealed_id, act=pinning.pin)


@shared_task(name=UNPIN, ignore_result=True)
def unpin_object(sealed_id: str) -> None:
    """Queue door: let the node drop one erased SealedObject. Safe to run twice."""
    doing.do(task=UNPIN, reference=sealed_id, act=pinning.unpin)


@shared_task(name=REWRAP, ignore_result=True)
def wrap_for_buyer(wrapped_key_id: str) -> None:
    """Queue door, builder only: seal one data key to a buyer. Safe to run twice."""
    doing.do(task=REWRAP, reference=wrapped_key_id, act=rewrapping.rewrap)
