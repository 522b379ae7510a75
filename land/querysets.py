"""Questions about parcels, in the words of the domain."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.contrib.gis.geos import GEOSGeometry
from django.db import models
from django.db.models import Q

from gis.access.viewer import Areas
from gis.layers.base import InAreas
from land.codes import HIDDEN_USES

if TYPE_CHECKING:
    from land.models import Parcel, ParcelCell  # noqa: F401  (the base classes below name them in quotes)


def visible_in(areas: Areas) -> Q:
    """Without defence and security land, except in *areas*."""
    return ~Q(land_use_id__in=HIDDEN_USES) | Q(InAreas(areas, "commune_id"))


class ParcelCellQuerySet(models.QuerySet["ParcelCell"]):
    def visible_in(self, areas: Areas) -> "ParcelCellQuerySet":
        """Cells of the parcels that `ParcelQuerySet.visible_in` shows."""
        return self.filter(visible_in(areas))


class ParcelQuerySet(models.QuerySet["Parcel"]):
    def current(self) -> "ParcelQuerySet":
        """The versions in force; the partial indexes hold exactly these."""
        return self.filter(valid_to__isnull=True, recorded_to__isnull=True)

    def as_of(self, day: date, known: datetime | None = None) -> "ParcelQuerySet":
        """The versions that held on *day*, as the register said at *known* (now, where not given)."""
        held = self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        if known is None:
            return held.filter(recorded_to__isnull=True)
        return held.filter(recorded_from__lte=known).filter(Q(recorded_to__isnull=True) | Q(recorded_to__gt=known))

    def visible_in(self, areas: Areas) -> "ParcelQuerySet":
        """Without defence and security land, except in *areas*."""
        return self.filter(visible_in(areas))

    def touching(self, shape: GEOSGeometry) -> "ParcelQuerySet":
        """Parcels that meet *shape*, their boundaries included."""
        return self.filter(geom__intersects=shape)
