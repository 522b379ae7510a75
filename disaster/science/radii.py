"""The area of a wind threshold from its radii in four quadrants.

A quadrant's value is the greatest extent there, so that four sectors are the conservative reading.
"""

import numpy as np
import shapely

from gis.geometry.antimeridian import split, unwrap
from gis.geometry.geodesic import NAUTICAL_MILE_M, destinations

QUADRANTS = ("ne", "se", "sw", "nw")
"""Clockwise from north; each begins where the one before it ends."""
STEP_DEGREES = 3.0
"""Of azimuth between vertices of an arc; the polygon lacks 0.05 % of the sector's area."""

Radii = tuple[int | None, int | None, int | None, int | None]
"""Nautical miles in the north-east, south-east, south-west and north-west; None unknown, 0 none."""


def sectors(lon: float, lat: float, radii: Radii) -> shapely.MultiPolygon | None:
    """The known quadrants' sectors around a centre (degrees), their arcs geodesic, split at the antimeridian.

    None where no quadrant is known to have any extent. Raises ValueError where a radius reaches over a pole.
    """
    if abs(lat) + max(radius or 0 for radius in radii) / 60 >= 90:
        raise ValueError("A radius reaches over a pole.")
    shapes = [_sector(lon, lat, run, radii) for run in _runs(radii)]
    if not shapes:
        return None
    whole = split(shapely.MultiPolygon(shapes))
    return whole if isinstance(whole, shapely.MultiPolygon) else shapely.MultiPolygon([whole])


def _runs(radii: Radii) -> list[list[int]]:
    """Quadrants (0–3) with an extent, neighbours together, each run clockwise.

    >>> _runs((50, None, 40, 30)), _runs((50, 0, 40, 0)), _runs((1, 1, 1, 1))
    ([[2, 3, 0]], [[0], [2]], [[0, 1, 2, 3]])
    """
    if all(radii):
        return [[0, 1, 2, 3]]
    firsts = [place for place in range(4) if radii[place] and not radii[place - 1]]
    runs = []
    for first in firsts:
        run = [first]
        while radii[(run[-1] + 1) % 4]:
            run.append((run[-1] + 1) % 4)
        runs.append(run)
    return runs


def _sector(lon: float, lat: float, run: list[int], radii: Radii) -> shapely.Polygon:
    """One polygon of neighbouring quadrants: arc after arc, by way of the centre unless it goes all round."""
    steps = np.linspace(0, 90, round(90 / STEP_DEGREES) + 1)
    azimuths = np.concatenate([90 * place + steps for place in run])
    metres = np.repeat([(radii[place] or 0) * NAUTICAL_MILE_M for place in run], len(steps))
    lons, lats = destinations(lon, lat, azimuths, metres)
    if len(run) < 4:
        lons, lats = np.append(lons, lon), np.append(lats, lat)
    return shapely.Polygon(np.column_stack([unwrap(lons), lats]))
