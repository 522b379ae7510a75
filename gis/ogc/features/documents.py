"""The documents of OGC API – Features: landing page, conformance, collections, API description."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers import Layer
from gis.layers.registry import all_layers
from gis.ogc.common.extents import extent_of
from gis.ogc.features.params import DEFAULT_LIMIT, LARGEST_LIMIT

Json = dict[str, Any]
Address = Callable[[str], str]
"""Makes a path below `/ogc` an address that clients reach."""

GEOJSON = "application/geo+json"
JSON = "application/json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
VECTOR_TILE = "application/vnd.mapbox-vector-tile"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
)


def link(href: str, rel: str, kind: str, title: str = "") -> Json:
    made = {"href": href, "rel": rel, "type": kind}
    return {**made, "title": title} if title else made


def landing(at: Address) -> Json:
    return {
        "title": "Hạ Long",
        "description": _("Land, forests, mines and storms of the province. Outlines are no legal boundaries."),
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
        "collections": [collection(layer, viewer, at) for layer in all_layers()],
    }


def collection(layer: Layer, viewer: Viewer, at: Address) -> Json:
    """One layer; its extent is that of what *viewer* sees."""
    here = f"/collections/{layer.name}"
    tiles = at(f"{here}/tiles/WebMercatorQuad") + "/{tileMatrix}/{tileRow}/{tileCol}"
    extent = extent_of(layer, viewer)
    document: Json = {
        "id": layer.name,
        "title": str(layer.title),
        "description": str(layer.abstract),
        "itemType": "feature",
        "links": [
            link(at(here), "self", JSON),
            link(at(f"{here}/items"), "items", GEOJSON, str(layer.title)),
            {**link(tiles, "item", VECTOR_TILE, _("Vector tiles")), "templated": True},
        ],
    }
    if layer.attribution:
        document["attribution"] = str(layer.attribution)
    if extent:
        document["extent"] = {"spatial": {"bbox": [list(extent)], "crs": CRS84}}
    return document


def item_path(layer: Layer, key: str | int) -> str:
    """Path of one feature; identifiers may hold any character."""
    return f"/collections/{layer.name}/items/{quote(str(key), safe='')}"


def api(at: Address) -> Json:
    """The OpenAPI 3.0 description, true to what the addresses do."""
    names = [layer.name for layer in all_layers()]
    identifier = _parameter("collectionId", "path", {"type": "string", "enum": names}, required=True)
    item = _parameter("featureId", "path", {"type": "string"}, required=True)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Hạ Long – OGC API Features", "version": "1.0.0"},
        "servers": [{"url": at("")}],
        "paths": {
            "/": _get("landing", _("Landing page"), JSON),
            "/conformance": _get("conformance", _("Conformance classes"), JSON),
            "/api": _get("api", _("This description"), OPENAPI),
            "/collections": _get("collections", _("All collections"), JSON),
            "/collections/{collectionId}": _get("collection", _("One collection"), JSON, [identifier]),
            "/collections/{collectionId}/items": _get(
                "items", _("Features, in pages"), GEOJSON, [identifier, *_items_parameters()]
            ),
            "/collections/{collectionId}/items/{featureId}": _get(
                "item", _("One feature"), GEOJSON, [identifier, item]
            ),
        },
        "components": {"schemas": {"problem": PROBLEM}},
    }


PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
        "expected": {"type": "string"},
    },
}


def _items_parameters() -> list[Json]:
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT}
    return [
        {**_parameter("bbox", "query", box), "style": "form", "explode": False},
        _parameter("datetime", "query", {"type": "string"}),
        {**_parameter("limit", "query", limit), "style": "form", "explode": False},
        _parameter("after", "query", {"type": "string"}),
    ]


def _parameter(name: str, place: str, schema: Json, *, required: bool = False) -> Json:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _get(operation: str, summary: str, kind: str, parameters: list[Json] | None = None) -> Json:
    shape = {"schema": {"type": "object"}}
    wrong = {"schema": {"$ref": "#/components/schemas/problem"}}
    responses: Json = {
        "200": {"description": summary, "content": {kind: shape}},
        "400": {"description": _("A parameter is wrong"), "content": {"application/problem+json": wrong}},
    }
    if parameters:
        responses["404"] = {"description": _("Not found"), "content": {"application/problem+json": wrong}}
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": parameters or [],
            "responses": responses,
        }
    }
