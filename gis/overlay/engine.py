"""Which objects of which layers a shape lies over, and with how many square metres.

Areas are those of the plane of EPSG:5899, computed by PostGIS on the stored geometry, all shapes in one statement a
layer. Only what the viewer may see is compared: a hidden parcel is not told of by its area either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.db import connection
from django.utils import timezone

from gis.access.viewer import Viewer
from gis.geometry.crs import LEGAL_SRID
from gis.layers import registry
from gis.layers.base import Field, Layer
from gis.layers.query import LayerQuery
from gis.overlay.models import OverlapRule
from gis.problems import Text

LEAST_M2 = 0.01
"""Smaller areas are the rounding of coordinates to millimetres."""
MOST_PAIRS = 1_000
"""Of one layer; the largest are told."""


@dataclass(frozen=True)
class Overlap:
    """One of the shapes asked about, and one object that it lies over."""

    shape: str
    """Key of the shape that was asked about."""
    layer: str
    layer_title: Text
    key: str | int
    title: str
    kind: str
    """The object's kind, in words; empty where its layer tells none apart."""
    area_m2: float
    where: shapely.Geometry
    """What both cover, EPSG:5899, metres."""
    severity: str
    citation: str
    """Of the rule that says how grave it is; empty where there is none."""


def taking_part(viewer: Viewer) -> list[Layer]:
    """The layers that exist for *viewer* and are compared at all."""
    return [layer for layer in registry.all_layers(viewer) if layer.overlay is not None]


def overlaps(
    shapes: Mapping[str, shapely.Geometry],
    *,
    viewer: Viewer,
    against: Iterable[str] | None = None,
    layer: str = "",
    on: date | None = None,
) -> list[Overlap]:
    """What *shapes* (polygons in EPSG:5899, by key) lie over, the largest first, in each of *against* (layers'
    names; all that take part, where not given). *layer*: what the shapes belong to, for the rules of the day *on*
    (today, where not given).

    Raises `NotFound` for a layer that does not exist for the viewer; one that does not take part overlaps nothing.
    """
    asked = taking_part(viewer) if against is None else [registry.get(name, viewer) for name in against]
    rules = list(OverlapRule.objects.in_force(on or timezone.localdate()))
    found = [
        _overlap(one, row, layer, rules)
        for one in asked
        if one.overlay is not None and shapes
        for row in _pairs(one, viewer, shapes)
    ]
    return sorted(found, key=lambda one: (-one.area_m2, one.layer, str(one.key), one.shape))


def _pairs(layer: Layer, viewer: Viewer, shapes: Mapping[str, shapely.Geometry]) -> list[tuple[Any, ...]]:
    """(key of the shape, key of the object, area, what both cover, values of the public fields)."""
    sql, params = LayerQuery(layer, viewer).selection()
    columns = "".join(f', row."v_{field.name}"' for field in _public(layer))
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH asked AS MATERIALIZED (SELECT shape.key, ST_GeomFromWKB(shape.wkb, %s) AS geometry"
            " FROM unnest(%s::text[], %s::bytea[]) AS shape(key, wkb))"
            f" SELECT asked.key, row.key, cut.area, ST_AsBinary(cut.common){columns} FROM asked"
            f" JOIN ({sql}) AS row ON ST_Intersects(row.geometry, asked.geometry)"
            " CROSS JOIN LATERAL (SELECT common, ST_Area(common) AS area FROM"
            " (SELECT ST_CollectionExtract(ST_Intersection(row.geometry, asked.geometry), 3) AS common) AS met) AS cut"
            f" WHERE cut.area >= %s ORDER BY cut.area DESC, row.key, asked.key LIMIT {MOST_PAIRS:d}",
            [LEGAL_SRID, list(shapes), [shapely.to_wkb(shape) for shape in shapes.values()], *params, LEAST_M2],
        )
        return list(cursor.fetchall())


def _overlap(layer: Layer, row: tuple[Any, ...], subject: str, rules: list[OverlapRule]) -> Overlap:
    shape, key, area, common, *values = row
    fields = {field.name: (field, value) for field, value in zip(_public(layer), values, strict=True)}
    code, kind = _kind(layer, fields)
    rule = _rule(rules, subject, layer.name, code)
    return Overlap(
        shape=shape,
        layer=layer.name,
        layer_title=layer.title,
        key=key,
        title=_title(layer, key, fields),
        kind=kind,
        area_m2=round(area, 4),
        where=shapely.from_wkb(bytes(common)),
        severity=rule.severity if rule else OverlapRule.Severity.WARNS,
        citation=rule.citation if rule else "",
    )


def _public(layer: Layer) -> list[Field]:
    return [field for field in layer.fields if not field.private]


def _kind(layer: Layer, fields: Mapping[str, tuple[Field, Any]]) -> tuple[str, str]:
    """Code and words."""
    if not layer.overlay:
        return "", ""
    field, value = fields[layer.overlay]
    return ("", "") if value is None else (str(value), str(field.values.get(value, value)))


def _title(layer: Layer, key: Any, fields: Mapping[str, tuple[Field, Any]]) -> str:
    if layer.search is None:
        return str(key)
    return str(layer.search.title).format_map({name: value for name, (_field, value) in fields.items()})


def _rule(rules: list[OverlapRule], subject: str, against: str, kind: str) -> OverlapRule | None:
    """The most particular row for this pair: its layer before any, its kind before any."""
    held = [
        rule for rule in rules if rule.against == against and rule.layer in ("", subject) and rule.kind in ("", kind)
    ]
    return max(held, key=lambda rule: (bool(rule.layer), bool(rule.kind), rule.effective_from, rule.pk), default=None)
