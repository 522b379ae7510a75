"""The history of actions: who changed what, when, from which document. Rows are only ever added."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now

from gis.access.models import User


class Record(models.Model):
    """One action as it was done, written in its transaction. The database refuses to change or remove a row."""

    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    """None: a command of the service itself."""
    actor_name = models.CharField(max_length=150)
    """The account's name then, or the command's."""
    action = models.CharField(max_length=60)
    """`domain.verb`, as in `land.correct_attributes`."""
    target = models.CharField(max_length=60)
    """`kind:key` of what was changed, as in `parcel:100234567891`."""
    commune = models.CharField(max_length=5, blank=True)
    """Code of the commune it happened in; empty where there is none."""
    changes = models.JSONField()
    """{field: [before, after]}."""
    reason = models.TextField(blank=True)
    """The source document, or the officer's words."""

    class Meta:
        indexes = [
            models.Index(fields=["target", "-at"], name="record_by_target"),
            BrinIndex(fields=["at"], name="record_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target} ({self.actor_name})"
