"""Do all engines of the house put the same point at the same place of the legal grid?

They bring several copies of PROJ and could each choose another datum operation, 0.68 m apart, without a word.
"""

import math
from collections.abc import Callable, Iterator

from django.contrib.gis.gdal import AxisOrder, CoordTransform, OGRGeometry, SpatialReference
from django.db import connection
from rasterio.warp import transform as rasterio_transform

from gis.geometry.crs import CHECK_POINT, CHECK_TOLERANCE_M, LEGAL_SRID, WGS84_SRID, transformer
from gis.maps.drawing.pictures import project

Position = tuple[float, float]
"""Easting and northing in EPSG:5899, metres."""

LON, LAT = CHECK_POINT.lon, CHECK_POINT.lat


def by_pyproj() -> Position:
    return transformer(WGS84_SRID, LEGAL_SRID).transform(LON, LAT)


def by_rasterio() -> Position:
    east, north = rasterio_transform("EPSG:4326", f"EPSG:{LEGAL_SRID}", [LON], [LAT])
    return east[0], north[0]


def by_geodjango() -> Position:
    degrees = SpatialReference(WGS84_SRID, axis_order=AxisOrder.TRADITIONAL)
    point = OGRGeometry(f"POINT ({LON} {LAT})")
    point.transform(CoordTransform(degrees, SpatialReference(LEGAL_SRID)))
    return point.x, point.y  # type: ignore[attr-defined]


def by_postgis() -> Position:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM ST_Transform(ST_SetSRID(ST_Point(%s, %s), %s), %s) AS p",
            [LON, LAT, WGS84_SRID, LEGAL_SRID],
        )
        east, north = cursor.fetchone()
    return east, north


def by_mapnik() -> Position:
    return project(LON, LAT, WGS84_SRID, LEGAL_SRID)


ENGINES: dict[str, Callable[[], Position]] = {
    "pyproj": by_pyproj,
    "rasterio": by_rasterio,
    "GeoDjango": by_geodjango,
    "PostGIS": by_postgis,
    "Mapnik": by_mapnik,
}


def deviations() -> Iterator[tuple[str, Position, float]]:
    """(engine, where it puts the check point, metres from where it belongs)."""
    for name, locate in ENGINES.items():
        east, north = locate()
        yield name, (east, north), math.hypot(east - CHECK_POINT.easting, north - CHECK_POINT.northing)


def disagreements() -> list[str]:
    """Engines that put the check point elsewhere, with the distance; empty when all agree."""
    return [f"{name}: {metres:.4f} m" for name, _, metres in deviations() if not metres <= CHECK_TOLERANCE_M]
