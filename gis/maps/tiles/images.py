"""Picture tiles of one layer.

Labels are placed in 256 pixels around a tile too, in an order that is the same in every tile, so that
neighbours agree on every label that crosses their edge.
"""

from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.geometry.crs import WEB_SRID
from gis.layers import Layer
from gis.maps.drawing import Background, MapRequest, render
from gis.problems import NotFound

HALF_WORLD = 20037508.342789244
"""Metres from the middle of the Web Mercator square to its edge."""
DEEPEST_ZOOM = 22
SIDE = 256


def tile_picture(layer: Layer, viewer: Viewer, z: int, x: int, y: int, *, side: int = SIDE, style: str = "") -> bytes:
    """The transparent PNG of tile *z*/*x*/*y* (y from the north) as *viewer* sees it, *side* pixels wide.

    A tile of 512 pixels is the one of 256 drawn twice as finely. Raises `NotFound` outside the tile pyramid
    and where the layer has no such style.
    """
    return render(tile_request(layer, viewer, z, x, y, side=side, style=style))


def tile_request(
    layer: Layer, viewer: Viewer, z: int, x: int, y: int, *, side: int = SIDE, style: str = ""
) -> MapRequest:
    """What `tile_picture` draws."""
    drawn = layer.style(style)
    if drawn is None:
        raise NotFound(_("The layer has no such style."), field="style")
    return MapRequest(
        layers=((layer, drawn),),
        viewer=viewer,
        srid=WEB_SRID,
        bbox=tile_bounds(z, x, y),
        width=side,
        height=side,
        background=Background(transparent=True),
        scale_factor=side / SIDE,
    )


def tile_bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Metres in EPSG:3857 of a tile. Raises `NotFound` outside the pyramid."""
    count = 1 << z if 0 <= z <= DEEPEST_ZOOM else 0
    if not (0 <= x < count and 0 <= y < count):
        raise NotFound(_("There is no such tile."), expected=f"z 0 … {DEEPEST_ZOOM}, x, y 0 … 2^z - 1")
    width = 2 * HALF_WORLD / count
    west, north = -HALF_WORLD + x * width, HALF_WORLD - y * width
    return west, north - width, west + width, north
