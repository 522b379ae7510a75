"""The forms that rows can be taken away in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gis.exchange.writers import geojson, geopackage, tables
from gis.exchange.writers.table import Table
from gis.problems import NotAcceptable, Text


@dataclass(frozen=True)
class Form:
    """A form of file: either its text comes in pieces (*pieces*), or it is *written* to a path."""

    name: str
    title: Text
    suffix: str
    content_type: str
    pieces: Callable[[Table], Iterator[str]] | None = None
    written: Callable[[Table, Path], None] | None = None

    def write(self, table: Table, path: Path) -> None:
        """Write *table* to *path*."""
        if self.written is not None:
            self.written(table, path)
        elif self.pieces is not None:
            with path.open("w", encoding="utf-8", newline="") as sink:
                sink.writelines(self.pieces(table))

    def file_name(self, table: Table) -> str:
        return f"{table.layer.name}.{self.suffix}"


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {
    form.name: form
    for form in (
        Form("csv", "CSV", "csv", "text/csv; charset=utf-8", pieces=tables.csv_pieces),
        Form("csv-excel", "CSV (Excel)", "csv", "text/csv; charset=utf-8", pieces=tables.marked_csv_pieces),
        Form("xlsx", "XLSX", "xlsx", XLSX, written=tables.write_xlsx),
        Form("geojson", "GeoJSON", "geojson", "application/geo+json", pieces=geojson.pieces),
        Form("gpkg", "GeoPackage", "gpkg", "application/geopackage+sqlite3", written=geopackage.write),
    )
}


def form_named(name: str) -> Form:
    """The form *name*. Raises `NotAcceptable`."""
    if name not in FORMS:
        raise NotAcceptable(field="f", expected=", ".join(FORMS))
    return FORMS[name]
