"""Hoàng Sa and Trường Sa (Việt Nam) are named on every picture that reaches them, whatever it was asked to show.

On transparent pictures too: a client that lays several over one another gets the same letters at the same place in
each, because these names never move for others (`docs/decisions/0006-archipelagos-on-every-map.md`).
"""

import math

from django.core.cache import cache

from gis.access.viewer import Viewer
from gis.geometry.crs import WGS84_SRID, transformer
from gis.layers import Layer, Style, registry
from gis.maps.drawing.requests import MapRequest
from gis.maps.drawing.sources import LABEL_MARGIN
from gis.places.models import PlaceLabel

LAYER, STYLE = "place_labels", "archipelagos"
KINDS = (PlaceLabel.Kind.ARCHIPELAGO, PlaceLabel.Kind.ARCHIPELAGO_ISLAND)
SECONDS = 60


def names_for(request: MapRequest) -> tuple[tuple[Layer, Style], ...]:
    """The layer and style that write them, where the picture or the margin of its labels reaches one of them.

    Nothing where the picture shows the names' own layer anyway.
    """
    if any(layer.name == LAYER for layer, _style in request.layers) or not _reached(request):
        return ()
    layer = registry.get(LAYER, Viewer.public())
    style = layer.style(STYLE)
    return ((layer, style),) if style else ()


def _reached(request: MapRequest) -> bool:
    west, south, east, north = _around(request)
    return any(west <= lon <= east and south <= lat <= north for lon, lat in _places())


def _around(request: MapRequest) -> tuple[float, float, float, float]:
    """The picture with its margin in degrees; the whole world where the projection tells no box."""
    minx, miny, maxx, maxy = request.bbox
    margin = LABEL_MARGIN * max(request.scale_factor, 1)
    across, up = (maxx - minx) / request.width * margin, (maxy - miny) / request.height * margin
    box = minx - across, miny - up, maxx + across, maxy + up
    if request.srid == WGS84_SRID:
        return box
    found = transformer(request.srid, WGS84_SRID).transform_bounds(*box)
    west, _south, east, _north = found
    whole = -180.0, -90.0, 180.0, 90.0
    return found if all(map(math.isfinite, found)) and west <= east else whole


def _places() -> list[tuple[float, float]]:
    """Where the names stand (lon, lat), at most a minute old."""

    def read() -> list[tuple[float, float]]:
        found = PlaceLabel.objects.filter(kind__in=KINDS).values_list("position", flat=True)
        return [(place.x, place.y) for place in found]

    return cache.get_or_set("archipelagos", read, SECONDS) or []
