"""Queue doors: pin, mirror, unpin, audit what is kept, seal a key to a buyer."""

import time

from celery import shared_task
from django.conf import settings

from storage import mirroring, pin_audit, pinning, rewrapping
from work import asking, doing

PIN = "storage.tasks.pin_object"
UNPIN = "storage.tasks.unpin_object"
REWRAP = "storage.tasks.wrap_for_buyer"
AUDIT = "storage.tasks.audit_pins"


@shared_task(name=PIN, ignore_result=True)
def pin_object(sealed_id: str) -> None:
    """Queue door: pin one SealedObject. Safe to run twice."""
    doing.do(task=PIN, reference=sealed_id, act=pinning.pin)


@shared_task(name=pinning.MIRROR_TASK, ignore_result=True)
def mirror_object(sealed_id: str) -> None:
    """Queue door: let every mirror keep one SealedObject. Safe to run twice."""
    doing.do(task=pinning.MIRROR_TASK, reference=sealed_id, act=mirroring.mirror)


@shared_task(name="storage.tasks.ask_for_pin_audit", ignore_result=True)
def ask_for_pin_audit() -> None:
    """Timetable door: ask for the audit of this period, once however often the clock strikes."""
    period = int(time.time() // settings.PIN_AUDIT_EVERY_S)
    asking.ask(task=AUDIT, reference=str(period))


@shared_task(name=AUDIT, ignore_result=True)
def audit_pins(period: str) -> None:
    """Queue door: look at every place that keeps bytes. Safe to run twice."""
    doing.do(task=AUDIT, reference=period, act=pin_audit.audit)


@shared_task(name=UNPIN, ignore_result=True)
def unpin_object(sealed_id: str) -> None:
    """Queue door: let the node drop one erased SealedObject. Safe to run twice."""
    doing.do(task=UNPIN, reference=sealed_id, act=pinning.unpin)


@shared_task(name=REWRAP, ignore_result=True)
def wrap_for_buyer(wrapped_key_id: str) -> None:
    """Queue door, builder only: seal one data key to a buyer. Safe to run twice."""
    doing.do(task=REWRAP, reference=wrapped_key_id, act=rewrapping.rewrap)
