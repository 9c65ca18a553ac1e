"""Queue doors: build a release, then publish it."""

from celery import shared_task

from anonymize import building, publishing
from work import doing


@shared_task(acks_late=True, ignore_result=True)
def build_release(reference: str) -> None:
    """Queue door of the builder: build one release. Safe to run twice."""
    doing.do(
        task="anonymize.tasks.build_release",
        reference=reference,
        act=building.build,
    )


@shared_task(acks_late=True, ignore_result=True)
def publish_release(reference: str) -> None:
    """Queue door: commit one drawn release on the chain. Safe to run twice."""
    doing.do(
        task="anonymize.tasks.publish_release",
        reference=reference,
        act=publishing.publish,
    )
