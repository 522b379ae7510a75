"""Questions about parcels, in the words of the domain."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.contrib.gis.geos import GEOSGeometry
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

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


_IN_FORCE = Q(valid_to__isnull=True, recorded_to__isnull=True)
_KNOWN_NOW = Q(recorded_to__isnull=True)
_HELD_AT_ALL = Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
"""A version that was followed by another on its own first day held on none."""


def _known_at(moment: datetime) -> Q:
    return Q(recorded_from__lte=moment) & (Q(recorded_to__isnull=True) | Q(recorded_to__gt=moment))


class ParcelQuerySet(models.QuerySet["Parcel"]):
    def current(self) -> "ParcelQuerySet":
        """The versions in force; the partial indexes hold exactly these."""
        return self.filter(valid_to__isnull=True, recorded_to__isnull=True)

    def as_of(self, day: date, known: datetime | None = None) -> "ParcelQuerySet":
        """The versions that held on *day*, as the register said at *known* (now, where not given)."""
        return self.held(day, day, known)

    def held(self, first: date | None, last: date | None, known: datetime | None = None) -> "ParcelQuerySet":
        """Of each parcel the newest version that held on a day from *first* to *last* (None: without that end), as the
        register said at *known* (now, where not given).
        """
        later = Q(valid_from__gt=OuterRef("valid_from"))
        held = _KNOWN_NOW if known is None else _known_at(known)
        if last is not None:
            held &= Q(valid_from__lte=last)
            later &= Q(valid_from__lte=last)
        if first is not None:
            held &= Q(valid_to__isnull=True) | Q(valid_to__gt=first)
        rows = self.filter(held)
        if first is not None and first == last:
            return rows  # two versions of a parcel never hold on one day
        known_later = self.model.objects.filter(_KNOWN_NOW if known is None else _known_at(known))
        newer = known_later.filter(later & _HELD_AT_ALL, identifier=OuterRef("identifier"))
        return rows.filter(_HELD_AT_ALL).filter(Q(valid_to__isnull=True) | ~Exists(newer))

    def openly_there(self, areas: Areas) -> "ParcelQuerySet":
        """Without past versions of parcels that are now defence or security land, except in *areas*: where it lies
        would be seen in its past."""
        hidden = self.model.objects.current().filter(land_use_id__in=HIDDEN_USES, identifier=OuterRef("identifier"))
        return self.filter(_IN_FORCE | ~Exists(hidden) | Q(InAreas(areas, "commune_id")))

    def visible_in(self, areas: Areas) -> "ParcelQuerySet":
        """Without defence and security land, except in *areas*."""
        return self.filter(visible_in(areas))

    def touching(self, shape: GEOSGeometry) -> "ParcelQuerySet":
        """Parcels that meet *shape*, their boundaries included."""
        return self.filter(geom__intersects=shape)
