"""One tile, and whether the client has it already."""

import hashlib

from django.conf import settings
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers import Layer
from gis.layers.query import LayerQuery
from gis.layers.versions import version_of_tile
from gis.problems import NotFound

DEEPEST_ZOOM = 22


def check_place(z: int, x: int, y: int) -> None:
    """Raise `NotFound` outside the tile matrix set."""
    if z > DEEPEST_ZOOM or not (0 <= x < 1 << z and 0 <= y < 1 << z):
        raise NotFound(
            _("There is no such tile."),
            field="tile",
            expected=f"zoom 0–{DEEPEST_ZOOM}, column and row below 2^zoom",
        )


def tag(layer: Layer, viewer: Viewer, z: int, x: int, y: int) -> str:
    """The tile's ETag: of the data around it, of what *viewer* sees, and of the layer's declaration."""
    seen = (
        version_of_tile(layer.name, z, x, y),
        layer.areas_of(viewer),
        [field.name for field in layer.fields],
        layer.detail_zoom,
        layer.thin_by,
        settings.SECRET_KEY,
    )
    return f'W/"{hashlib.sha256(repr(seen).encode()).hexdigest()[:24]}"'


def vector_tile(layer: Layer, viewer: Viewer, z: int, x: int, y: int) -> bytes:
    return LayerQuery(layer, viewer).tile(z, x, y)
