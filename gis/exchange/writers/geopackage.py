"""GeoPackage: legal geometry in its own reference system, the layer's fields with their titles as aliases."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from pyogrio.raw import write as write_batch

from gis.exchange.writers.table import Table
from gis.layers import Field

BATCH = 5000
SCHEMA = """
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name)
);
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
);
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
"""
"""Tables of the extension that holds the columns' titles (GeoPackage 1.3, F.9)."""
DEFINITION = "http://www.geopackage.org/spec121/#extension_schema"


def write(table: Table, path: Path) -> None:
    """Write *table* to *path*, a batch of rows in memory at a time."""
    rows = table.counted(table.query.shapes())
    batch = list(islice(rows, BATCH))
    _write_batch(table, path, batch, append=False)
    while batch := list(islice(rows, BATCH)):
        _write_batch(table, path, batch, append=True)
    _describe(table, path)


def _write_batch(table: Table, path: Path, rows: Sequence[tuple[Any, ...]], append: bool) -> None:
    fields = table.fields
    columns = [_column(field, [row[2 + at] for row in rows]) for field, at in zip(fields, table.places, strict=True)]
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [None if row[1] is None else bytes(row[1]) for row in rows]
    write_batch(
        str(path),
        shapes,
        [values for values, _missing in columns],
        [field.name for field in fields],
        field_mask=[missing for _values, missing in columns],
        layer=table.layer.name,
        driver="GPKG",
        geometry_type=_geometry_type(table),
        crs=f"EPSG:{table.layer.srid}",
        promote_to_multi=table.layer.geometry_type != "Point",
        append=append,
        dataset_options={"VERSION": "1.3"} if not append else {},
        dataset_metadata={"note": table.note} if not append else None,
        layer_options={"FID": "fid", "GEOMETRY_NAME": "geom"} if not append else {},
    )


def _geometry_type(table: Table) -> str:
    kind = table.layer.geometry_type
    return kind if kind == "Point" else f"Multi{kind}"


def _column(field: Field, values: list[Any]) -> tuple[Any, Any]:
    """The values as an array of one kind, and where there is none."""
    missing = np.array([value is None for value in values], dtype=bool)
    if field.kind == "integer":
        return np.array([value or 0 for value in values], dtype=np.int64), missing
    if field.kind == "number":
        return np.array([float(value or 0) for value in values], dtype=np.float64), missing
    if field.kind == "boolean":
        return np.array([bool(value) for value in values], dtype=bool), missing
    if field.kind == "date":
        return np.array([value or "1970-01-01" for value in values], dtype="datetime64[D]"), missing
    if field.kind == "datetime":
        return np.array([_moment(value) for value in values], dtype="datetime64[ms]"), missing
    texts = np.empty(len(values), dtype=object)
    texts[:] = [None if value is None else str(value) for value in values]
    return texts, missing


def _moment(value: datetime | None) -> datetime:
    """UTC without saying so, as GDAL wants moments."""
    return datetime(1970, 1, 1) if value is None else value.astimezone(UTC).replace(tzinfo=None)  # noqa: DTZ001


def _describe(table: Table, path: Path) -> None:
    """Give the columns the titles that people know, and the layer its own."""
    name = table.layer.name
    with closing(sqlite3.connect(path)) as file, file:
        file.executescript(SCHEMA)
        file.executemany(
            "INSERT OR REPLACE INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
            [(one, DEFINITION) for one in ("gpkg_data_columns", "gpkg_data_column_constraints")],
        )
        file.executemany(
            "INSERT OR REPLACE INTO gpkg_data_columns (table_name, column_name, name, title, description)"
            " VALUES (?, ?, ?, ?, ?)",
            [(name, field.name, *titles) for field, titles in _titles(table.fields)],
        )
        about = (str(table.layer.title), f"{table.layer.abstract} {table.note}".strip(), name)
        file.execute("UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?", about)


def _titles(fields: Sequence[Field]) -> Iterator[tuple[Field, tuple[str, str, str]]]:
    """The title of each field, which must be its own in the file, and what values are counted in."""
    used: set[str] = set()
    for field in fields:
        title = str(field.title) if str(field.title) not in used else f"{field.title} ({field.name})"
        used.add(title)
        yield field, (title, str(field.title), field.unit)
