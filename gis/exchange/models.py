"""What was imported when, and why which rows were not."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class ImportRun(models.Model):
    """One import, counted in rows of its file; where rows were held back, nothing was stored."""

    at = models.DateTimeField(db_default=Now())
    command = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    """SHA-256 of the file."""
    read = models.PositiveIntegerField()
    stored = models.PositiveIntegerField()
    merged = models.PositiveIntegerField()
    """Rows that went into what another row stored."""
    unchanged = models.PositiveIntegerField()
    held = models.PositiveIntegerField(default=0)
    """Rows that are right but were not stored, because others were refused."""
    refused = models.PositiveIntegerField()
    skipped = models.PositiveIntegerField(default=0, db_default=0)
    """Rows that are as they should be and hold nothing that is kept here."""
    skipped_for = models.JSONField(default=dict, db_default={}, blank=True)
    """Reason → rows."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(read=F("stored") + F("merged") + F("unchanged") + F("held") + F("refused") + F("skipped")),
                name="import_accounts_for_every_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.command} {self.file_name} {self.at:%Y-%m-%d %H:%M}"


class RefusedRow(models.Model):
    """A row that was left out, and why."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="refusals")
    row = models.PositiveIntegerField()
    """Line of the file, from 1."""
    field = models.CharField(max_length=60, blank=True)
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"
