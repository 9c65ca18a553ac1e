"""Queue doors: charge a release, make its parts, draw its answer, publish it."""

from celery import shared_task

from anonymize import building, drawing, parting, publishing
from work import doing


@shared_task(acks_late=True, ignore_result=True)
def build_release(reference: str) -> None:
    """Queue door of the builder: charge one release and split its work. Safe to run twice."""
    doing.do(
        task="anonymize.tasks.build_release",
        reference=reference,
        act=building.build,
    )


@shared_task(acks_late=True, ignore_result=True)
def build_part(reference: str) -> None:
    """Queue door of the builder: make one part's sums. Safe to run twice."""
    doing.do(task=parting.PART_TASK, reference=reference, act=building.make_part)


@shared_task(acks_late=True, ignore_result=True)
def merge_release(reference: str) -> None:
    """Queue door of the builder: merge the parts and draw once. Safe to run twice."""
    doing.do(task=parting.MERGE_TASK, reference=reference, act=drawing.merge)


@shared_task(acks_late=True, ignore_result=True)
def publish_release(reference: str) -> None:
    """Queue door: commit one drawn release on the chain. Safe to run twice."""
    doing.do(
        task="anonymize.tasks.publish_release",
        reference=reference,
        act=publishing.publish,
    )
