"""A patch of the parcel fabric, and an edit of it: points in whole millimetres, parcels as rings of point ids.

Everything here is exact where it can be: places are integers, areas are sums of integer products, and neighbours share
ids instead of coordinates. shapely sees metres, and only to answer questions of shape.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import shapely

Place = tuple[int, int]
"""Easting and northing of the legal grid (EPSG:5899) in whole millimetres."""
Ring = tuple[int, ...]
"""Ids of points in their order, the first not repeated."""
Rings = tuple[Ring, ...]
"""The exterior counter-clockwise, then the holes clockwise: the parcel lies to the left of each side."""
Side = tuple[int, int]
"""From one point to the next."""

MM = 1000
"""Millimetres of a metre."""


def place_of(easting: float, northing: float) -> Place:
    """The place on the grid nearest to metres."""
    return round(easting * MM), round(northing * MM)


def metres(place: Place) -> tuple[float, float]:
    return place[0] / MM, place[1] / MM


def sides_of(ring: Ring) -> Iterator[Side]:
    """
    >>> list(sides_of((1, 2, 3)))
    [(1, 2), (2, 3), (3, 1)]
    """
    return zip(ring, (*ring[1:], ring[0]), strict=True)


def rings_from_array(array: Sequence[int]) -> Rings:
    """Rings as the database keeps them: one array in which 0 stands before each hole.

    >>> rings_from_array([1, 2, 3, 0, 4, 5, 6])
    ((1, 2, 3), (4, 5, 6))
    """
    rings: list[list[int]] = [[]]
    for point in array:
        if point == 0:
            rings.append([])
        else:
            rings[-1].append(point)
    return tuple(tuple(ring) for ring in rings)


def array_from_rings(rings: Rings) -> list[int]:
    """The reverse of `rings_from_array`."""
    array = list(rings[0])
    for hole in rings[1:]:
        array += [0, *hole]
    return array


@dataclass(frozen=True)
class Patch:
    """Parcels with the points of their rings: enough of the fabric to judge an edit by."""

    points: Mapping[int, Place]
    parcels: Mapping[str, Rings]
    """By identifier, or by the label of a parcel yet to be."""

    def polygon(self, parcel: str) -> shapely.Polygon:
        """The parcel in metres."""
        shell, *holes = ([metres(self.points[point]) for point in ring] for ring in self.parcels[parcel])
        return shapely.Polygon(shell, holes)

    def twice_area(self, parcel: str) -> int:
        """Twice the plane area in mm², exact: sums of it compare without tolerance."""
        return sum(self._twice_area(ring) for ring in self.parcels[parcel])

    def area_m2(self, parcel: str) -> float:
        return self.twice_area(parcel) / (2 * MM * MM)

    def users(self, points: Iterable[int]) -> list[str]:
        """The parcels whose rings hold any of *points*."""
        wanted = set(points)
        return [key for key, rings in self.parcels.items() if any(not wanted.isdisjoint(ring) for ring in rings)]

    def _twice_area(self, ring: Ring) -> int:
        # Around a corner of the ring, so that the products stay small.
        east, north = self.points[ring[0]]
        total = 0
        for one, other in sides_of(ring):
            (x1, y1), (x2, y2) = self.points[one], self.points[other]
            total += (x1 - east) * (y2 - north) - (x2 - east) * (y1 - north)
        return total


@dataclass(frozen=True)
class Edit:
    """What an operation does to a patch."""

    added: Mapping[int, Place] = field(default_factory=dict)
    """New points, with negative ids until they are stored; with its own id a point that comes into use again."""
    moved: Mapping[int, Place] = field(default_factory=dict)
    ended: tuple[str, ...] = ()
    """Parcels that cease: what was split, merged."""
    born: Mapping[str, Rings] = field(default_factory=dict)
    """Parcels that begin, by label."""
    redrawn: Mapping[str, Rings] = field(default_factory=dict)
    """Parcels that stay themselves with another ring."""

    def apply(self, patch: Patch) -> Patch:
        parcels = {key: rings for key, rings in patch.parcels.items() if key not in self.ended}
        return Patch({**patch.points, **self.moved, **self.added}, {**parcels, **self.redrawn, **self.born})

    def reach(self, patch: Patch) -> list[shapely.Geometry]:
        """Where the fabric becomes another (metres): parcels that begin, and of those that stay the sides that are new.
        A road that gets a node somewhere is not looked at from end to end."""
        after = self.apply(patch)
        shapes: list[shapely.Geometry] = [after.polygon(label) for label in self.born]
        for key in self.touched(patch):
            old = {side for ring in patch.parcels[key] for side in sides_of(ring)}
            new = (side for ring in after.parcels[key] for side in sides_of(ring))
            shapes += [
                shapely.LineString([metres(after.points[point]) for point in side])
                for side in new
                if side not in old or not set(side).isdisjoint(self.moved)
            ]
        return shapes

    def touched(self, patch: Patch) -> list[str]:
        """The parcels that stay themselves with another shape or other points."""
        return sorted({*self.redrawn, *(key for key in patch.users(self.moved) if key not in self.ended)})


class Impossible(ValueError):
    """An operation that this patch does not allow. *where* is the failing place in metres, if there is one."""

    def __init__(
        self, reason: str, *, where: shapely.Geometry | None = None, measured: str = "", limit: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        """A code of `land.refusals`, which has the words."""
        self.where = where
        self.measured = measured
        self.limit = limit
