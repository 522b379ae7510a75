"""What the browser's map needs to know, derived from the layers' declarations."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from gis.access.viewer import Viewer
from gis.layers import Field, Layer, registry
from gis.layers.context import place_names
from gis.layers.credits import COAST, credits_of
from gis.layers.query import LayerQuery
from gis.live import topics
from gis.problems import NotFound
from gis.web.pages.addresses import list_href
from gis.web.pages.texts import map_texts
from gis.web.printing.params import GRIDS, PRINTABLE, SCALES, TITLE_LIMIT, usual_title
from gis.web.printing.sheets import ORIENTATIONS, SHEETS, layout_of

PROVINCE = (106.4, 20.6, 108.1, 21.7)
"""West, south, east, north in degrees: what is shown while no commune has been loaded."""
LIVE = "/live/"
SNAPSHOT = "/live/snapshot"
MAX_TILE_ZOOM = 16
"""Vector tiles of this zoom level are stretched at closer views: 4096 units of a tile are 15 cm there."""


def map_config(viewer: Viewer) -> dict[str, Any]:
    """The configuration of the map for *viewer*, as JSON can hold it."""
    layers = registry.all_layers(viewer)
    return {
        "language": get_language() or settings.LANGUAGE_CODE,
        "bounds": province_bounds(viewer),
        "layers": [layer_config(layer, viewer) for layer in layers],
        "places": place_names(),
        "live": {"url": LIVE, "snapshot": SNAPSHOT, "topics": _topics(layers, viewer)},
        "credits": credits_of(layers, COAST),
        "user": viewer.username or None,
        "signIn": reverse("login"),
        "print": _print(),
        "texts": map_texts(),
    }


def _print() -> dict[str, Any]:
    """What can be printed: the sizes of the map on each sheet (mm), scales, and where (metres of the legal grid)."""
    sheets = [(paper, orientation) for paper in SHEETS for orientation in ORIENTATIONS]
    frames = [layout_of(paper, orientation).map for paper, orientation in sheets]
    return {
        "url": reverse("print"),
        "sheets": [
            {"paper": paper, "orientation": orientation, "width": frame.width, "height": frame.height}
            for (paper, orientation), frame in zip(sheets, frames, strict=True)
        ],
        "scales": SCALES,
        "grids": GRIDS,
        "titleLimit": TITLE_LIMIT,
        "usualTitle": usual_title(),
        "within": PRINTABLE,
    }


def _topics(layers: list[Layer], viewer: Viewer) -> list[str]:
    """Those that concern the map: they move a layer's features, or say that its tiles are old."""
    wanted = {"layers", *(layer.name for layer in layers), *(layer.live_topic for layer in layers)}
    return [name for name in topics.names(viewer) if name in wanted]


def province_bounds(viewer: Viewer) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees of the communes."""
    try:
        return LayerQuery(registry.get("communes", viewer), viewer).extent() or PROVINCE
    except NotFound:
        return PROVINCE


def layer_config(layer: Layer, viewer: Viewer) -> dict[str, Any]:
    """What a map needs to draw *layer* and to tell of its features."""
    return {
        "name": layer.name,
        "title": str(layer.title),
        "abstract": str(layer.abstract),
        "attribution": str(layer.attribution),
        "group": str(layer.group),
        "geometryType": layer.geometry_type,
        "tiles": f"/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt",
        "items": f"/ogc/collections/{layer.name}/items",
        "pages": list_href(layer),
        "minZoom": layer.min_zoom,
        "maxZoom": MAX_TILE_ZOOM,
        "detailZoom": layer.detail_zoom,
        "overview": layer.overview is not None,
        "position": layer.position,
        "visible": layer.visible,
        "liveTopic": layer.live_topic,
        "fields": [_field(field) for field in layer.fields_for(layer.areas_of(viewer))],
        "style": layer.styles[0].as_json(),
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "title": str(field.title),
        "kind": field.kind,
        "unit": field.unit,
        "values": {str(code): str(word) for code, word in field.values.items()},
    }
