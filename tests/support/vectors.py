"""Vector files for tests, written by GDAL as other programs write them."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".shp": "ESRI Shapefile",
    ".fgb": "FlatGeobuf",
    ".kml": "KML",
    ".csv": "CSV",
}


def write_vectors(
    path: Path, shapes: list[Any], columns: dict[str, list[Any]], *, crs: str | None = "EPSG:5899", **options: Any
) -> Path:
    """*shapes* (shapely, None where there is none) with *columns* into *path*, in the format of its ending."""
    fields = [
        np.array(values, dtype=object if isinstance(values[0], str | None) else None) for values in columns.values()
    ]
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    wkb = np.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], dtype=object)
    pyogrio.raw.write(
        path,
        wkb,
        fields,
        list(columns),
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
        crs=crs,
        driver=DRIVERS[path.suffix],
        **options,
    )
    return path


def square(east: float, north: float, side: float = 100.0) -> Any:
    """A square with its south-west corner there."""
    return shapely.box(east, north, east + side, north + side)
