"""Whether an edited patch is still a coverage: simple rings, no overlap, no gap as thin as a mistake.

A T-junction whose node is missing in one neighbour lies up to half a millimetre off its side; GEOS finds it only with
a gap width (without one it called 967 of 2 000 such sheets valid, with 5 mm none).
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.validation import explain_validity

from land.science.patch import Edit, Patch, metres

GAP_WIDTH_M = 0.005
LEAST_FAULT_M = 1e-6
"""Faulty sides shorter than that are noise of the comparison with what was there before."""


@dataclass(frozen=True)
class Fault:
    """What an edit would break: a code of `land.refusals`, the parcels, and where (metres)."""

    reason: str
    parcels: tuple[str, ...]
    where: shapely.Geometry


def faults(before: Patch, edit: Edit) -> list[Fault]:
    """What *edit* breaks that was whole before; what was broken already is not blamed on it."""
    after = edit.apply(before)
    changed = [*edit.born, *edit.touched(before)]
    found = [fault for key in changed if (fault := _ring_fault(after, key))]
    if found:
        return found
    return _tears(before, after) or _near_misses(before, after, {*edit.moved, *edit.added}, changed)


def _ring_fault(patch: Patch, key: str) -> Fault | None:
    """Rings that cross or touch themselves, or run the wrong way round."""
    repeated = [ring for ring in patch.parcels[key] if len(set(ring)) != len(ring) or len(ring) < 3]
    polygon = patch.polygon(key)
    if repeated or not polygon.is_valid:
        coordinates = explain_validity(polygon).partition("[")[2].rstrip("]")
        place = [float(number) for number in coordinates.split()[:2]]
        return Fault("ring_meets_itself", (key,), shapely.Point(place) if place else polygon)
    if not polygon.exterior.is_ccw or patch.twice_area(key) <= 0:
        return Fault("ring_turned_over", (key,), polygon)
    return None


def _tears(before: Patch, after: Patch) -> list[Fault]:
    new = _invalid_sides(after)
    if not new:
        return []
    old = shapely.union_all(list(_invalid_sides(before).values()))
    found = []
    for key, sides in new.items():
        torn = shapely.difference(sides, old.buffer(GAP_WIDTH_M)) if old else sides
        if torn.length > LEAST_FAULT_M:
            found.append(Fault("coverage_torn", (key,), torn))
    return found


def _near_misses(before: Patch, after: Patch, points: set[int], parcels: list[str]) -> list[Fault]:
    """Points that come nearer to a foreign side than two points may be apart, and are no node of it: GEOS looks along
    sides and lets a single corner pass."""
    used = {point for rings in after.parcels.values() for ring in rings for point in ring}
    new = _pairs_too_near(after, sorted(points & used), list(after.parcels))
    new |= _pairs_too_near(after, sorted(used), parcels)
    known = {(point, key) for point, key in new if point in before.points and key in before.parcels}
    old = _pairs_too_near(before, sorted({point for point, _ in known}), sorted({key for _, key in known}))
    return [
        Fault("coverage_torn", (key,), shapely.Point(metres(after.points[point]))) for point, key in sorted(new - old)
    ]


def _pairs_too_near(patch: Patch, points: list[int], parcels: list[str]) -> set[tuple[int, str]]:
    """(point, parcel) where the point is not of the parcel's rings and within the gap width of its boundary."""
    if not points or not parcels:
        return set()
    places = shapely.points([metres(patch.points[point]) for point in points])
    boundaries = shapely.boundary([patch.polygon(key) for key in parcels])
    near = shapely.STRtree(places).query(boundaries, predicate="dwithin", distance=GAP_WIDTH_M)
    rings = {key: {point for ring in patch.parcels[key] for point in ring} for key in parcels}
    pairs = ((points[place], parcels[row]) for row, place in near.T)
    return {(point, key) for point, key in pairs if point not in rings[key]}


def _invalid_sides(patch: Patch) -> dict[str, shapely.Geometry]:
    keys = list(patch.parcels)
    polygons = np.array([patch.polygon(key) for key in keys], dtype=object)
    sides = shapely.coverage_invalid_edges(polygons, gap_width=GAP_WIDTH_M)
    return {key: line for key, line in zip(keys, sides, strict=True) if line is not None and not line.is_empty}
