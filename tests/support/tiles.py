"""Tiles as their clients find and read them."""

import math
from typing import Any

import mapbox_vector_tile

EXTENT = 4096


def tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int, int]:
    """Zoom, column and row of the Web Mercator tile that holds the place."""
    count = 1 << zoom
    column, row = _unit(lon, lat)
    return zoom, int(column * count), int(row * count)


def place_in(tile: tuple[int, int, int], x: float, y: float) -> tuple[float, float]:
    """lon, lat of a point of the decoded tile, whose y grows to the north."""
    zoom, column, row = tile
    count = 1 << zoom
    across, down = (column + x / EXTENT) / count, (row + 1 - y / EXTENT) / count
    return across * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down))))


def decoded(content: bytes) -> dict[Any, dict[str, Any]]:
    """The features of a tile of one layer by their public identifiers."""
    layers = mapbox_vector_tile.decode(content) if content else {}
    return {feature["properties"]["id"]: feature for layer in layers.values() for feature in layer["features"]}


def _unit(lon: float, lat: float) -> tuple[float, float]:
    return (lon + 180) / 360, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
