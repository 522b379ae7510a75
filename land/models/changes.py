"""Changes of parcels (biến động): what was done, from which document, and what became of which parcel."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gis.access.models import User
from gis.places.models import Commune
from land.models.fabric import Parcel


class SourceDocument(models.Model):
    """What a change rests on (tài liệu nguồn): a decision, a survey, a contract. No change is without one."""

    class Kind(models.TextChoices):
        DECISION = "decision", _("decision")
        SURVEY = "survey", _("survey record")
        CONTRACT = "contract", _("contract")
        JUDGMENT = "judgment", _("judgment")
        APPLICATION = "application", _("application")
        OTHER = "other", _("other document")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    number = models.CharField(max_length=80)
    """As printed on it, as in `123/QĐ-UBND`."""
    issued_on = models.DateField()
    issuer = models.CharField(max_length=200)
    title = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "issued_on", "issuer"], name="one_document_of_a_number_and_day"),
            models.CheckConstraint(condition=~Q(number=""), name="document_has_a_number"),
            models.CheckConstraint(condition=~Q(issuer=""), name="document_has_an_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.issued_on:%d/%m/%Y}), {self.issuer}"


class ParcelChange(models.Model):
    """One change as it was carried out, in one transaction. Rows are only ever added."""

    kind = models.CharField(max_length=30)
    """The operation, as in `split`."""
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, related_name="changes")
    effective_on = models.DateField()
    """Day of legal effect."""
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    """Who drew it."""
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    """Who let it into the register."""
    operation = models.JSONField()
    """As it was asked for, coordinates in EPSG:5899."""
    preview = models.CharField(max_length=64)
    """SHA-256 of what was shown before it was carried out."""
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        indexes = [models.Index(fields=["commune", "-recorded_at"], name="change_by_commune")]
        constraints = [
            models.CheckConstraint(condition=~Q(officer=models.F("approver")), name="nobody_approves_what_he_drew"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} ({self.commune_id}, {self.effective_on:%d/%m/%Y})"


class Descent(models.Model):
    """Which version of a parcel came of which: the edges of the lineage, a graph without cycles."""

    change = models.ForeignKey(ParcelChange, on_delete=models.PROTECT, related_name="descents")
    parent = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="+")
    child = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="+")
    area_m2 = models.FloatField()
    """Plane area that went from one to the other."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "child"], name="one_descent_of_two_versions"),
            models.CheckConstraint(condition=Q(parent__lt=models.F("child")), name="descent_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} → {self.child_id}"
