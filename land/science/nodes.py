"""New points on sides that parcels share: every parcel along the side gets the point, or the fabric would tear."""

from collections.abc import Iterable, Mapping

import numpy as np
import shapely

from land.science.patch import MM, Patch, Place, Ring, Rings, Side, metres, sides_of

REACH_MM = 2.0
"""A new point this near a side lies on it. A point of the grid is up to 0.7 mm off the side that it was meant for."""


def with_nodes(patch: Patch, nodes: Mapping[int, Place], parcels: Iterable[str]) -> dict[str, Rings]:
    """The rings of those *parcels* that *nodes* lie on, with the nodes in their places."""
    if not nodes:
        return {}
    ids = list(nodes)
    places = np.array([nodes[node] for node in ids], dtype=float)
    low, high = places.min(0) - REACH_MM, places.max(0) + REACH_MM
    found = {}
    for key in parcels:
        rings = tuple(_ring_with_nodes(patch, ring, ids, places, low, high) for ring in patch.parcels[key])
        if rings != patch.parcels[key]:
            found[key] = rings
    return found


def _ring_with_nodes(
    patch: Patch, ring: Ring, ids: list[int], places: np.ndarray, low: np.ndarray, high: np.ndarray
) -> Ring:
    corners = np.array([patch.points[point] for point in ring], dtype=float)
    ends = np.roll(corners, -1, axis=0)
    near = ((np.minimum(corners, ends) <= high) & (np.maximum(corners, ends) >= low)).all(1)
    if not near.any():
        return ring
    result: list[int] = []
    for number, point in enumerate(ring):
        result.append(point)
        if near[number]:
            result += _nodes_on(corners[number], ends[number], ids, places)
    return tuple(result)


def _nodes_on(start: np.ndarray, end: np.ndarray, ids: list[int], places: np.ndarray) -> list[int]:
    """The nodes strictly between the ends of a side and within reach of it, in its direction."""
    along = end - start
    length = float(np.hypot(*along))
    if length == 0:
        return []
    offsets = places - start
    forward = offsets @ along / length
    aside = np.abs(offsets[:, 0] * along[1] - offsets[:, 1] * along[0]) / length
    between = (aside <= REACH_MM) & (forward > 0) & (forward < length)
    between &= (places != start).any(1) & (places != end).any(1)
    return [ids[number] for number in np.argsort(forward, kind="stable") if between[number]]


def nearest_side(patch: Patch, parcel: str, place: Place) -> tuple[Side, float]:
    """The side of *parcel* nearest to *place*, and how far it is, in millimetres."""
    point = shapely.Point(metres(place))
    sides = [side for ring in patch.parcels[parcel] for side in sides_of(ring)]
    lines = shapely.linestrings([[metres(patch.points[one]), metres(patch.points[other])] for one, other in sides])
    distances = shapely.distance(lines, point)
    nearest = int(np.argmin(distances))
    return sides[nearest], float(distances[nearest]) * MM


def sharing(patch: Patch, side: Side) -> list[str]:
    """The parcels that have *side*, in either direction."""
    both = {side, side[::-1]}
    return [key for key, rings in patch.parcels.items() if any(not both.isdisjoint(sides_of(ring)) for ring in rings)]
