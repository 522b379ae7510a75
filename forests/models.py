"""Forest plots (lô rừng), the smallest unit of the forest inventory."""

from django.contrib.gis.db.models import MultiPolygonField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate, Upper
from django.utils.translation import gettext_lazy as _

from gis.geometry.crs import LEGAL_SRID
from gis.places.models import Commune


class ForestCondition(models.Model):
    """A code of forest type and condition (LDLR), with the colour of the forest map and its source."""

    code = models.CharField(primary_key=True, max_length=10)
    number = models.PositiveSmallIntegerField(unique=True)
    """Number in the list of 93 (maldlr)."""
    name = models.CharField(max_length=120)
    group = models.CharField(max_length=40)
    """Natural forest, plantation, not yet forest …"""
    stock_class = models.CharField(max_length=20, blank=True)
    """Standing volume: rich, medium, poor …"""
    colour = models.CharField(max_length=7)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ForestPlot(models.Model):
    """A forest plot: commune → compartment (tiểu khu) → sub-compartment (khoảnh) → plot (lô)."""

    class Type(models.IntegerChoices):
        """The three forest types (ba loại rừng), coded as the inventory codes them (malr3)."""

        SPECIAL_USE = 1, _("Special-use forest")
        PROTECTION = 2, _("Protection forest")
        PRODUCTION = 3, _("Production forest")

    class OwnerKind(models.TextChoices):
        """Owner codes of the forest monitoring system."""

        HOUSEHOLD = "HGD", _("Household")
        COMMUNITY = "CD", _("Community")
        COMMUNE = "UBND", _("Commune people's committee")
        PROTECTION_BOARD = "BQLRPH", _("Protection forest board")
        SPECIAL_USE_BOARD = "BQLRDD", _("Special-use forest board")
        COMPANY = "DNNN", _("Forestry company")

    code = models.CharField(max_length=40, unique=True)
    """`commune-compartment-sub_compartment-plot`."""
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    compartment = models.CharField(max_length=10)
    sub_compartment = models.PositiveSmallIntegerField()
    plot = models.CharField(max_length=6)
    forest_type = models.PositiveSmallIntegerField(choices=Type.choices)
    condition = models.ForeignKey(ForestCondition, on_delete=models.PROTECT, related_name="+")
    species = models.CharField(max_length=80, blank=True)
    year_planted = models.PositiveSmallIntegerField(null=True, blank=True)
    """Empty for natural forest."""
    owner_kind = models.CharField(max_length=10, choices=OwnerKind.choices)
    owner_name = models.CharField(max_length=120)
    legal_area_ha = models.DecimalField(max_digits=10, decimal_places=2)
    """Area in the inventory, hectares."""
    geom = MultiPolygonField(srid=LEGAL_SRID)
    """EPSG:5899, metres."""
    source = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(Collate(Upper("code"), "C"), name="forest_plot_by_beginning"),
            models.Index("commune", Upper("compartment"), name="forest_plot_by_compartment"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(forest_type__in=[1, 2, 3]), name="forest_type_known"),
            models.CheckConstraint(condition=Q(legal_area_ha__gt=0), name="forest_plot_area_positive"),
            models.CheckConstraint(
                condition=Q(year_planted__isnull=True) | Q(year_planted__range=(1900, 2100)),
                name="forest_plot_year_plausible",
            ),
        ]

    def __str__(self) -> str:
        return self.code
