"""Mining concessions with numbered corner points and a depth interval, and the waste dumps beside them."""

from django.contrib.gis.db.models import PointField, PolygonField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis.geometry.crs import LEGAL_SRID
from gis.places.models import Commune


class Concession(models.Model):
    """A mineral licence in its area. Underground licences may overlap in plan where their levels do not."""

    class Kind(models.TextChoices):
        EXPLORATION = "tham_do", _("Exploration")
        EXTRACTION = "khai_thac", _("Extraction")
        SALVAGE = "tan_thu", _("Salvage extraction")
        GROUP_FOUR = "nhom_iv", _("Group IV extraction")
        CLOSURE = "dong_cua", _("Mine closure")

    class Method(models.TextChoices):
        OPEN_PIT = "lo_thien", _("Open pit")
        UNDERGROUND = "ham_lo", _("Underground")

    class Status(models.TextChoices):
        APPLIED = "cho_cap", _("Applied for")
        IN_FORCE = "hieu_luc", _("In force")
        SUSPENDED = "tam_dung", _("Suspended")
        EXPIRED = "het_han", _("Expired")
        CLOSED = "da_dong", _("Closed")

    licence_number = models.CharField(max_length=40, unique=True)
    holder = models.CharField(max_length=160)
    holder_contact = models.CharField(max_length=120, blank=True)
    mineral = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    method = models.CharField(max_length=10, choices=Method.choices)
    status = models.CharField(max_length=10, choices=Status.choices)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    """Commune of the largest part."""
    granted_on = models.DateField()
    expires_on = models.DateField()
    top_level_m = models.IntegerField()
    """Upper level (mức) of the licensed interval, metres above the national datum; +40."""
    bottom_level_m = models.IntegerField()
    """Lower level, metres; -150."""
    licensed_area_ha = models.DecimalField(max_digits=10, decimal_places=2)
    """Plan area written in the licence, hectares."""
    geom = PolygonField(srid=LEGAL_SRID, null=True, editable=False)
    """EPSG:5899, derived from the corner points by the database; empty while there are fewer than three."""
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(top_level_m__gt=F("bottom_level_m")), name="concession_top_above_bottom"
            ),
            models.CheckConstraint(condition=Q(expires_on__gt=F("granted_on")), name="concession_expires_after_grant"),
            models.CheckConstraint(condition=Q(licensed_area_ha__gt=0), name="concession_area_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.licence_number} {self.holder}"


class ConcessionCorner(models.Model):
    """A numbered corner of the licensed area, as in the licence's table (X north, Y east)."""

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="corners")
    number = models.PositiveSmallIntegerField()
    geom = PointField(srid=LEGAL_SRID, spatial_index=False)
    """EPSG:5899, easting then northing, metres."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concession", "number"], name="concession_corner_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="concession_corner_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: E {self.geom.x:.3f} N {self.geom.y:.3f}"


class WasteDump(models.Model):
    """A dump of overburden (bãi thải) beside an open pit."""

    class Status(models.TextChoices):
        ACTIVE = "dang_do", _("In use")
        FULL = "dung_do", _("No longer in use")
        RESTORED = "hoan_nguyen", _("Restored")

    code = models.CharField(_("Code"), max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    status = models.CharField(_("Status"), max_length=12, choices=Status.choices)
    height_m = models.DecimalField(_("Height"), max_digits=5, decimal_places=1)
    """From the foot to the top, metres."""
    volume_m3 = models.BigIntegerField(_("Volume"))
    concession = models.ForeignKey(
        Concession, on_delete=models.PROTECT, null=True, blank=True, related_name="dumps", verbose_name=_("Licence")
    )
    """Whose waste it holds; unknown where empty."""
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name=_("Commune"))
    geom = PolygonField(srid=LEGAL_SRID)
    """The foot's outline, EPSG:5899, metres."""
    source = models.CharField(_("Source"), max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["dang_do", "dung_do", "hoan_nguyen"]), name="waste_dump_status_known"
            ),
            models.CheckConstraint(condition=Q(height_m__gt=0, height_m__lte=500), name="waste_dump_height_plausible"),
            models.CheckConstraint(
                condition=Q(volume_m3__gt=0, volume_m3__lte=10**10), name="waste_dump_volume_plausible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
