"""How grave it is that one thing lies over another: dated rows with the document that says so."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class OverlapRuleQuerySet(models.QuerySet["OverlapRule"]):
    def in_force(self, on: date) -> "OverlapRuleQuerySet":
        """The rows that hold on the day *on*."""
        return self.filter(effective_from__lte=on).filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on))


class OverlapRule(models.Model):
    """One cell of the matrix: objects of *layer* over objects of *against*, those of *kind* where it is named."""

    class Severity(models.TextChoices):
        REFUSES = "refuses", _("refuses")
        WARNS = "warns", _("warns")
        TELLS = "tells", _("is told")

    layer = models.CharField(max_length=40, blank=True)
    """Name of the layer that something new belongs to; empty: whichever."""
    against = models.CharField(max_length=40)
    """Name of the layer that it lies over."""
    kind = models.CharField(max_length=40, blank=True)
    """Value of that layer's `overlay` field; empty: whichever."""
    severity = models.CharField(max_length=10, choices=Severity.choices)
    document = models.CharField(max_length=200)
    article = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    """First day on which it no longer holds."""
    entered_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OverlapRuleQuerySet.as_manager()

    class Meta:
        ordering = ["against", "layer", "kind", "effective_from"]
        constraints = [
            models.CheckConstraint(condition=~Q(document=""), name="overlap_rule_names_its_document"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="overlap_rule_time_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layer or '*'} × {self.against} {self.kind}: {self.severity}"

    @property
    def citation(self) -> str:
        return f"{self.article}, {self.document}" if self.article else self.document
