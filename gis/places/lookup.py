"""Which commune a place belongs to."""

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point

from gis.geometry.crs import LEGAL_SRID
from gis.places.models import Commune, CommuneOutline

REACH_M = 60_000
"""How far beyond the outlines, which end at the shore, a place at sea is still somebody's."""


def commune_at(place: Point) -> Commune | None:
    """The commune whose outline in force holds *place* (any CRS), else the nearest; None far from all of them."""
    legal = place.transform(LEGAL_SRID, clone=True)
    outlines = CommuneOutline.objects.filter(valid_to__isnull=True, geom__dwithin=(legal, REACH_M))
    nearest = outlines.annotate(away=Distance("geom", legal)).order_by("away", "commune_id").select_related("commune")
    found = nearest.first()
    return found.commune if found else None
