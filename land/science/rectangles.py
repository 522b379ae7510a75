"""The largest rectangle inside a polygon, its sides along and across a given direction: what can be built on a parcel.

Plane metres. For two verticals the tallest rectangle between them is found exactly; the verticals are searched in
rounds that close in on the best, so that its sides are right to a few millimetres on parcels of usual size.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

DIVISIONS = 24
"""Verticals in one round, beside those through the vertices."""
ROUNDS = 7
MOST_VERTICES = 32
"""Through more vertices than that no verticals of their own are laid."""
HAIR = 1e-9

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Rectangle:
    """*width* along the direction, *depth* across it, metres."""

    width: float
    depth: float
    shape: shapely.Polygon

    @property
    def area(self) -> float:
        return self.width * self.depth


NONE = Rectangle(0.0, 0.0, shapely.Polygon())


def largest_rectangle(polygon: shapely.Polygon, bearing: float) -> Rectangle:
    """The largest by area; *bearing*: the direction of its width in radians from the easting axis, counter-clockwise.

    >>> found = largest_rectangle(shapely.box(0, 0, 12, 5), 0.0)
    >>> (round(found.width, 3), round(found.depth, 3))
    (12.0, 5.0)
    """
    if polygon.is_empty or polygon.area <= 0:
        return NONE
    origin = np.asarray(polygon.exterior.coords[0])
    turned = shapely.transform(polygon, lambda places: _turn(places - origin, -bearing))
    west, south, east, north = _search(turned)
    if not (west < east and south < north):
        return NONE
    shape = shapely.transform(shapely.box(west, south, east, north), lambda places: _turn(places, bearing) + origin)
    return Rectangle(east - west, north - south, shape)


def _turn(places: Floats, angle: float) -> Floats:
    cosine, sine = np.cos(angle), np.sin(angle)
    turned: Floats = places @ np.array([[cosine, sine], [-sine, cosine]])
    return turned


def _search(polygon: shapely.Polygon) -> Box:
    edges = _edges(polygon)
    west, _south, east, _north = polygon.bounds
    corners = np.unique(edges[:, [0, 2]])
    fixed = corners if len(corners) <= MOST_VERTICES else corners[:0]
    first = np.unique(np.concatenate([np.linspace(west, east, DIVISIONS + 1), fixed]))
    pairs = [_pairs(first, first), _level_pairs(edges, first)]
    best = max((_best_of(edges, *pair) for pair in pairs), key=_area)
    reach = (east - west) / DIVISIONS
    for _ in range(ROUNDS):
        lefts, rights = (_around(best[place], reach, west, east) for place in (0, 2))
        pairs = [_pairs(lefts, rights), _level_pairs(edges, np.concatenate([lefts, rights]))]
        best = max(best, *(_best_of(edges, *pair) for pair in pairs), key=_area)
        reach /= DIVISIONS / 6
    return best


def _around(place: float, reach: float, west: float, east: float) -> Floats:
    near = np.linspace(max(west, place - reach), min(east, place + reach), DIVISIONS // 2 + 1)
    return np.append(near, place)


def _pairs(lefts: Floats, rights: Floats) -> tuple[Floats, Floats]:
    left, right = np.meshgrid(lefts, rights)
    return left.ravel(), right.ravel()


def _level_pairs(edges: Floats, verticals: Floats) -> tuple[Floats, Floats]:
    """Each of *verticals* with every other that meets the boundary at the same height: on slanting sides both corners
    of the largest rectangle touch, and no grid finds such pairs by itself."""
    x1, y1, x2, y2 = edges.T
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        heights = y1 + (y2 - y1) * (verticals[:, None] - x1) / (x2 - x1)
        row, side = np.nonzero((verticals[:, None] >= x1) & (verticals[:, None] <= x2) & np.isfinite(heights))
        share = (heights[row, side][:, None] - y1) / (y2 - y1)
        meets = x1 + share * (x2 - x1)
        found, other = np.nonzero((share >= 0) & (share <= 1))
    here, there = verticals[row[found]], meets[found, other]
    return np.minimum(here, there), np.maximum(here, there)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _edges(polygon: shapely.Polygon) -> Floats:
    """x, y, x, y of each side, from west to east."""
    found = []
    for ring in (polygon.exterior, *polygon.interiors):
        places = np.asarray(ring.coords)
        found.append(np.hstack([places[:-1], places[1:]]))
    edges: Floats = np.vstack(found)
    back = edges[:, 0] > edges[:, 2]
    edges[back] = edges[back][:, [2, 3, 0, 1]]
    return edges


def _best_of(edges: Floats, lefts: Floats, rights: Floats) -> Box:
    """The largest of the rectangles between each of *lefts* and the one of *rights* beside it.

    Between two verticals the boundary is seen as intervals of y; a gap between them is free of boundary, and inside the
    polygon where an odd number of sides lies below it.
    """
    left, right = lefts[:, None], rights[:, None]
    wide = (right - left)[:, 0] > HAIR
    left, right = left[wide], right[wide]
    if not len(left):
        return (0.0, 0.0, 0.0, 0.0)
    x1, y1, x2, y2 = edges.T
    start, end = np.maximum(x1, left), np.minimum(x2, right)
    slope = np.divide(y2 - y1, x2 - x1, out=np.zeros_like(x1), where=x2 > x1)
    upright = (x2 <= x1) & (x1 > left + HAIR) & (x1 < right - HAIR)
    there = (start < end - HAIR) | upright
    one = np.where(upright, y1, y1 + slope * (start - x1))
    other = np.where(upright, y2, y1 + slope * (end - x1))
    low = np.where(there, np.minimum(one, other), np.inf)
    high = np.where(there, np.maximum(one, other), -np.inf)
    middle = (left + right) / 2
    crosses = there & (x1 <= middle) & (middle < x2)
    order = np.argsort(low, axis=1, kind="stable")
    low, high, crosses = (np.take_along_axis(part, order, axis=1) for part in (low, high, crosses))
    top = np.maximum.accumulate(high, axis=1)[:, :-1]
    inside = np.cumsum(crosses, axis=1)[:, :-1] % 2 == 1
    with np.errstate(invalid="ignore"):
        gap = np.where(inside & np.isfinite(low[:, 1:]), low[:, 1:] - top, 0.0)
    area = np.maximum(gap, 0.0) * (right - left)
    row, place = np.unravel_index(int(np.argmax(area)), area.shape)
    if area[row, place] <= 0:
        return (0.0, 0.0, 0.0, 0.0)
    return (float(left[row, 0]), float(top[row, place]), float(right[row, 0]), float(low[row, place + 1]))
