"""Shapes across the antimeridian: computed unwrapped, stored split at ±180° (RFC 7946, 3.1.9)."""

import numpy as np
import shapely
from numpy.typing import NDArray


def unwrap(lons: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitudes without jumps: neighbours differ by less than 180°, so that values may leave ±180°."""
    return np.unwrap(lons, period=360.0)


def split(shape: shapely.Geometry) -> shapely.Geometry:
    """*shape*, given with unwrapped longitudes, cut at the antimeridian and brought back inside ±180°."""
    west, _, east, _ = shape.bounds
    parts = []
    for turn in range(int(np.floor((west + 180) / 360)), int(np.floor((east + 180) / 360)) + 1):
        window = shapely.box(360 * turn - 180, -90, 360 * turn + 180, 90)
        part = shapely.intersection(shape, window)
        if not part.is_empty:
            parts.append(shapely.transform(part, lambda points, turn=turn: points - [360.0 * turn, 0.0]))
    return shapely.union_all(parts) if len(parts) > 1 else parts[0]
