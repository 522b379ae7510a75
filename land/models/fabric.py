"""The parcel fabric: boundary points that parcels share, and parcels on two time axes.

Legal geometry is EPSG:5899 on a grid of one millimetre. What must never be violated stands in the
database (`land/sql/`), because QGIS and psql write too.
"""

from django.contrib.gis.db.models import PointField, PolygonField
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Collate, Now
from django.utils.translation import get_language

from gis.geometry.crs import LEGAL_SRID
from gis.places.models import Commune
from land.querysets import ParcelCellQuerySet, ParcelQuerySet


class LandUse(models.Model):
    """A code of the land-use list (loại đất), with the colour of the land-use map and its source."""

    code = models.CharField(primary_key=True, max_length=3)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    group = models.CharField(max_length=3)
    """NNP agricultural, PNN non-agricultural, CSD unused, MVB coastal water."""
    colour = models.CharField(max_length=7)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.local_name}"

    @property
    def local_name(self) -> str:
        """In the language of the page."""
        return self.name_en if get_language() == "en" else self.name


class BoundaryPoint(models.Model):
    """A corner of one or more parcels (điểm ranh giới). Neighbours share the row, not its coordinates."""

    class Method(models.TextChoices):
        GNSS = "gnss", "GNSS"
        TOTAL_STATION = "total_station", "total station"
        DIGITISED = "digitised", "digitised"
        COMPUTED = "computed", "computed"
        SYNTHETIC = "synthetic", "synthetic"

    geom = PointField(srid=LEGAL_SRID, spatial_index=False)
    """EPSG:5899, easting and northing in whole millimetres, inside the province's part of the grid (both CHECKed)."""
    accuracy_m = models.FloatField(null=True)
    """Position error against the nearest control point, metres; unknown where empty."""
    method = models.CharField(max_length=20, choices=Method.choices)
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "boundary_point"
        constraints = [
            models.CheckConstraint(
                condition=Q(accuracy_m__isnull=True) | Q(accuracy_m__gte=0),
                name="boundary_point_accuracy_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: E {self.geom.x:.3f} N {self.geom.y:.3f}"


class _LegalTime(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class _RecordedTime(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class PlaneArea(Func):
    """Area on the plane of the legal grid, m²: the legal kind of area, never that on the ellipsoid."""

    function = "ST_Area"
    output_field = models.FloatField()


class Parcel(models.Model):
    """One version of a land parcel (thửa đất): what held from `valid_from`, as known from `recorded_from`.

    The version in force has neither axis closed. Rows are closed and followed by a new one, never
    rewritten; `version` counts the versions of an identifier.
    """

    identifier = models.CharField(max_length=12)
    """Random 12-digit code (mã định danh thửa đất); never used again for another parcel."""
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", db_index=False)
    sheet = models.PositiveIntegerField()
    """Number of the map sheet (tờ bản đồ) in the commune."""
    number = models.PositiveIntegerField()
    """Number on the sheet (số thửa): an alias of its time, not unique, since real registers hold duplicates."""
    land_use = models.ForeignKey(LandUse, on_delete=models.PROTECT, related_name="+", db_index=False)
    legal_area_m2 = models.DecimalField(max_digits=12, decimal_places=1)
    """Area in the register, m²."""
    ring = ArrayField(models.BigIntegerField())
    """Ids of boundary points, counter-clockwise, the first not repeated; 0 stands before each hole."""
    geom = PolygonField(srid=LEGAL_SRID, spatial_index=False)
    """EPSG:5899, derived from `ring` by the database."""
    area_m2 = models.GeneratedField(expression=PlaneArea("geom"), output_field=models.FloatField(), db_persist=True)
    """Plane area of `geom`, m²."""
    valid_from = models.DateField()
    """Day of legal effect."""
    valid_to = models.DateField(null=True, blank=True)
    """First day on which it no longer held."""
    recorded_from = models.DateTimeField(db_default=Now())
    recorded_to = models.DateTimeField(null=True, blank=True)
    """When this version stopped being what the register says."""
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(max_length=200)
    """Document that this version rests on."""
    change = models.ForeignKey(
        "land.ParcelChange", on_delete=models.PROTECT, null=True, related_name="versions", db_index=False
    )
    """The change that made this version; None: it came with the first register, or from a point that moved."""

    objects = ParcelQuerySet.as_manager()

    CURRENT = Q(valid_to__isnull=True, recorded_to__isnull=True)

    class Meta:
        indexes = [
            GistIndex(fields=["geom"], name="parcel_place"),  # of past versions too, which are few
            GinIndex(
                fields=["ring"],
                name="parcel_ring",
                condition=Q(valid_to__isnull=True, recorded_to__isnull=True),
            ),
            models.Index(
                fields=["commune", "sheet", "number"],
                name="parcel_sheet_number",
                condition=Q(valid_to__isnull=True, recorded_to__isnull=True),
            ),
            models.Index(
                Collate("identifier", "C"),
                name="parcel_by_beginning",
                condition=Q(valid_to__isnull=True, recorded_to__isnull=True),
            ),
            models.Index(
                fields=["commune", "sheet", "number"],
                name="parcel_past_numbers",
                condition=~Q(valid_to__isnull=True, recorded_to__isnull=True),
            ),
            models.Index(fields=["change"], name="parcel_by_change", condition=Q(change__isnull=False)),
            models.Index(
                F("area_m2").desc(),
                name="parcel_largest",
                condition=Q(valid_to__isnull=True, recorded_to__isnull=True),
            ),
            models.Index(
                fields=["legal_area_m2", "identifier"],
                name="parcel_by_legal_area",
                condition=Q(valid_to__isnull=True, recorded_to__isnull=True),
            ),
            models.Index(
                fields=["valid_from", "identifier"],
                name="parcel_by_day",
                condition=Q(valid_to__isnull=True, recorded_to__isnull=True),
            ),
            models.Index(
                fields=["land_use", "commune"],
                name="parcel_by_use",
                condition=Q(valid_to__isnull=True, recorded_to__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["identifier"],
                condition=Q(valid_to__isnull=True, recorded_to__isnull=True),
                name="one_parcel_in_force_per_identifier",
            ),
            models.UniqueConstraint(fields=["identifier", "version"], name="one_row_per_version_of_a_parcel"),
            ExclusionConstraint(
                name="past_versions_of_a_parcel_do_not_contradict",
                expressions=[
                    ("identifier", RangeOperators.EQUAL),
                    (_LegalTime("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                    (_RecordedTime("recorded_from", "recorded_to"), RangeOperators.OVERLAPS),
                ],
                condition=~Q(valid_to__isnull=True, recorded_to__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(identifier__regex=r"^[0-9]{12}$"), name="parcel_identifier_has_twelve_digits"
            ),
            models.CheckConstraint(condition=Q(legal_area_m2__gt=0), name="parcel_legal_area_positive"),
            models.CheckConstraint(condition=Q(ring__len__gte=3), name="parcel_ring_has_three_points"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="parcel_legal_time_forward",
            ),
            models.CheckConstraint(
                condition=Q(recorded_to__isnull=True) | Q(recorded_to__gte=F("recorded_from")),
                name="parcel_recorded_time_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} ({self.sheet}/{self.number})"


class ParcelCell(models.Model):
    """A cell of the overview that stands for parcels at small scales: what the parcel in force at its middle is.

    Kept by the database in the transaction that changes the parcels (`land/sql/030_overview.sql`).
    """

    pk = models.CompositePrimaryKey("size_m", "column", "row")
    size_m = models.PositiveSmallIntegerField()
    """Side, metres on the legal grid."""
    column = models.IntegerField()
    """Easting of the western edge in sides."""
    row = models.IntegerField()
    """Northing of the southern edge in sides."""
    commune = models.ForeignKey(
        Commune, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    land_use = models.ForeignKey(
        LandUse, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    geom = PolygonField(srid=LEGAL_SRID, spatial_index=False)
    """EPSG:5899, a little larger than the cell, so that no seam shows between two."""

    objects = ParcelCellQuerySet.as_manager()

    class Meta:
        indexes = [GistIndex(fields=["size_m", "geom"], name="parcel_cell_place")]

    def __str__(self) -> str:
        return f"{self.size_m} m: {self.column}, {self.row}"
