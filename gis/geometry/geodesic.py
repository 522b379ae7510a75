"""Distances and directions on the WGS 84 ellipsoid."""

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

WGS84 = Geod(ellps="WGS84")
NAUTICAL_MILE_M = 1852.0

Degrees = NDArray[np.float64]


def destinations(lon: float, lat: float, azimuths: Degrees, metres: Degrees) -> tuple[Degrees, Degrees]:
    """Longitudes and latitudes reached from one point along *azimuths* (degrees from north, clockwise)."""
    many = np.full(len(azimuths), 1.0)
    lons, lats, _ = WGS84.fwd(lon * many, lat * many, azimuths, metres)
    return np.asarray(lons), np.asarray(lats)


def distance_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Length of the geodesic between two points, metres."""
    return float(WGS84.inv(lon_a, lat_a, lon_b, lat_b)[2])
