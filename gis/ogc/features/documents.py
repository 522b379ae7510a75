"""The documents of OGC API – Features: landing page, conformance, collections."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers import Layer
from gis.layers.credits import credit_line
from gis.layers.query import LayerQuery
from gis.layers.registry import all_layers
from gis.ogc.common.crs import CRS84
from gis.ogc.common.extents import extent_of

Json = dict[str, Any]
Address = Callable[[str], str]
"""Makes a path below `/ogc` an address that clients reach."""

GEOJSON = "application/geo+json"
JSON = "application/json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
VECTOR_TILE = "application/vnd.mapbox-vector-tile"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
)


def link(href: str, rel: str, kind: str, title: str = "") -> Json:
    made = {"href": href, "rel": rel, "type": kind}
    return {**made, "title": title} if title else made


def landing(viewer: Viewer, at: Address) -> Json:
    return {
        "title": "Hạ Long",
        "description": _("Land, forests, mines and storms of the province. Outlines are no legal boundaries."),
        "attribution": credit_line(all_layers(viewer)),
        "links": [
            link(at(""), "self", JSON, _("This document")),
            link(at("/api"), "service-desc", OPENAPI, _("Description of the interface")),
            link(at("/conformance"), "conformance", JSON, _("Conformance classes")),
            link(at("/collections"), "data", JSON, _("Collections")),
        ],
    }


def conformance() -> Json:
    return {"conformsTo": list(CONFORMANCE)}


def collections(viewer: Viewer, at: Address) -> Json:
    return {
        "links": [link(at("/collections"), "self", JSON)],
        "attribution": credit_line(all_layers(viewer)),
        "collections": [collection(layer, viewer, at) for layer in all_layers(viewer)],
    }


def collection(layer: Layer, viewer: Viewer, at: Address) -> Json:
    """One layer; its extent is that of what *viewer* sees."""
    here = f"/collections/{layer.name}"
    tiles = at(f"{here}/tiles/WebMercatorQuad") + "/{tileMatrix}/{tileRow}/{tileCol}"
    document: Json = {
        "id": layer.name,
        "title": str(layer.title),
        "description": str(layer.abstract),
        "attribution": credit_line([layer]),
        "itemType": "feature",
        "links": [
            link(at(here), "self", JSON),
            link(at(f"{here}/items"), "items", GEOJSON, str(layer.title)),
            {**link(tiles, "item", VECTOR_TILE, _("Vector tiles")), "templated": True},
        ],
    }
    if extent := extent_in(layer, viewer):
        document["extent"] = extent
    return document


def extent_in(layer: Layer, viewer: Viewer) -> Json:
    """Where and when the features lie that *viewer* sees; nothing of what there is none."""
    extent: Json = {}
    if place := extent_of(layer, viewer):
        extent["spatial"] = {"bbox": [list(place)], "crs": CRS84.uri}
    times = LayerQuery(layer, viewer).times()
    if times and times.start and times.end:
        ends = [moment.isoformat().replace("+00:00", "Z") for moment in (times.start, times.end)]
        extent["temporal"] = {"interval": [ends], "trs": GREGORIAN}
    return extent


def item_path(layer: Layer, key: str | int) -> str:
    """Path of one feature; identifiers may hold any character."""
    return f"/collections/{layer.name}/items/{quote(str(key), safe='')}"
