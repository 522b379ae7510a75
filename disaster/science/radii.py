"""The area of a wind threshold from its radii in four quadrants.

A quadrant's value is the greatest extent there, so that the polygon of four sectors is the conservative reading.
"""

import numpy as np
import shapely

from gis.geometry.antimeridian import split, unwrap
from gis.geometry.geodesic import NAUTICAL_MILE_M, destinations

QUADRANTS = ("ne", "se", "sw", "nw")
STEP_DEGREES = 3.0
"""Of azimuth between vertices of an arc; its chord falls short of the arc by 0.03 % of the radius."""

Radii = tuple[int | None, int | None, int | None, int | None]
"""Nautical miles in the north-east, south-east, south-west and north-west; None unknown, 0 none."""


def sectors(lon: float, lat: float, radii: Radii) -> shapely.MultiPolygon | None:
    """The union of the known quadrants' sectors around a centre, degrees, split at the antimeridian.

    None where no quadrant is known to have any extent.
    """
    parts = [_sector(lon, lat, 90.0 * place, radius) for place, radius in enumerate(radii) if radius]
    if not parts:
        return None
    whole = split(shapely.union_all(parts, grid_size=1e-9))
    return whole if isinstance(whole, shapely.MultiPolygon) else shapely.MultiPolygon([whole])


def _sector(lon: float, lat: float, first_azimuth: float, radius_nm: int) -> shapely.Polygon:
    azimuths = np.linspace(first_azimuth, first_azimuth + 90, round(90 / STEP_DEGREES) + 1)
    metres = np.full(len(azimuths), radius_nm * NAUTICAL_MILE_M)
    lons, lats = destinations(lon, lat, azimuths, metres)
    ring = unwrap(np.concatenate([[lon], lons]))
    return shapely.Polygon(np.column_stack([ring, np.concatenate([[lat], lats])]))
