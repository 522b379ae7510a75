"""Drafts: changes of parcels on their way into the register (hồ sơ biến động)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gis.access.models import User
from gis.places.models import Commune
from land.models.changes import ParcelChange, SourceDocument


class Draft(models.Model):
    """An operation with the document it rests on: drawn by an officer, checked, approved or returned by others."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        CHECKED = "checked", _("technically checked")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN = (State.DRAFT, State.SUBMITTED, State.CHECKED, State.RETURNED)

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    """Counts every change of the draft itself."""
    operation = models.JSONField()
    preview = models.JSONField()
    """What was shown when it was drawn, with the versions it was made from and its hash."""
    parcels = ArrayField(models.CharField(max_length=12))
    """Identifiers of the parcels that would end or change."""
    document = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, null=True, related_name="+")
    effective_on = models.DateField(null=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    checker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approver = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    """Why it was returned."""
    change = models.OneToOneField(ParcelChange, on_delete=models.PROTECT, null=True, related_name="draft")
    """What it became."""
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["commune", "state", "-changed_at"], name="draft_by_commune"),
            GinIndex(
                fields=["parcels"],
                name="draft_parcels",
                condition=Q(state__in=["draft", "submitted", "checked", "returned"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=F("author")), name="nobody_checks_his_own_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="approved", change__isnull=False, approver__isnull=False)
                | (~Q(state="approved") & Q(change__isnull=True)),
                name="an_approved_draft_is_a_change",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "returned", "withdrawn"])
                | Q(document__isnull=False, effective_on__isnull=False),
                name="a_submitted_draft_has_its_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.title} ({self.state})"
