"""Stations and what they measured. Times are UTC, positions WGS 84 (EPSG:4326, lon/lat)."""

from django.contrib.gis.db.models import PointField
from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from gis.geometry.crs import WGS84_SRID
from gis.places.models import Commune


class Quantity(models.TextChoices):
    RAIN = "rain", _("Rain")
    LEVEL = "level", _("Water level")
    WIND = "wind", _("Wind speed")


UNITS = {"rain": "mm", "level": "m", "wind": "m/s"}
"""The one unit in which each quantity is stored."""
PLAUSIBLE = {"rain": (0, 2000), "level": (-20, 100), "wind": (0, 120)}
"""Lowest and highest value in that unit that an instrument can mean."""


class StationQuerySet(QuerySet["Station"]):
    def with_newest(self) -> "StationQuerySet":
        """Each with its newest reading of every quantity, `rain` and `rain_at` and so on, and `newest_at` of all.

        Looked up by time when asked for, so that a late reading never replaces a newer one.
        """
        newest = {}
        for quantity in Quantity.values:
            readings = Reading.objects.filter(station=OuterRef("pk"), quantity=quantity).order_by("-time")
            newest[quantity] = Subquery(readings.values("value")[:1])
            newest[f"{quantity}_at"] = Subquery(readings.values("time")[:1])
        times = [F(f"{quantity}_at") for quantity in Quantity.values]
        return self.annotate(**newest).annotate(newest_at=Greatest(*times))


class Station(models.Model):
    """A place where instruments stand."""

    class Kind(models.TextChoices):
        RAIN = "rain", _("Rain gauge")
        LEVEL = "level", _("Water level gauge")
        WEATHER = "weather", _("Weather station")

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    """What it is called by; any station may report any quantity."""
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    position = PointField(srid=WGS84_SRID)
    source = models.CharField(max_length=200)

    objects = StationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["rain", "level", "weather"]), name="station_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


def _stored_in_its_unit() -> Q:
    condition = Q()
    for quantity, unit in UNITS.items():
        condition |= Q(quantity=quantity, unit=unit, value__range=PLAUSIBLE[quantity])
    return condition


class Reading(models.Model):
    """One measured value. A station has one of a quantity at a time."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="readings", db_index=False)
    quantity = models.CharField(max_length=10, choices=Quantity.choices)
    time = models.DateTimeField()
    """When it was measured; the end of the period for what is summed or averaged."""
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    """Over which rain was summed or wind averaged: different periods are never compared; none for a level."""
    value = models.DecimalField(max_digits=7, decimal_places=2)
    unit = models.CharField(max_length=4)
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(F("station"), F("quantity"), F("time").desc(), name="reading_once_at_a_time"),
            models.CheckConstraint(condition=_stored_in_its_unit(), name="reading_plausible_in_its_unit"),
            models.CheckConstraint(
                condition=Q(quantity="level", minutes__isnull=True)
                | Q(quantity__in=["rain", "wind"], minutes__isnull=False, minutes__range=(1, 1440)),
                name="reading_has_its_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.quantity} {self.value} {self.unit} {self.time:%Y-%m-%d %H:%MZ}"
