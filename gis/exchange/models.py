"""What was imported when, and why which rows were not."""

from django.db import models
from django.db.models.functions import Now


class ImportRun(models.Model):
    """One import that was stored: read = stored + merged + unchanged + refused, counted in rows of the file."""

    at = models.DateTimeField(db_default=Now())
    command = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    """SHA-256 of the file."""
    read = models.PositiveIntegerField()
    stored = models.PositiveIntegerField()
    merged = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(read=models.F("stored") + models.F("merged") + models.F("unchanged") + models.F("refused")),
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
