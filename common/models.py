"""One base row: a random id and a time of making."""

import uuid

from django.db import models
from django.utils import timezone


class Row(models.Model):
    """A row known by a random UUID (version 4: version 7 would tell the time of an act)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
