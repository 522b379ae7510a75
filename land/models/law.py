"""Rules of land law as dated rows: what is asked, of what, from which day, by which document and article."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gis.places.models import Commune

WITHOUT_LIMIT = ("access", "merged_uses")


class LandRuleQuerySet(models.QuerySet["LandRule"]):
    def in_force(self, on: date) -> "LandRuleQuerySet":
        """The rows that hold on the day *on*."""
        return self.filter(effective_from__lte=on).filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on))


class LandRule(models.Model):
    """One demand of one document. Empty lists of land uses, kinds of communes and operations mean all of them.

    Rows are entered and closed, never rewritten: what was decided by them can be judged again.
    """

    class Kind(models.TextChoices):
        MINIMUM_AREA = "minimum_area", _("least area of a new parcel (m²)")
        MINIMUM_WIDTH = "minimum_width", _("least width of the largest rectangle, along the frontage (m)")
        MINIMUM_DEPTH = "minimum_depth", _("least depth of the largest rectangle, across the frontage (m)")
        MINIMUM_FRONTAGE = "minimum_frontage", _("least frontage on a road parcel (m)")
        ACCESS = "access", _("a side on a road parcel")
        MERGED_USES = "merged_uses", _("land uses that may be merged together")
        MAP_SCALE = "map_scale", _("scale of the cadastral map (denominator)")
        POSITION_ERROR = "position_error", _("largest position error of a boundary point, by map scale (m)")
        AREA_DIFFERENCE = "area_difference", _("largest difference of plane and legal area (%)")

    class Severity(models.TextChoices):
        REFUSES = "refuses", _("refuses")
        WARNS = "warns", _("warns")

    class Status(models.TextChoices):
        VERIFIED = "verified", _("verified against a source")
        UNVERIFIED = "unverified", _("not verified")
        DEMO = "demo", _("illustration")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    limit = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    """In the unit of the kind."""
    map_scale = models.PositiveIntegerField(null=True, blank=True)
    """Denominator of the map that it holds for."""
    land_uses = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Where it holds; empty: in the whole province."""
    commune_kinds = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    operations = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    status = models.CharField(max_length=10, choices=Status.choices)
    document = models.CharField(max_length=200)
    """Number and name of the document, as it is cited."""
    article = models.CharField(max_length=80, blank=True)
    """Article and clause, as in `Điều 220 khoản 1`."""
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    """First day on which it no longer holds."""
    note = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    """Where its text was read."""
    source_sha256 = models.CharField(max_length=64, blank=True)
    """Of the file that was read."""
    entered_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = LandRuleQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "effective_from", "pk"]
        indexes = [models.Index(fields=["effective_from", "kind"], name="land_rule_by_day")]
        constraints = [
            models.CheckConstraint(condition=~Q(document=""), name="land_rule_names_its_document"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="land_rule_time_forward",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=WITHOUT_LIMIT) | Q(limit__isnull=False, limit__gt=0),
                name="land_rule_has_its_limit",
            ),
            models.CheckConstraint(
                condition=~Q(kind="position_error") | Q(map_scale__isnull=False, map_scale__gt=0),
                name="position_error_has_its_map_scale",
            ),
            models.CheckConstraint(
                condition=Q(source_sha256="") | Q(source_sha256__regex=r"^[0-9a-f]{64}$"),
                name="land_rule_hash_is_sha256",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.citation}"

    @property
    def citation(self) -> str:
        return f"{self.article}, {self.document}" if self.article else self.document
