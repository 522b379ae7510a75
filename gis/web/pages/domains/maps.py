"""What the map beside a list or a row needs to know: `frontend/src/tables` reads it."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from gis.access.viewer import Viewer
from gis.layers import Layer, registry
from gis.layers.context import place_names
from gis.layers.credits import COAST, credits_of
from gis.problems import NotFound
from gis.web.pages.map_config import layer_config, province_bounds
from gis.web.pages.texts import map_texts

GROUND = "communes"
"""The layer that lies under every other."""


def beside_list(layer: Layer, viewer: Viewer, rows: str) -> dict[str, Any]:
    """The map of the rows that the address *rows* gives as GeoJSON; pointing at one shows which row it is."""
    return {**_map(layer, viewer), "rows": rows, "around": False}


def around_row(layer: Layer, viewer: Viewer, item: str) -> dict[str, Any]:
    """The map of one row, which the address *item* gives as a GeoJSON Feature, among its neighbours."""
    return {**_map(layer, viewer), "rows": item, "around": True}


def _map(layer: Layer, viewer: Viewer) -> dict[str, Any]:
    return {
        "language": get_language() or settings.LANGUAGE_CODE,
        "bounds": province_bounds(viewer),
        "places": place_names(),
        "layer": _drawn(layer, viewer),
        "ground": _ground(layer, viewer),
        "credits": credits_of([layer], COAST),
        "texts": map_texts(),
    }


def _ground(layer: Layer, viewer: Viewer) -> dict[str, Any] | None:
    if layer.name == GROUND:
        return None
    try:
        return _drawn(registry.get(GROUND, viewer), viewer)
    except NotFound:
        return None


def _drawn(layer: Layer, viewer: Viewer) -> dict[str, Any]:
    """*layer* as it is drawn; of its fields the list tells."""
    return {**layer_config(layer, viewer), "fields": []}
