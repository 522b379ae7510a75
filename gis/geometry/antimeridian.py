"""Shapes across the antimeridian: computed unwrapped, stored split at ±180° (RFC 7946, 3.1.9)."""

import numpy as np
import shapely
from numpy.typing import NDArray


def unwrap(lons: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitudes (degrees) without jumps: neighbours differ by less than 180°, and values may leave ±180°.

    >>> unwrap(np.array([179.0, -179.0, -178.0])).tolist()
    [179.0, 181.0, 182.0]
    """
    return np.unwrap(lons, period=360.0)


def split(shape: shapely.Geometry) -> shapely.Geometry:
    """*shape*, given with unwrapped longitudes, cut at the antimeridian and brought back inside ±180°.

    Where it only touches the antimeridian it is not cut: the result has parts of its own dimension alone.

    >>> split(shapely.LineString([(179, 10), (181, 10)])).wkt
    'MULTILINESTRING ((179 10, 180 10), (-180 10, -179 10))'
    """
    west, _, east, _ = shape.bounds
    parts: list[shapely.Geometry] = []
    for turn in range(int(np.floor((west + 180) / 360)), int(np.floor((east + 180) / 360)) + 1):
        window = shapely.box(360 * turn - 180, -90, 360 * turn + 180, 90)
        inside = shapely.transform(shape & window, lambda points, turn=turn: points - [360.0 * turn, 0.0])
        parts += [part for part in shapely.get_parts(inside) if _dimension(part) == _dimension(shape)]
    return shapely.union_all(parts) if len(parts) > 1 else parts[0]


def _dimension(shape: shapely.Geometry) -> int:
    return int(shapely.get_dimensions(shape))
