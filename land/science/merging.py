"""Making one parcel of several neighbours (hợp thửa)."""

import math
from collections.abc import Sequence

import shapely

from land.science.patch import Edit, Impossible, Patch, Ring, Side, metres, sides_of


def merge(patch: Patch, parcels: Sequence[str]) -> Edit:
    """Make one parcel, labelled "1", of *parcels*: the sides between them go, all their other points stay.

    Raises `Impossible`: `merge_needs_two`, `merge_parts_apart`.
    """
    chosen = list(dict.fromkeys(parcels))
    if len(chosen) < 2:
        raise Impossible("merge_needs_two")
    sides = {side for key in chosen for ring in patch.parcels[key] for side in sides_of(ring)}
    outline = {side for side in sides if side[::-1] not in sides}
    rings = _chained(patch, outline)
    shells = [ring for ring in rings if _turns_left(patch, ring)]
    holes = [ring for ring in rings if not _turns_left(patch, ring)]
    if len(shells) != 1:
        raise Impossible("merge_parts_apart", where=shapely.union_all([patch.polygon(key) for key in chosen]))
    edit = Edit(ended=tuple(chosen), born={"1": (shells[0], *holes)})
    after = edit.apply(patch)
    if not after.polygon("1").is_valid or after.twice_area("1") != sum(patch.twice_area(key) for key in chosen):
        raise Impossible("merge_parts_apart", where=shapely.union_all([patch.polygon(key) for key in chosen]))
    return edit


def _chained(patch: Patch, sides: set[Side]) -> list[Ring]:
    """Rings made of directed *sides*. Where several meet in a point, the ring turns as far left as it can, so that
    rings that touch there stay two."""
    following: dict[int, list[int]] = {}
    for one, other in sorted(sides):
        following.setdefault(one, []).append(other)
    rings = []
    while following:
        first = next(iter(following))
        ring = [first]
        here, came_from = _step(following, first, None, patch), first
        while here != first:
            ring.append(here)
            here, came_from = _step(following, here, came_from, patch), here
        rings.append(tuple(ring))
    return rings


def _step(following: dict[int, list[int]], here: int, came_from: int | None, patch: Patch) -> int:
    ways = following[here]
    chosen = ways[0] if came_from is None or len(ways) == 1 else _leftmost(patch, came_from, here, ways)
    ways.remove(chosen)
    if not ways:
        del following[here]
    return chosen


def _leftmost(patch: Patch, came_from: int, here: int, ways: list[int]) -> int:
    def direction(one: int, other: int) -> float:
        (x1, y1), (x2, y2) = patch.points[one], patch.points[other]
        return math.atan2(y2 - y1, x2 - x1)

    ahead = direction(came_from, here)
    return max(ways, key=lambda way: (direction(here, way) - ahead + math.pi) % math.tau)


def _turns_left(patch: Patch, ring: Ring) -> bool:
    return bool(shapely.LinearRing([metres(patch.points[point]) for point in ring]).is_ccw)
