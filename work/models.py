"""A row that must be worked on until it is done."""

from django.db import models
from rest_framework.utils.encoders import JSONEncoder

from common.models import Row


class WorkRow(Row):
    """One piece of work that must happen. Celery only carries wake-ups; this row is the truth."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        STUCK = "stuck"

    key = models.CharField(max_length=200, unique=True)
    task = models.CharField(max_length=120)
    reference = models.CharField(max_length=80)
    queue = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="work_due")]


class Heartbeat(models.Model):
    """When a queue last finished a wake-up: alive means finished something lately."""

    queue = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()


class AnsweredRequest(models.Model):
    """The stored answer of a request that may be repeated, reserved before the act."""

    caller = models.CharField(max_length=80)
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict, encoder=JSONEncoder)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["caller", "path", "key"], name="one_answer_per_key")
        ]
