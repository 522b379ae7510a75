"""Frontage of parcels in a patch: the sides that they share with others, as roads."""

import math
from collections.abc import Iterable

import shapely

from land.science.patch import MM, Patch, Side, metres, sides_of


def shared_sides(patch: Patch, parcel: str, others: Iterable[str]) -> list[Side]:
    """Sides of *parcel* that one of *others* has too, in the order of its ring: neighbours share ids of points."""
    theirs = {(end, start) for other in others for ring in patch.parcels[other] for start, end in sides_of(ring)}
    return [side for ring in patch.parcels[parcel] for side in sides_of(ring) if side in theirs]


def length_m(patch: Patch, sides: Iterable[Side]) -> float:
    return sum(math.dist(patch.points[one], patch.points[other]) for one, other in sides) / MM


def line_of(patch: Patch, sides: Iterable[Side]) -> shapely.Geometry:
    """*sides* in metres."""
    return shapely.MultiLineString([[metres(patch.points[one]), metres(patch.points[other])] for one, other in sides])


def bearing_of(patch: Patch, parcel: str, frontage: Iterable[Side]) -> float:
    """The direction of the longest side of *frontage*, of the parcel's longest side where it has none; radians."""
    sides = list(frontage) or list(sides_of(patch.parcels[parcel][0]))
    one, other = max(sides, key=lambda side: math.dist(patch.points[side[0]], patch.points[side[1]]))
    (x1, y1), (x2, y2) = patch.points[one], patch.points[other]
    return math.atan2(y2 - y1, x2 - x1)
