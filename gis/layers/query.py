"""The one query: a layer, a viewer, a place and a time, as the SQL that every format is made from.

The rows come from `Layer.rows`, already limited to what the viewer may see; everything here only narrows
them. Literals are transformed, never the column, so that the spatial index works. Values stay parameters.
"""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.db import connection, connections
from django.db.models import F
from psycopg2.extensions import AsIs, register_adapter

from gis.access.viewer import Areas, Viewer
from gis.database.streaming import stream
from gis.geometry.crs import LEGAL_SRID, WEB_SRID, WGS84_SRID, transformer
from gis.layers.base import PIXEL_M, Field, InAreas, Layer, Past, PlainGeometry
from gis.layers.filters import Where
from gis.layers.narrowing import BY_KEY, Order, Range, Side, may_be_empty, order_sql, side_sql, text_condition
from gis.layers.styles import Style

TILE_EXTENT = 4096
TILE_BUFFER = 64
TILE_FEATURES = 20_000
"""Features in one vector tile; beyond that the largest (or the first by key) are kept."""
THINNED_FEATURES = 4_000
"""Features in a vector tile below the layer's detail zoom."""
DECIMALS = 7
"""Of degrees in GeoJSON: about 1 cm. GeoJSON is for display; edits travel in the stored CRS."""
COUNT_CAP = 10_000
"""Rows are counted exactly up to here."""
SCALE = "!scale_denominator!"
HALF_WORLD = 20037508.342789244
SCALE_OF_ZOOM_0 = 2 * HALF_WORLD / 256 / PIXEL_M
"""Denominator of zoom level 0 in tiles of 256 pixels."""


class Box(NamedTuple):
    """A box in x/y order (lon/lat or E/N) of *srid*."""

    minx: float
    miny: float
    maxx: float
    maxy: float
    srid: int


LEGAL_DOMAIN = shapely.box(103.0, 17.0, 112.5, 26.0)
"""Where (lon/lat) the legal grid is of use; nothing stored in it lies outside, and transforms break down far away."""
STRAIGHT_DEGREES = 0.01
"""A box's edge of this length, straight in the legal grid, is nowhere a centimetre beside the parallel or meridian
that the client means. Longer edges are divided."""


class TimeSpan(NamedTuple):
    """A closed span; None is open."""

    start: datetime | None
    end: datetime | None


class Statement(NamedTuple):
    """A SELECT and its parameters."""

    sql: str
    params: list[Any]


class DrawingTable(NamedTuple):
    """A subquery that Mapnik draws: columns `key`, `geometry`, and the style's fields by their names."""

    sql: str
    geometry_column: str
    key_column: str
    srid: int


class Tally(NamedTuple):
    """How many rows match; of each field asked for (value, its word, rows)."""

    total: int
    values: dict[str, list[tuple[Any, str | None, int]]]


class AreasVariable(str):
    """Stands for a viewer's areas in SQL that is written before the viewer is known."""


register_adapter(AreasVariable, lambda _: AsIs("!@areas!"))


@dataclass(frozen=True)
class LayerQuery:
    """What one viewer asks of one layer. *boxes*: in one of them; *after*: the last key of the previous page."""

    layer: Layer
    viewer: Viewer
    boxes: tuple[Box, ...] = ()
    span: TimeSpan | None = None
    after: str | int | None = None
    keys: tuple[str | int, ...] = ()
    limit: int | None = None
    where: Where = ()
    """Fields and the values they have; a private field has one only inside the viewer's areas."""
    ranges: tuple[Range, ...] = ()
    text: str = ""
    """Rows that it names, as a search would find them."""
    order: Order = BY_KEY
    side: Side | None = None
    """Rows before or after a position in the order; those before come nearest first."""
    past: Past | None = None
    """Another time than now, of a layer that has a past."""

    @property
    def areas(self) -> Areas:
        return self.layer.areas_of(self.viewer)

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.layer.fields_for(self.areas)

    def features(self) -> Generator[tuple[Any, str], None, None]:
        """(key, GeoJSON Feature as text) row by row, ordered by key, from a server-side cursor; WGS 84."""
        sql, params = self._rows()
        where, more = self._conditions()
        shape = _transformed("row.geometry", self.layer.srid, WGS84_SRID)
        if self.layer.geometry_type == "Polygon":
            shape = f"ST_ForcePolygonCCW({shape})"  # it would turn lines round
        text = (
            f'SELECT row.key, \'{{"type":"Feature","id":\' || to_json(row.key) || \',"geometry":\' ||'
            f" coalesce(ST_AsGeoJSON({shape}, {DECIMALS}), 'null')"
            f" || ',\"properties\":' || {self._properties()} || '}}'"
            f" FROM ({sql}) AS row {where} ORDER BY {self._ordered()} {self._limit()}"
        )
        for row in stream(text, [*params, *more]):
            yield row[0], row[1]

    def records(self) -> Generator[tuple[Any, ...], None, None]:
        """(key, value of each of `fields`) row by row, ordered by key; private values only inside the areas."""
        sql, params = self._rows()
        where, more = self._conditions()
        columns = "".join(f", {_seen(field)}" for field in self.fields)
        text = f"SELECT row.key{columns} FROM ({sql}) AS row {where} ORDER BY {self._ordered()} {self._limit()}"
        yield from stream(text, [*params, *more])

    def shares(self, name: str, cap: int = COUNT_CAP, *, scale: int | None = None) -> list[tuple[Any, int]]:
        """The values of the public field *name* with how often each stands in the first *cap* matching rows by key.

        With *scale* (a denominator) only of rows that are drawn at it; *name* may be a field that styles draw by.
        """
        public = {field.name: field for field in self.layer.fields if not field.private}
        column = _seen(public[name])
        drawn = [public[other] for other in (name, *(self.layer.scale_fields or ()))]
        sql, params = _rows_sql(self.layer, self.areas, tuple(dict.fromkeys((*self.fields, *drawn))))
        if scale is not None:
            sql = f"SELECT * FROM ({sql}) AS row{_at_scale(self.layer).replace(SCALE, f'{scale:d}')}"
        where, more = self._conditions(paging=False)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT value, count(*) FROM (SELECT {column} AS value FROM ({sql}) AS row {where}"
                f" ORDER BY row.key LIMIT {cap:d}) AS counted GROUP BY value ORDER BY count(*) DESC, value",
                [*params, *more],
            )
            return list(cursor.fetchall())

    def shapes(self) -> Generator[tuple[Any, ...], None, None]:
        """(key, geometry as WKB in the layer's own reference system, value of each of `fields`) row by row."""
        sql, params = self._rows()
        where, more = self._conditions()
        columns = "".join(f", {_seen(field)}" for field in self.fields)
        yield from stream(
            f"SELECT row.key, ST_AsBinary(row.geometry){columns} FROM ({sql}) AS row {where}"
            f" ORDER BY {self._ordered()} {self._limit()}",
            [*params, *more],
        )

    def tally(self, groups: Sequence[tuple[str, str]], at_most: int) -> "Tally | None":
        """How many rows match, and how many of them have which value: for each (public field, public field that says
        its value in words, or "") of *groups*. One statement. None where the database expects more than *at_most*.
        """
        sql, params = self._rows()
        where, more = self._conditions(paging=False)
        public = {field.name: _seen(field) for field in self.layer.fields if not field.private}
        columns = [(public[name], public[word] if word else "NULL::text") for name, word in groups]
        listed = "".join(f", {value} AS g{at}, {word} AS w{at}" for at, (value, word) in enumerate(columns))
        sets = "".join(f", (g{at}, w{at})" for at in range(len(columns)))
        marks = "".join(f", GROUPING(g{at}) = 0, g{at}, w{at}" for at in range(len(columns)))
        with connection.cursor() as cursor:
            if _expected(cursor, f"SELECT 1 FROM ({sql}) AS row {where}", [*params, *more]) > at_most:
                return None
            cursor.execute(
                f"SELECT count(*){marks} FROM (SELECT 1{listed} FROM ({sql}) AS row {where}) AS matched"
                f" GROUP BY GROUPING SETS ((){sets})",
                [*params, *more],
            )
            found = cursor.fetchall()
        tally = Tally(0, {name: [] for name, _word in groups})
        for count, *marked in found:
            at = next((place for place in range(len(columns)) if marked[3 * place]), None)
            if at is None:
                tally = tally._replace(total=count)
            else:
                tally.values[groups[at][0]].append((marked[3 * at + 1], marked[3 * at + 2], count))
        return tally

    def expected(self) -> int:
        """How many rows the database expects to match, from its statistics; asks for no row."""
        sql, params = self._rows(with_fields=False)
        where, more = self._conditions(paging=False)
        with connection.cursor() as cursor:
            return _expected(cursor, f"SELECT 1 FROM ({sql}) AS row {where}", [*params, *more])

    def count(self, cap: int = COUNT_CAP) -> int | None:
        """How many rows match, whatever the page; None where there are more than *cap*."""
        sql, params = self._rows(with_fields=False)
        where, more = self._conditions(paging=False)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) AS row {where} LIMIT {cap + 1:d}) AS matched",
                [*params, *more],
            )
            count: int = cursor.fetchone()[0]
        return count if count <= cap else None

    def extent(self) -> tuple[float, float, float, float] | None:
        """(west, south, east, north) in WGS 84 of what the viewer sees; None where that is nothing."""
        stored = self.stored_extent()
        if stored is None or stored.srid == WGS84_SRID:
            return stored and stored[:4]
        return transformer(stored.srid, WGS84_SRID).transform_bounds(*stored[:4])

    def stored_extent(self) -> Box | None:
        """The exact box, in the layer's own CRS, of what the viewer sees."""
        sql, params = self._rows(with_fields=False)
        where, more = self._conditions(paging=False)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM"
                f" (SELECT ST_Extent(row.geometry) AS e FROM ({sql}) AS row {where}) AS all_of_it",
                [*params, *more],
            )
            west, south, east, north = cursor.fetchone()
        return None if west is None else Box(west, south, east, north, self.layer.srid)

    def times(self) -> TimeSpan | None:
        """From the first to the last moment that the viewer sees; None where the layer knows no time."""
        if self.layer.time is None:
            return None
        sql, params = self._rows(with_fields=False)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT min(row.moment), max(row.moment) FROM ({sql}) AS row", params)
            return TimeSpan(*cursor.fetchone())

    def tile(self, z: int, x: int, y: int) -> bytes:
        """The Mapbox vector tile of Web Mercator tile *z/x/y*; empty bytes where nothing is to be seen."""
        statement = self.tile_statement(z, x, y)
        if statement is None:
            return b""
        with connection.cursor() as cursor:
            cursor.execute(*statement)
            return bytes(cursor.fetchone()[0] or b"")

    def tile_statement(self, z: int, x: int, y: int) -> Statement | None:
        """What `tile` asks of the database, so that whoever knows the data's version knows the tile; None = nothing.

        Looked at with 100 000 parcels of 10 vertices, in the densest places: the rows of zoom 10 and closer come
        from the spatial index in 1–5 ms; those of zoom 9 and coarser, where a tile holds most of the province, from
        the layer's largest-first index in 10–50 ms without a sort of the whole. What remains is the tile itself, 15 to
        25 µs a feature for transform, clipping and encoding: 35–60 ms for 2 000 features at zoom 12–16, 90 ms for
        the 4 000 of zoom 8. So `ST_AsMVTGeom` must stand where it is evaluated once a row: a condition on its
        result would double that, and `ST_AsMVT` leaves out what is too small to be seen by itself.
        """
        frame = _tile_frame(self.layer, z, x, y)
        if z < self.layer.min_zoom or frame is None:
            return None
        if self.layer.overview and z < self.layer.detail_zoom:
            return self._overview_statement(z, x, y, frame)
        fields = self.layer.tile_fields_for(self.areas)
        sql, params = _rows_sql(self.layer, self.areas, fields)
        thin = z < self.layer.detail_zoom and self.layer.thin_by
        order = "row.weight DESC, row.key" if self.layer.thin_by else "row.key"
        columns = "".join(f', {_tile_value(field)} AS "{field.name}"' for field in fields)
        moved = _transformed("row.geometry", self.layer.srid, WEB_SRID)
        shape = f"ST_AsMVTGeom({moved}, ST_TileEnvelope({z:d}, {x:d}, {y:d}), {TILE_EXTENT}, {TILE_BUFFER})"
        number, naming = ("row.fid, ", ", 'fid'") if self.layer.numbered else ("", "")
        return Statement(
            f"SELECT ST_AsMVT(tile, %s, {TILE_EXTENT}, 'shape'{naming}) FROM ("
            f"SELECT {number}row.key AS id{columns}, {shape} AS shape FROM ("
            f"SELECT * FROM ({sql}) AS row WHERE row.geometry && ST_GeomFromWKB(%s, %s)"
            f" ORDER BY {order} LIMIT {THINNED_FEATURES if thin else TILE_FEATURES}) AS row) AS tile",
            [self.layer.name, *params, shapely.to_wkb(frame), self.layer.srid],
        )

    def _overview_statement(self, z: int, x: int, y: int, frame: shapely.Geometry) -> Statement:
        """The tile of the overview: cells without identifiers, since they are nobody's."""
        assert self.layer.overview is not None
        drawn = {style.field for style in self.layer.styles}
        fields = tuple(field for field in self.fields if field.name in drawn)
        sql, params = _overview_sql(self.layer, self.areas, fields)
        columns = "".join(f'{_tile_value(field)} AS "{field.name}", ' for field in fields)
        moved = _transformed("row.geometry", self.layer.srid, WEB_SRID)
        shape = f"ST_AsMVTGeom({moved}, ST_TileEnvelope({z:d}, {x:d}, {y:d}), {TILE_EXTENT}, {TILE_BUFFER})"
        size = self.layer.overview.size_at(SCALE_OF_ZOOM_0 / 2**z)
        return Statement(
            f"SELECT ST_AsMVT(tile, %s, {TILE_EXTENT}, 'shape') FROM (SELECT {columns}{shape} AS shape"
            f" FROM ({sql}) AS row WHERE row.size = {size:d} AND row.geometry && ST_GeomFromWKB(%s, %s)) AS tile",
            [self.layer.name, *params, shapely.to_wkb(frame), self.layer.srid],
        )

    def selection(self) -> Statement:
        """A SELECT of the viewer's rows with columns key, geometry (in the layer's own reference system) and v_<field>,
        for joins by rooms above. A private value is in it unguarded: such rooms take public fields alone."""
        sql, params = self._rows()
        return Statement(sql, list(params))

    def _rows(self, with_fields: bool = True) -> tuple[str, tuple[Any, ...]]:
        """SQL of the viewer's rows with columns key, fid, geometry, moment, private_too, weight and v_<field>."""
        asked = {name for name, _value in self.where} | {one.name for one in self.ranges} | {self.order.name}
        fields = tuple(field for field in self.fields if with_fields or field.name in asked)
        return _rows_sql(self.layer, self.areas, fields, self.text, self.past)

    def _conditions(self, paging: bool = True) -> tuple[str, list[Any]]:
        """The WHERE clause over `row`, and its parameters."""
        clauses: list[str] = []
        params: list[Any] = []
        for clause, more in (self._in_boxes(), self._in_span(), self._with_values(), self._in_ranges()):
            if clause:
                clauses.append(clause)
                params += more
        if self.keys:
            clauses.append("row.key = ANY(%s)")
            params.append(list(self.keys))
        if paging and self.after is not None:
            clauses.append("row.key > %s")
            params.append(self.after)
        if paging and self.side is not None:
            clause, more = side_sql(self.order, *self._order_column(), self.side)
            clauses.append(clause)
            params += more
        return (f"WHERE {' AND '.join(clauses)}" if clauses else ""), params

    def _in_boxes(self) -> tuple[str, list[Any]]:
        """What meets one of the boxes. A row that has no geometry yet is not ruled out by any."""
        if not self.boxes:
            return "", []
        meets = ["ST_Intersects(row.geometry, ST_GeomFromWKB(%s, %s))"] * len(self.boxes)
        if self.layer.place_is_optional:
            meets.append("row.geometry IS NULL")
        places = [shapely.to_wkb(_frame(box, self.layer.srid)) for box in self.boxes]
        return f"({' OR '.join(meets)})", [value for place in places for value in (place, self.layer.srid)]

    def _in_span(self) -> tuple[str, list[Any]]:
        """What lies in the span, its ends included. A row that has no time is not ruled out."""
        if self.span is None or self.layer.time is None:
            return "", []
        limits = [(sign, moment) for sign, moment in zip((">=", "<="), self.span, strict=True) if moment is not None]
        inside = " AND ".join(f"row.moment {sign} %s" for sign, _moment in limits)
        return (f"(row.moment IS NULL OR {inside})" if inside else ""), [moment for _sign, moment in limits]

    def _with_values(self) -> tuple[str, list[Any]]:
        """What has the values asked for, as the viewer sees them."""
        columns = {field.name: _seen(field) for field in self.fields}
        return " AND ".join(f"{columns[name]} = %s" for name, _v in self.where), [value for _n, value in self.where]

    def _in_ranges(self) -> tuple[str, list[Any]]:
        """What lies between the ends of each range, as the viewer sees it."""
        columns = {field.name: _seen(field) for field in self.fields}
        ends = [
            (f"{columns[one.name]} {sign} %s", end)
            for one in self.ranges
            for sign, end in ((">=", one.low), ("<=", one.high))
            if end is not None
        ]
        return " AND ".join(clause for clause, _end in ends), [end for _clause, end in ends]

    def _order_column(self) -> tuple[str, bool]:
        """SQL of what the rows are ordered by, and whether it may be empty."""
        field = next((field for field in self.fields if field.name == self.order.name), None)
        return ("row.key", False) if field is None else (_seen(field), may_be_empty(self.layer, field))

    def _ordered(self) -> str:
        return order_sql(self.order, *self._order_column(), backwards=self.side is not None and self.side.before)

    def _limit(self) -> str:
        return f"LIMIT {self.limit:d}" if self.limit is not None else ""

    def _properties(self) -> str:
        """SQL of the properties; private ones exist only in rows inside the viewer's areas."""
        public = _json_object(field for field in self.fields if not field.private)
        private = [field for field in self.fields if field.private]
        if not private:
            return f"{public}::text"
        return (
            f"({public}::jsonb || CASE WHEN row.private_too THEN {_json_object(private)}::jsonb"
            " ELSE '{}'::jsonb END)::text"
        )


def table_for_drawing(layer: Layer, style: Style) -> DrawingTable:
    """The subquery that Mapnik draws *layer* from, the viewer's areas left open as `!@areas!`.

    Ordered by key, so that labels fall the same way in every picture.
    """
    drawn = {style.field, *(label.field for label in style.labels), *(layer.scale_fields or ())}
    fields = tuple(field for field in layer.fields if field.name in drawn)
    sql, params = _rows_sql(layer, AreasVariable(), fields)
    columns = "".join(f', row."v_{field.name}" AS "{field.name}"' for field in fields)
    with connections["default"].cursor() as cursor:
        bound = cursor.cursor.mogrify(sql, params).decode()
    rows = f"({bound}) AS row{_at_scale(layer)}"
    text = f"(SELECT row.fid AS key, row.geometry{columns} FROM {rows} ORDER BY row.fid) AS drawn"
    return DrawingTable(text, "geometry", "key", layer.srid)


def overview_for_drawing(layer: Layer, style: Style) -> DrawingTable:
    """The same of the layer's overview, its cells as large as Mapnik's `!scale_denominator!` asks for; without keys."""
    assert layer.overview is not None
    field = next((field for field in layer.fields if field.name == style.field), None)
    sql, params = _overview_sql(layer, AreasVariable(), (field,) if field else ())
    column = f', row."v_{field.name}" AS "{field.name}"' if field else ""
    sizes = " ".join(
        f"WHEN !scale_denominator! <= {finest:.10g} THEN {size:d}" for size, finest in layer.overview.limits()
    )
    with connections["default"].cursor() as cursor:
        bound = cursor.cursor.mogrify(sql, params).decode()
    text = (
        f"(SELECT row.geometry{column} FROM ({bound}) AS row"
        f" WHERE row.size = CASE {sizes} ELSE {layer.overview.sizes[-1]:d} END) AS drawn"
    )
    return DrawingTable(text, "geometry", "", layer.srid)


def _overview_sql(layer: Layer, areas: Areas, fields: Sequence[Field]) -> tuple[str, tuple[Any, ...]]:
    columns: dict[str, Any] = {
        "size": F("size_m"),
        "geometry": PlainGeometry(F("geom")),
        **{f"v_{field.name}": F(field.path) for field in fields},
    }
    sql, params = layer.overview_rows(areas).order_by().values(**columns).query.sql_with_params()
    return sql, params


def _at_scale(layer: Layer) -> str:
    """The condition that a row is drawn at the picture's scale, whose denominator Mapnik puts in."""
    if layer.scale_fields is None:
        return ""
    low, high = (f'row."v_{name}"' for name in layer.scale_fields)
    return f" WHERE {SCALE} >= coalesce({low}, 0) AND ({high} IS NULL OR {SCALE} <= {high})"


def _rows_sql(
    layer: Layer, areas: Areas, fields: Sequence[Field], text: str = "", past: Past | None = None
) -> tuple[str, tuple[Any, ...]]:
    columns: dict[str, Any] = {
        "key": F(layer.key),
        "fid": F("pk"),
        "geometry": PlainGeometry(layer.published_geometry(areas)),
        **{f"v_{field.name}": F(field.path) for field in fields},
    }
    if any(field.private for field in fields):
        columns["private_too"] = InAreas(areas, layer.area)
    if layer.time:
        columns["moment"] = F(next(field.path for field in layer.fields if field.name == layer.time))
    if layer.thin_by:
        columns["weight"] = F(layer.thin_by)
    rows = layer.rows_at(areas, past) if past else layer.rows(areas)
    if text:
        rows = rows.filter(text_condition(layer, areas, text))
    sql, params = rows.order_by().values(**columns).query.sql_with_params()
    return sql, params


def _expected(cursor: Any, sql: str, params: list[Any]) -> int:
    """How many rows the planner expects of a SELECT."""
    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
    rows: int = cursor.fetchone()[0][0]["Plan"]["Plan Rows"]
    return rows


def _seen(field: Field) -> str:
    """SQL of a value as the viewer sees it: nothing where it is private and the row lies outside his areas."""
    return f'CASE WHEN row.private_too THEN row."v_{field.name}" END' if field.private else f'row."v_{field.name}"'


def _tile_value(field: Field) -> str:
    """SQL of a property in a vector tile: numbers as numbers, and private ones only inside the viewer's areas."""
    value = f'row."v_{field.name}"' + ("::float8" if field.kind == "number" else "")
    return f"CASE WHEN row.private_too THEN {value} END" if field.private else value


def _json_object(fields: Any) -> str:
    pairs = ", ".join(f"'{field.name}', row.\"v_{field.name}\"" for field in fields)
    return f"json_build_object({pairs})"


def _transformed(column: str, source: int, target: int) -> str:
    return column if source == target else f"ST_Transform({column}, {target:d})"


def _frame(box: Box, srid: int) -> shapely.Geometry:
    """*box* in *srid*, its edges kept straight in the box's own CRS; empty outside the grid's domain.

    A polygon, or the line or point that a box without an inside is.
    """
    frame = shapely.MultiPoint([box[:2], box[2:4]]).envelope
    if box.srid == srid:
        return frame
    if srid != LEGAL_SRID:
        return _projected(frame, box.srid, srid)
    return _projected(_projected(frame, box.srid, WGS84_SRID) & LEGAL_DOMAIN, WGS84_SRID, srid, STRAIGHT_DEGREES)


def _projected(shape: shapely.Geometry, source: int, target: int, straight: float = math.inf) -> shapely.Geometry:
    """*shape* in *target*, with enough vertices that its edges, straight in *source*, are followed.

    Each is divided into pieces of at most *straight* units of *source*, and of a sixteenth of the whole.
    """
    if source == target or shape.is_empty:
        return shape
    west, south, east, north = shape.bounds
    piece = min(max(east - west, north - south) / 16, straight)
    dense = shapely.segmentize(shape, piece) if piece else shape
    project = transformer(source, target)
    return shapely.transform(dense, lambda points: np.column_stack(project.transform(points[:, 0], points[:, 1])))


def _tile_frame(layer: Layer, z: int, x: int, y: int) -> shapely.Geometry | None:
    """Where the tile and its margin lie in the layer's CRS; None where the layer has nothing there."""
    side = 2 * HALF_WORLD / (1 << z)
    margin = side * TILE_BUFFER / TILE_EXTENT
    west, north = -HALF_WORLD + x * side, HALF_WORLD - y * side
    bounds = [west - margin, north - side - margin, west + side + margin, north + margin]
    inside = [min(max(value, -HALF_WORLD), HALF_WORLD) for value in bounds]
    frame = _frame(Box(inside[0], inside[1], inside[2], inside[3], WEB_SRID), layer.srid)
    return None if frame.is_empty else frame
