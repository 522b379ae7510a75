"""A declared layer and style as the order that a drawing process understands.

The data come through the render role; what the viewer may see is a variable of the SQL, so that one data
source serves everybody. Its name holds the layer's: two layers of a picture may ask for different roles.
"""

import hashlib
import json
import re
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections

from gis.access.viewer import Viewer
from gis.geometry.crs import WGS84_SRID, domain, transformer
from gis.layers import Layer, Style
from gis.layers.query import overview_for_drawing, table_for_drawing
from gis.maps.drawing.projections import mapnik_srs
from gis.maps.drawing.stylesheets import Sheet, sheet_of

AREAS = "!@areas!"
VARIABLE = re.compile(r"!@(\w+)!")
SHAPE_MARGIN = 48
"""Pixels around the picture from which shapes still reach into it: half the widest outline or marker."""
LABEL_MARGIN = 256
"""Pixels around the picture in which labels are placed too, so that neighbouring pictures agree on them."""


class Database(NamedTuple):
    """Where a drawing process reads; an empty part is left to libpq."""

    host: str
    port: str
    dbname: str
    user: str
    password: str

    def parameters(self) -> dict[str, str]:
        """Mapnik's parameters. It joins them into a connection string unquoted, so they come quoted."""
        return {name: _quoted(value) for name, value in self._asdict().items() if value}


def render_database() -> Database:
    """The database as the read-only role with a statement timeout sees it."""
    given = connections["render"].get_connection_params()
    return Database(*(str(given.get(name) or "") for name in Database._fields))


@lru_cache(maxsize=256)
def order_of(layer: Layer, style: Style, database: Database, whole_labels: bool = False) -> dict[str, Any]:
    """What a drawing process needs to know of *layer* in *style*; `id` changes when anything of it does."""
    table = table_for_drawing(layer, style)
    sheet = sheet_of(style, layer.geometry_type, f"{layer.name}/{style.name}", whole_labels)
    rows = table.sql.replace(AREAS, f"!@{areas_variable(layer)}!")
    limits: dict[str, Any] = {"max_scale": layer.overview.min_scale if layer.overview else layer.max_scale}
    order: dict[str, Any] = {
        "name": layer.name,
        "sheet": sheet.xml,
        "passes": [
            [
                *overview_of(layer, style, sheet),
                {"styles": sheet.shapes, "margin": SHAPE_MARGIN, "table": rows, **limits},
            ],
            [{"styles": sheet.labels, "margin": LABEL_MARGIN, "table": shuffled(rows, table.key_column), **limits}],
        ],
        "srs": mapnik_srs(table.srid),
        "source": {
            **database.parameters(),
            "geometry_field": table.geometry_column,
            "geometry_table": layer.model._meta.db_table,
            **({"key_field": table.key_column} if layer.numbered else {}),
            "srid": table.srid,
            "extent": ",".join(f"{value:.10g}" for value in extent_of(table.srid)),
            "estimate_extent": "false",
            "initial_size": 1,
            "max_size": 4,
        },
    }
    digest = hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()
    return {**order, "id": digest}


def overview_of(layer: Layer, style: Style, sheet: Sheet) -> list[dict[str, Any]]:
    """The layer's overview as a part of a pass, filled without outlines; nothing where there is none."""
    if layer.overview is None:
        return []
    table = overview_for_drawing(layer, style)
    return [
        {
            "styles": [name for name in sheet.shapes if name.endswith(":fill")],
            "margin": SHAPE_MARGIN,
            "table": table.sql.replace(AREAS, f"!@{areas_variable(layer)}!"),
            "min_scale": layer.overview.min_scale,
            "max_scale": layer.max_scale,
            "source": {"geometry_table": layer.overview.model._meta.db_table, "key_field": ""},
        }
    ]


def shuffled(rows: str, key: str) -> str:
    """*rows* in an order that is always the same and has nothing to do with where they lie.

    A label takes the place of those that come later. In an order that follows the ground each label decides
    over the next, across the whole map, and two pictures that begin elsewhere never agree; in this one the
    effect of a picture's edge dies out within a few labels.
    """
    return f"(SELECT * FROM {rows} ORDER BY md5({key}::text)) AS shuffled"


def areas_variable(layer: Layer) -> str:
    return f"areas_{layer.name}"


def variables_for(layers: list[Layer], viewer: Viewer) -> dict[str, str]:
    """The viewer's areas of each layer."""
    return {areas_variable(layer): layer.areas_of(viewer) for layer in layers}


def unset_variables(orders: list[dict[str, Any]], variables: dict[str, str]) -> set[str]:
    """Variables that some layer's SQL names and nobody gave a value; Mapnik would put NULL there."""
    tables = [part["table"] for order in orders for parts in order["passes"] for part in parts]
    return {name for table in tables for name in VARIABLE.findall(table)} - set(variables)


@lru_cache(maxsize=16)
def extent_of(srid: int) -> tuple[float, float, float, float]:
    """Where data of *srid* can lie at all; given to Mapnik, which would otherwise measure the whole table."""
    west, south, east, north = domain(srid)
    if srid == WGS84_SRID:
        return west, south, east, north
    return transformer(WGS84_SRID, srid).transform_bounds(west, south, east, north)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
