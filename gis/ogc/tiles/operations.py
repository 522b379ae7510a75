"""One tile, and its ETag, which is known before the tile is made."""

import hashlib
from typing import Any

from gis.access.viewer import Viewer
from gis.layers import Layer
from gis.layers.credits import credit_line
from gis.layers.query import LayerQuery
from gis.layers.versions import version_of_layer, version_of_tile
from gis.maps.drawing.archipelagos import names_for
from gis.maps.drawing.sources import order_of, render_database
from gis.maps.tiles.images import DEEPEST_ZOOM, tile_picture, tile_request
from gis.ogc.common.extents import extent_of


class VectorTile:
    """Tile *z*/*x*/*y* (y from the north) of a layer as *viewer* sees it."""

    def __init__(self, layer: Layer, viewer: Viewer, z: int, x: int, y: int) -> None:
        self.layer, self.place = layer, (z, x, y)
        self.query = LayerQuery(layer, viewer)

    @property
    def etag(self) -> str:
        """Of the data around it and of the statement, which holds the declaration and what the viewer may see."""
        return _etag(self.layer, self.place, self.query.tile_statement(*self.place))

    def content(self) -> bytes:
        """Empty where nothing is to be seen."""
        return self.query.tile(*self.place)


class PictureTile:
    """The same place as a PNG of 256 pixels, in the layer's default style."""

    def __init__(self, layer: Layer, viewer: Viewer, z: int, x: int, y: int) -> None:
        self.layer, self.viewer, self.place = layer, viewer, (z, x, y)

    @property
    def etag(self) -> str:
        """Of the data, of how they are drawn, and of the names that stand on every picture."""
        names = names_for(tile_request(self.layer, self.viewer, *self.place))
        drawn = [order_of(*each, render_database())["id"] for each in (*names, (self.layer, self.layer.styles[0]))]
        versions = [version_of_layer(layer.name) for layer, _style in names]
        return _etag(self.layer, self.place, (drawn, versions, self.layer.areas_of(self.viewer)))

    def content(self) -> bytes:
        return tile_picture(self.layer, self.viewer, *self.place)


def tile_json(layer: Layer, viewer: Viewer, address: str) -> dict[str, Any]:
    """The tiles of *layer* at *address* as TileJSON 3.0, with the fields and extent of what *viewer* sees."""
    fields = layer.tile_fields_for(layer.areas_of(viewer))
    described = {field.name: f"{field.title} ({field.unit})" if field.unit else str(field.title) for field in fields}
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": str(layer.title),
        "description": str(layer.abstract),
        "attribution": credit_line([layer]),
        "scheme": "xyz",
        "tiles": [f"{address}/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": layer.min_zoom,
        "maxzoom": DEEPEST_ZOOM,
        "vector_layers": [{"id": layer.name, "description": str(layer.title), "fields": described}],
    }
    if extent := extent_of(layer, viewer):
        document["bounds"] = list(extent)
    return document


def _etag(layer: Layer, place: tuple[int, int, int], how: Any) -> str:
    """Changes with the data in and around the tile, and with *how* it is made of them."""
    known = repr((version_of_tile(layer.name, *place), place, how))
    return f'W/"{hashlib.sha256(known.encode()).hexdigest()[:32]}"'
