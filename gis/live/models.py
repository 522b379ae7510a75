"""The outbox: every announced change, written in the transaction that made it."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Event(models.Model):
    """One announced change. *key* names what changed within its topic, *payload* how it is now."""

    number = models.BigIntegerField(null=True, unique=True, editable=False)
    """Place in the feed, without gaps; null until it is given after the commit (`gis.live.outbox`)."""
    topic = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    payload = models.JSONField()
    at = models.DateTimeField(db_default=Now(), editable=False)
    """Begin of the transaction that made the change."""

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="event_without_number", condition=Q(number__isnull=True)),
            BrinIndex(fields=["at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.number or 'new'} {self.topic}/{self.kind} {self.key}"
