"""Boundary points: moved, put in, taken out. Every parcel that uses a point follows it."""

from collections.abc import Mapping

import shapely

from land.science.nodes import nearest_side, sharing
from land.science.patch import Edit, Impossible, Patch, Place, Ring, Rings, Side, metres, sides_of


def move_points(patch: Patch, moves: Mapping[int, Place]) -> Edit:
    """Points to new places. Raises `Impossible`: `nothing_changes`."""
    moved = {point: place for point, place in moves.items() if patch.points[point] != place}
    if not moved:
        raise Impossible("nothing_changes")
    return Edit(moved=moved)


def insert_point(patch: Patch, parcel: str, place: Place, beside: Place | None = None) -> Edit:
    """A new point at *place* into the side of *parcel* that is nearest to *beside* (to *place*, where not given), and
    into the same side of its neighbour. Raises `Impossible`: `point_there_already`.
    """
    side, _ = nearest_side(patch, parcel, beside or place)
    for point in side:
        if patch.points[point] == place:
            raise Impossible("point_there_already", where=shapely.Point(metres(place)))
    redrawn = {key: _inserted(patch.parcels[key], side, -1) for key in sharing(patch, side)}
    return Edit(added={-1: place}, redrawn=redrawn)


def remove_point(patch: Patch, point: int) -> Edit:
    """*point* out of all rings that use it: a straight side stands where it was.

    Raises `Impossible`: `parcels_meet_here` where rings go on from it in different directions, `ring_too_short`.
    """
    redrawn = {}
    ways: set[frozenset[int]] = set()
    for key in patch.users([point]):
        rings = patch.parcels[key]
        for ring in rings:
            if point in ring:
                ways.add(_neighbours(ring, point))
                if len(ring) <= 3:
                    raise Impossible("ring_too_short", where=patch.polygon(key), measured="3", limit="3")
        redrawn[key] = tuple(tuple(other for other in ring if other != point) for ring in rings)
    if len(ways) != 1:
        raise Impossible("parcels_meet_here", where=shapely.Point(metres(patch.points[point])))
    return Edit(redrawn=redrawn)


def _inserted(rings: Rings, side: Side, point: int) -> Rings:
    return tuple(_inserted_in(ring, side, point) for ring in rings)


def _inserted_in(ring: Ring, side: Side, point: int) -> Ring:
    both = {side, side[::-1]}
    result: list[int] = []
    for one, other in sides_of(ring):
        result.append(one)
        if (one, other) in both:
            result.append(point)
    return tuple(result)


def _neighbours(ring: Ring, point: int) -> frozenset[int]:
    place = ring.index(point)
    return frozenset((ring[place - 1], ring[(place + 1) % len(ring)]))
