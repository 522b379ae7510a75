"""Where a layer's visible rows lie, remembered for a while."""

import hashlib

from django.core.cache import cache

from gis.access.viewer import Viewer
from gis.geometry.crs import WGS84_SRID, transformer
from gis.layers import Layer
from gis.layers.query import Box, LayerQuery
from gis.layers.versions import version_of_layer
from gis.ogc.common.crs import Bounds

SECONDS = 60


def stored_extent_of(layer: Layer, viewer: Viewer) -> Box | None:
    """The box in the layer's own CRS of what *viewer* sees of it; None where that is nothing.

    At most a minute old, and fresh after every change that the layer's data version knows of.
    """
    query = LayerQuery(layer, viewer)
    seen = f"{layer.name} {version_of_layer(layer.name)} {query.areas}"
    key = f"extent:{hashlib.sha256(seen.encode()).hexdigest()}"
    found: Box | bool | None = cache.get(key, default=False)
    if isinstance(found, bool):
        found = query.stored_extent()
        cache.set(key, found, SECONDS)
    return found


def extent_of(layer: Layer, viewer: Viewer) -> Bounds | None:
    """The same as (west, south, east, north) in degrees of WGS 84."""
    stored = stored_extent_of(layer, viewer)
    return in_degrees(stored) if stored else None


def in_degrees(box: Box) -> Bounds:
    west, south, east, north, srid = box
    if srid == WGS84_SRID:
        return west, south, east, north
    return transformer(srid, WGS84_SRID).transform_bounds(west, south, east, north)
