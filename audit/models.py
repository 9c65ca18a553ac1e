"""Lines of the audit trail, and its head."""

from django.db import models


class AuditLine(models.Model):
    """One thing somebody did, chained to the line before it. Never changed, never deleted."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.CharField(max_length=40)
    actor = models.CharField(max_length=80)
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    facts = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["subject"], name="audit_subject")]


class AuditHead(models.Model):
    """The one row that says where the trail ends; locking it puts writers in a line."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)
