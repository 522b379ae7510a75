"""Where a cut must run to divide a parcel as asked: by area, into equal parts, at a distance along a side."""

import math
from collections.abc import Callable

import numpy as np
import shapely

from land.science.patch import MM, Impossible, Patch, Place, Side, metres, place_of, sides_of

AREA_TOLERANCE_M2 = 0.005
"""To which the place of a cut is sought; the grid then moves its ends by up to 0.7 mm each."""

Cut = list[Place]


def cut_by_area(patch: Patch, parcel: str, side: Side, area_m2: float) -> Cut:
    """The cut parallel to *side* that leaves *area_m2* between itself and the side.

    Raises `Impossible`: `no_such_side`, `area_not_within`.
    """
    frame = _Frame(patch, parcel, side)
    whole = patch.area_m2(parcel)
    if not 0 < area_m2 < whole:
        raise Impossible("area_not_within", measured=f"{area_m2:.1f} m²", limit=f"{whole:.1f} m²")
    return frame.cut_at(frame.offset_of(area_m2))


def cuts_into_equal_areas(patch: Patch, parcel: str, side: Side, parts: int) -> list[Cut]:
    """Cuts parallel to *side* that leave *parts* pieces of one area. Raises `Impossible`: `no_such_side`."""
    frame = _Frame(patch, parcel, side)
    share = patch.area_m2(parcel) / parts
    return [frame.cut_at(frame.offset_of(share * number)) for number in range(1, parts)]


def cut_at_distance(patch: Patch, parcel: str, side: Side, distance_m: float, towards: int | None = None) -> Cut:
    """The cut that leaves *side* at *distance_m* from its first point: square to it, or towards the point *towards*.

    Raises `Impossible`: `no_such_side`, `distance_not_on_side`, `no_such_point`.
    """
    frame = _Frame(patch, parcel, side)
    if not 0 <= distance_m <= frame.length:
        raise Impossible("distance_not_on_side", measured=f"{distance_m:.3f} m", limit=f"{frame.length:.3f} m")
    start = frame.origin + frame.along * distance_m
    if towards is None:
        return [place_of(*start), place_of(*(start + frame.inward * frame.depth()))]
    if not any(towards in ring for ring in patch.parcels[parcel]):
        raise Impossible("no_such_point")
    return [place_of(*start), patch.points[towards]]


class _Frame:
    """A parcel seen from one of its sides: along it, and inward from it."""

    def __init__(self, patch: Patch, parcel: str, side: Side) -> None:
        if not any(side in sides_of(ring) for ring in patch.parcels[parcel]):
            raise Impossible("no_such_side")
        start, end = (np.array(metres(patch.points[point])) for point in side)
        self.polygon = patch.polygon(parcel)
        self.origin = start
        self.length = math.dist(start, end)
        self.along = (end - start) / self.length
        self.inward = np.array([-self.along[1], self.along[0]])
        corners = shapely.get_coordinates(self.polygon) - start
        self.offsets = corners @ self.inward
        self.reaches = corners @ self.along

    def depth(self) -> float:
        return float(self.offsets.max()) + 1

    def cut_at(self, offset: float) -> Cut:
        """A line parallel to the side, from edge to edge of the parcel's box."""
        middle = self.origin + self.inward * offset
        ends = (self.reaches.min() - 1, self.reaches.max() + 1)
        return [place_of(*(middle + self.along * end)) for end in ends]

    def offset_of(self, area_m2: float) -> float:
        """How far in the parallel lies that cuts *area_m2* off on the side's side."""
        return _bisected(self._area_before, float(self.offsets.min()), float(self.offsets.max()), area_m2)

    def _area_before(self, offset: float) -> float:
        low, left, right = self.offsets.min() - 1, self.reaches.min() - 1, self.reaches.max() + 1
        corners = [(left, low), (right, low), (right, offset), (left, offset)]
        strip = shapely.Polygon([self.origin + self.along * along + self.inward * inward for along, inward in corners])
        return float(self.polygon.intersection(strip).area)


def _bisected(area: Callable[[float], float], low: float, high: float, target: float) -> float:
    """Where the growing *area* reaches *target*, to `AREA_TOLERANCE_M2` or to the micrometre."""
    while high - low > 1e-3 / MM:
        middle = (low + high) / 2
        found = area(middle)
        if abs(found - target) < AREA_TOLERANCE_M2 / 100:
            return middle
        low, high = (middle, high) if found < target else (low, middle)
    return (low + high) / 2
