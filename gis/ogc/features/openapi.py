"""The OpenAPI 3.0 description of `/ogc`, derived from the layers' declarations and true to what the addresses do.

It refers to nothing outside itself. Clients read the largest page from `components/parameters/limit`.
"""

from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.layers import Field, Layer
from gis.layers.credits import credit_line
from gis.layers.registry import all_layers
from gis.ogc.features.documents import GEOJSON, JSON, OPENAPI, VECTOR_TILE, Address, Json
from gis.ogc.features.params import DEFAULT_LIMIT, FORMATS, ITEMS, LARGEST_LIMIT, PAST, TIME_FORMS

PROBLEM = "application/problem+json"
TYPES: dict[str, Json] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}
"""JSON Schema of each kind of field."""


def description(viewer: Viewer, at: Address) -> Json:
    """The whole document; the properties of features are those that exist for *viewer*."""
    paths = {
        "/": _get("landing", _("Landing page"), JSON, "object"),
        "/conformance": _get("conformance", _("Conformance classes"), JSON, "object"),
        "/api": _get("api", _("This description"), OPENAPI, "object"),
        "/collections": _get("collections", _("All collections"), JSON, "object"),
    }
    schemas = {"problem": _problem(), "geometry": _geometry(), "object": {"type": "object"}}
    for layer in all_layers(viewer):
        paths |= _paths(layer)
        items = paths[f"/collections/{layer.name}/items"]["get"]
        items["parameters"] += [
            _in_query(field.name, TYPES[field.kind], str(field.title)) for field in _free(layer, viewer)
        ]
        schemas |= _schemas(layer, viewer)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Hạ Long – OGC API Features",
            "description": credit_line(all_layers(viewer)),
            "version": "1.0.0",
        },
        "servers": [{"url": at("")}],
        "paths": paths,
        "components": {"parameters": _parameters(), "schemas": schemas},
    }


def _paths(layer: Layer) -> Json:
    name, title = layer.name, str(layer.title)
    here = f"/collections/{name}"
    narrowing = ("bbox", "datetime", *sorted(PAST if layer.has_past else ()), "limit", "after")
    return {
        here: _get(f"{name}.collection", title, JSON, "object"),
        f"{here}/items": _get(f"{name}.items", title, GEOJSON, f"{name}.page", *narrowing),
        f"{here}/items/{{featureId}}": _get(f"{name}.item", title, GEOJSON, f"{name}.feature", "featureId"),
        f"{here}/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _get(
            f"{name}.tile", title, VECTOR_TILE, "", "tileMatrix", "tileRow", "tileCol"
        ),
    }


def _free(layer: Layer, viewer: Viewer) -> list[Field]:
    """The fields that items can be narrowed by: a parameter of Part 1 hides one of its name."""
    return [field for field in layer.fields_for(layer.areas_of(viewer)) if field.name not in ITEMS | PAST]


def _get(operation: str, summary: str, kind: str, schema: str, *parameters: str) -> Json:
    """A path that is read; *schema* and *parameters* by their names in the components."""
    body = _ref("schemas", schema) if schema else {"type": "string", "format": "binary"}
    wrong = {PROBLEM: {"schema": _ref("schemas", "problem")}}
    known = parameters if kind == VECTOR_TILE else (*parameters, "f")
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": [_ref("parameters", name) for name in known],
            "responses": {
                "200": {"description": summary, "content": {kind: {"schema": body}}},
                "default": {"description": _("What is wrong, and what would be right"), "content": wrong},
            },
        }
    }


def _parameters() -> Json:
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT}
    text, whole = {"type": "string"}, {"type": "integer", "minimum": 0}
    return {
        "bbox": _in_query("bbox", numbers, _("West, south, east, north in degrees of WGS 84")),
        "datetime": _in_query("datetime", text, TIME_FORMS),
        "known": _in_query("known", text, _("As the records said at this moment, or at the end of this day")),
        "limit": _in_query("limit", limit, _("Features in one page")),
        "after": _in_query("after", text, _("The place of a page, from a link `next`")),
        "f": _in_query("f", {"type": "string", "enum": list(FORMATS)}, _("Format")),
        "featureId": _in_path("featureId", text),
        "tileMatrix": _in_path("tileMatrix", {**whole, "maximum": 22}),
        "tileRow": _in_path("tileRow", whole),
        "tileCol": _in_path("tileCol", whole),
    }


def _in_query(name: str, schema: Json, meaning: str) -> Json:
    place = {"name": name, "in": "query", "required": False, "style": "form", "explode": False}
    return {**place, "description": meaning, "schema": schema}


def _in_path(name: str, schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _schemas(layer: Layer, viewer: Viewer) -> Json:
    fields = layer.fields_for(layer.areas_of(viewer))
    feature = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            "geometry": _ref("schemas", "geometry"),
            "properties": {"type": "object", "properties": {field.name: _schema(field) for field in fields}},
        },
    }
    page = {
        "type": "object",
        "required": ["type", "features", "links", "numberReturned", "timeStamp"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": _ref("schemas", f"{layer.name}.feature")},
            "links": {"type": "array", "items": {"type": "object"}},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
            "timeStamp": {"type": "string", "format": "date-time"},
        },
    }
    return {f"{layer.name}.feature": feature, f"{layer.name}.page": page}


def _schema(field: Field) -> Json:
    schema = {**TYPES[field.kind], "title": str(field.title), "nullable": True}
    if field.unit:
        schema["description"] = field.unit
    elif field.values:
        schema["description"] = "; ".join(f"{code} = {word}" for code, word in field.values.items())
    return schema


def _geometry() -> Json:
    return {
        "type": "object",
        "nullable": True,
        "required": ["type", "coordinates"],
        "properties": {"type": {"type": "string"}, "coordinates": {"type": "array", "items": {}}},
    }


def _problem() -> Json:
    texts = {name: {"type": "string"} for name in ("type", "title", "detail", "field", "expected")}
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {**texts, "status": {"type": "integer"}},
    }


def _ref(part: str, name: str) -> Json:
    return {"$ref": f"#/components/{part}/{name}"}
