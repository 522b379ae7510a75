"""Administrative units of the province, the communes since 1 July 2025 and those before; and what lies around it."""

from django.contrib.gis.db.models import MultiLineStringField, MultiPolygonField, PointField, PolygonField
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis.geometry.crs import LEGAL_SRID, WGS84_SRID


class Commune(models.Model):
    """A ward (phường), commune (xã) or special zone (đặc khu); the unit of areas, reports and warnings."""

    class Kind(models.TextChoices):
        WARD = "phuong", _("Ward")
        COMMUNE = "xa", pgettext_lazy("kind", "Commune")
        SPECIAL_ZONE = "dac_khu", _("Special zone")

    code = models.CharField(primary_key=True, max_length=5)
    """Official code of five digits."""
    aliases = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    """Other codes that some sources give the same unit."""
    name = models.CharField(max_length=80)
    """Vietnamese name without the kind, Unicode NFC."""
    name_en = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    area_official_km2 = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    """Area by the resolution; differs from that of any outline, and neither corrects the other."""
    label = PointField(srid=WGS84_SRID)
    """Where its name is written."""

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^\d{5}$"), name="commune_code_has_five_digits"),
            models.CheckConstraint(condition=Q(kind__in=["phuong", "xa", "dac_khu"]), name="commune_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class _Validity(Func):
    """daterange(valid_from, valid_to), for the constraint that two outlines never hold on one day."""

    function = "DATERANGE"
    output_field = DateRangeField()


class CommuneOutline(models.Model):
    """One version of a commune's outline; a new one closes the last."""

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="outlines")
    geom = MultiPolygonField(srid=LEGAL_SRID)
    """EPSG:5899, metres."""
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    """The first day on which it no longer holds."""
    source = models.CharField(max_length=200)
    schematic = models.BooleanField(default=False)
    """A drawing for orientation, not a boundary of any standing."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")),
                name="outline_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="one_outline_of_a_commune_a_day",
                expressions=[
                    ("commune", RangeOperators.EQUAL),
                    (_Validity("valid_from", "valid_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class FormerCommune(models.Model):
    """A ward, commune or town of a district as it stood until 30 June 2025, by its code and names of then."""

    class Kind(models.TextChoices):
        WARD = "phuong", _("Ward")
        COMMUNE = "xa", pgettext_lazy("kind", "Commune")
        TOWN = "thi_tran", _("Township")

    code = models.CharField(primary_key=True, max_length=5)
    """Official code of five digits; a commune of today may have the code of another one of then."""
    name = models.CharField(max_length=80)
    """Vietnamese name without the kind, Unicode NFC."""
    kind = models.CharField(max_length=10, choices=Kind.choices)
    district_name = models.CharField(max_length=80)
    """District, town or city that it belonged to, with its kind."""

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^\d{5}$"), name="former_code_has_five_digits"),
            models.CheckConstraint(condition=Q(kind__in=["phuong", "xa", "thi_tran"]), name="former_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name} ({self.district_name})"


class CommuneSuccession(models.Model):
    """That a former commune, or a part of it, went into a commune of today."""

    class Relation(models.TextChoices):
        WHOLE = "whole", _("the whole")
        PART = "part", _("a part")
        PART_DEFAULT = "part_default", _("the part that an address without further detail is taken for")

    former = models.ForeignKey(FormerCommune, on_delete=models.CASCADE, related_name="successions")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="predecessors")
    relation = models.CharField(max_length=12, choices=Relation.choices)

    class Meta:
        ordering = ["former", "commune"]
        constraints = [
            models.UniqueConstraint(fields=["former", "commune"], name="succession_told_once"),
            models.UniqueConstraint(
                fields=["former"], condition=~Q(relation="part"), name="former_commune_has_one_main_successor"
            ),
            models.CheckConstraint(
                condition=Q(relation__in=["whole", "part", "part_default"]), name="succession_relation_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.former_id} → {self.commune_id} ({self.relation})"


class PlaceLabel(models.Model):
    """A name that maps write for orientation, where they write it and at which scales."""

    class Kind(models.TextChoices):
        ARCHIPELAGO = "archipelago", _("Archipelago")
        ARCHIPELAGO_ISLAND = "archipelago_island", _("Island of an archipelago")
        ISLAND = "island", _("Island")
        SEA = "sea", _("Sea")
        BAY = "bay", _("Bay")
        COUNTRY = "country", _("Country")
        CAPITAL = "capital", _("Capital")
        CITY = "city", _("City")
        PROVINCE = "province", pgettext_lazy("kind", "Province")

    class Anchor(models.TextChoices):
        """Where the text stands, seen from the position."""

        CENTRE = "centre", _("over it")
        ABOVE = "above", _("above it")
        BELOW = "below", _("below it")
        BESIDE = "beside", _("beside it")

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    """In Vietnamese, Unicode NFC."""
    name_en = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    rank = models.SmallIntegerField()
    """0 is the most important: of names that would meet the lower rank is written."""
    anchor = models.CharField(max_length=8, choices=Anchor.choices)
    position = PointField(srid=WGS84_SRID)
    min_scale = models.PositiveIntegerField(null=True, blank=True)
    """Written at scale denominators from this one …"""
    max_scale = models.PositiveIntegerField(null=True, blank=True)
    """… up to this one; empty: without a limit."""
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["rank", "code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="archipelago") | Q(min_scale__isnull=True, max_scale__isnull=True),
                name="archipelagos_are_named_at_every_scale",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Land(models.Model):
    """A piece of the world's land, for orientation; neighbouring pieces overlap a little."""

    geom = PolygonField(srid=WGS84_SRID)
    source = models.CharField(max_length=200)


class CountryBorder(models.Model):
    """The line between two countries, for orientation: of no standing in law."""

    name = models.CharField(max_length=80, unique=True)
    """The two countries in Vietnamese, with a dash between."""
    geom = MultiLineStringField(srid=WGS84_SRID)
    source = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class ProvinceOutline(models.Model):
    """The outline around all communes in force, to 20 m: one row, which the database keeps (`sql/020_province.sql`)."""

    geom = MultiPolygonField(srid=LEGAL_SRID)
    """EPSG:5899, metres."""
    schematic = models.BooleanField()
    """Whether any outline of a commune in it is."""
    source = models.CharField(max_length=400)
    """Those of the communes."""
