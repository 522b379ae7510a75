"""Corner tables (bảng kê tọa độ) as people paste them: which axis is which, and which meridian they were made for.

Vietnamese tables give X northing before Y easting; programs write it the other way round. On the country's TM-3 grids
a northing has seven digits and an easting six, so that magnitude tells. A table of another central meridian lies 26 km
aside for every quarter of a degree: it is refused with the meridian that would bring it to the place it is for.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import shapely
from pyproj import CRS, Transformer

from gis.geometry.crs import LEGAL_SRID
from land.science.patch import Impossible, Place, place_of

NEAR_M = 2_000.0
"""A table is meant for a place at most that far off."""
MOST_CORNERS = 2_000
NORTHINGS = (800_000.0, 2_700_000.0)
"""Of the country on TM-3 grids; its eastings are below."""
MERIDIANS = tuple(102 + quarter / 4 for quarter in range(33))
"""Central meridians tried, degrees: 102° to 110° by quarters; provinces have theirs among them."""
SEPARATORS = re.compile(r"[;\t]|\s{1,}")
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def read_corners(text: str, near: shapely.Geometry) -> list[Place]:
    """The corners of a pasted table, a line each: two coordinates, or a number and two coordinates; decimal points or
    commas. *near*, in metres, is what the table is for.

    Raises `Impossible`: `table_line_unreadable` (measured: its number and text), `table_too_long`, `table_empty`,
    `table_elsewhere` (limit: the meridian that fits, if any does).
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_CORNERS:
        raise Impossible("table_too_long", measured=str(len(lines)), limit=str(MOST_CORNERS))
    pairs = [_pair(number, line) for number, line in lines if not _is_heading(number, line)]
    if not pairs:
        raise Impossible("table_empty")
    corners = [_east_north(pair) for pair in pairs]
    _check_place(corners, near)
    return [place_of(*corner) for corner in corners]


def _is_heading(number: int, line: str) -> bool:
    return number == 1 and not any(len(found) > 5 for found in re.findall(r"\d+", line))


def _pair(number: int, line: str) -> tuple[float, float]:
    cells = [cell for cell in SEPARATORS.split(line) if cell]
    if len(cells) == 1 or any("," in cell and not NUMBER.fullmatch(cell) for cell in cells):
        cells = [cell.strip() for cell in line.split(",")]
    values = cells[-2:] if len(cells) in (2, 3) else []
    if len(values) != 2 or not all(NUMBER.fullmatch(value) for value in values):
        raise Impossible("table_line_unreadable", measured=f"{number}: {line[:60]}")
    first, second = (float(value.replace(",", ".")) for value in values)
    return first, second


def _east_north(pair: tuple[float, float]) -> tuple[float, float]:
    """Easting before northing, by magnitude."""
    first, second = pair
    low, high = NORTHINGS
    return (second, first) if low <= first <= high and not low <= second <= high else (first, second)


def _check_place(corners: Sequence[tuple[float, float]], near: shapely.Geometry) -> None:
    middle = shapely.MultiPoint(corners).centroid
    distance = middle.distance(near)
    if distance <= NEAR_M:
        return
    fitting = [
        meridian
        for meridian in MERIDIANS
        if shapely.Point(_from(meridian).transform(middle.x, middle.y)).distance(near) <= NEAR_M
    ]
    raise Impossible(
        "table_elsewhere",
        where=middle,
        measured=f"{distance / 1000:.1f} km",
        limit=", ".join(_degrees(meridian) for meridian in fitting),
    )


@lru_cache(maxsize=64)
def _from(meridian: float) -> Transformer:
    """From the TM-3 grid of *meridian* to the legal grid, within VN-2000."""
    grid = CRS.from_proj4(f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +units=m")
    legal = CRS.from_epsg(LEGAL_SRID)
    plain = CRS.from_proj4(
        f"+proj=tmerc +lat_0=0 +lon_0={_lon_0(legal)} +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +units=m"
    )
    return Transformer.from_crs(grid, plain, always_xy=True)


def _lon_0(grid: CRS) -> float:
    operation = grid.coordinate_operation
    assert operation is not None
    return next(float(one.value) for one in operation.params if one.code == "8802")


def _degrees(meridian: float) -> str:
    """
    >>> _degrees(107.75)
    '107°45′'
    """
    return f"{int(meridian)}°{round(meridian % 1 * 60):02d}′"
