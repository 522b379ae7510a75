"""Where something is: a checked point and its commune, for the actions on shelters and incidents."""

import math

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from gis.access.viewer import SERVICE, Viewer
from gis.geometry.crs import WGS84_SRID
from gis.places.lookup import commune_at
from gis.places.models import Commune
from gis.problems import Invalid, SignInNeeded


def point_at(lon: float, lat: float) -> Point:
    """The point (WGS 84 degrees). Raises `Invalid`."""
    for name, value, limit in (("lon", lon, 180), ("lat", lat, 90)):
        if not math.isfinite(value) or abs(value) > limit:
            raise Invalid(_("The position is not on the globe."), field=name, expected=f"−{limit}…{limit}")
    return Point(lon, lat, srid=WGS84_SRID)


def commune_of(place: Point, code: str | None = None) -> Commune:
    """The commune *code* if one is named, else the one at or nearest to *place*. Raises `Invalid`."""
    if code:
        named = Commune.objects.filter(code=code).first()
        if named is None:
            raise Invalid(_("There is no commune with this code."), field="commune", expected=_("five digits"))
        return named
    found = commune_at(place)
    if found is None:
        raise Invalid(_("The position is far from the province."), field="lon", expected=_("within 60 km of it"))
    return found


def require_keeper(actor: Viewer, roles: frozenset[str], commune: str) -> None:
    """Raise `SignInNeeded` or `Forbidden` unless *actor* holds one of *roles* there, or is the service itself."""
    if actor != SERVICE:
        actor.require(roles, commune)


def require_signed_in(actor: Viewer) -> None:
    """Before anything is told of what is stored."""
    if actor != SERVICE and not actor.signed_in:
        raise SignInNeeded
