"""Areas that share their corners: near corners become one, boundaries get the nodes of their neighbours.

Plane coordinates in metres, in whole millimetres once they are woven. Nothing moves by more than the tolerance, and
what stands already does not move at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

PER_METRE = 1000
"""Grid steps: legal coordinates are whole millimetres."""
ROUNDS = 4
"""In which nodes are put on boundaries: each bends one by less than the tolerance, which may bring the next near."""
LEAST_OVERLAP_M2 = 1e-4
LEAST_OVERLAP_WIDTH_M = 1e-3
"""Smaller ones are rounding; the fabric's guard in the database has the same limits."""

Points = NDArray[np.float64]
"""Shape (n, 2): easting, northing."""
Ring = NDArray[np.int64]
"""Indexes of points, the first not repeated."""


@dataclass(frozen=True)
class Standing:
    """What is there already and stays: points, and the rings of areas on them."""

    points: Points = field(default_factory=lambda: np.empty((0, 2)))
    rings: Sequence[Sequence[Ring]] = ()
    """Of each area: the outer ring, then those of its holes."""


@dataclass(frozen=True)
class Woven:
    """Areas on shared points. The first points are the standing ones, in their order."""

    points: Points
    rings: list[list[Ring]]
    """Of each new area; the outer ring runs counter-clockwise, those of holes clockwise."""
    standing_rings: list[list[Ring]]
    """As they were, and with the nodes that new corners make on them."""
    moved: int
    """Corners that moved by more than rounding."""
    farthest_m: float
    """By which the farthest of them moved."""
    nodes: int
    """Nodes put on boundaries of new areas."""


class Overlap(NamedTuple):
    one: int
    other: int
    area_m2: float
    width_m: float
    """Its area by half of its length around."""


def woven(areas: NDArray[Any], standing: Standing, tolerance_m: float) -> Woven:
    """*areas* (polygons) on common points, and on the *standing* ones where those are within *tolerance_m*."""
    corners, ring_of, area_of = _corners(areas)
    fixed = _on_grid(standing.points)
    met, inverse, counts = np.unique(_on_grid(corners), axis=0, return_inverse=True, return_counts=True)
    places = np.concatenate([fixed, met])
    tolerance = tolerance_m * PER_METRE
    chosen = _chosen(places, len(fixed), counts, tolerance)
    places = _drawn_to_boundaries(places, chosen, len(fixed), standing.rings, tolerance)
    kept = chosen[len(fixed) + inverse.reshape(-1)]
    shifts = np.hypot(*(places[kept] / PER_METRE - corners).T) if len(corners) else np.zeros(0)
    used = np.unique(kept[kept >= len(fixed)])
    number = np.zeros(len(places), np.int64)
    number[: len(fixed)] = np.arange(len(fixed))
    number[used] = len(fixed) + np.arange(len(used))
    places = np.concatenate([fixed, places[used]])
    rings = _without_repeats(number[kept], ring_of, area_of, len(areas))
    new, old, nodes = _noded(places, len(fixed), rings, [list(rings_) for rings_ in standing.rings], tolerance)
    turned = [[_turned(places, ring, inner=place > 0) for place, ring in enumerate(area)] for area in new]
    return Woven(
        points=places / PER_METRE,
        rings=turned,
        standing_rings=old,
        moved=int((shifts > 1 / PER_METRE).sum()),
        farthest_m=float(shifts.max(initial=0.0)),
        nodes=nodes,
    )


def polygon(points: Points, rings: Sequence[Ring]) -> Any:
    """The polygon of *rings*; an empty one where a ring has fewer than three corners."""
    if not rings or any(len(ring) < 3 for ring in rings):
        return shapely.Polygon()
    outer, *holes = (points[ring] for ring in rings)
    return shapely.Polygon(outer, holes)


def overlaps(areas: NDArray[Any], first: int = 0) -> list[Overlap]:
    """Pairs of *areas* that share more than rounding; of pairs among those before *first* nothing is said."""
    one, other = shapely.STRtree(areas).query(areas[first:], predicate="intersects")
    one = one + first
    apart = (other < first) | (other < one)
    one, other = one[apart], other[apart]
    both = shapely.relate_pattern(areas[one], areas[other], "2********")
    one, other = one[both], other[both]
    shared = shapely.intersection(areas[one], areas[other])
    sizes, lengths = shapely.area(shared), shapely.length(shared)
    found = [
        Overlap(*pair)
        for pair in zip(one.tolist(), other.tolist(), sizes.tolist(), _widths(sizes, lengths), strict=True)
    ]
    return [pair for pair in found if pair.area_m2 > LEAST_OVERLAP_M2 and pair.width_m > LEAST_OVERLAP_WIDTH_M]


def gaps(areas: NDArray[Any], limit_m: float, first: int = 0) -> dict[int, float]:
    """The areas from *first* on with a gap beside them narrower than *limit_m* → its greatest width, metres."""
    open_edges = shapely.coverage_invalid_edges(areas, gap_width=limit_m)
    tree = shapely.STRtree(areas)
    found = {}
    for place in (first + np.flatnonzero(~shapely.is_empty(open_edges[first:]))).tolist():
        near = tree.query(areas[place], predicate="dwithin", distance=limit_m)
        others = areas[near[near != place]]
        if len(others):
            spots = shapely.points(shapely.get_coordinates(shapely.segmentize(open_edges[place], max(1.0, limit_m))))
            away = np.array([shapely.distance(others, spot).min() for spot in spots])
            width = float(away[away <= limit_m].max(initial=0.0))
            if width > 1 / PER_METRE:
                found[place] = width
    return found


def is_clean(areas: NDArray[Any], gap_m: float) -> bool:
    """Whether *areas* share all corners of their boundaries, overlap nowhere and leave no gap narrower than *gap_m*."""
    return bool(shapely.coverage_is_valid(areas, gap_width=gap_m))


def _widths(sizes: NDArray[np.float64], lengths: NDArray[np.float64]) -> list[float]:
    widths: list[float] = np.divide(2 * sizes, lengths, out=np.zeros_like(sizes), where=lengths > 0).tolist()
    return widths


def _on_grid(points: Points) -> NDArray[np.float64]:
    """In whole steps of the grid; doubles hold them exactly."""
    return np.rint(points * PER_METRE)


def _corners(areas: NDArray[Any]) -> tuple[Points, NDArray[np.int64], NDArray[np.int64]]:
    """Corners without those that close rings, the ring of each, and the area of each ring."""
    rings, area_of = shapely.get_rings(areas, return_index=True)
    corners, ring_of = shapely.get_coordinates(rings, return_index=True)
    last = np.append(ring_of[1:] != ring_of[:-1], True) if len(ring_of) else np.zeros(0, bool)
    return corners[~last], ring_of[~last], area_of


def _chosen(places: NDArray[np.float64], fixed: int, counts: NDArray[np.int64], tolerance: float) -> NDArray[np.int64]:
    """For each place the one that stands for it: a fixed one nearby, else the one that most corners name."""
    chosen = np.arange(len(places))
    tree = shapely.STRtree(shapely.points(places))
    asking, near = tree.query(shapely.points(places[fixed:]), predicate="dwithin", distance=tolerance)
    asking = asking + fixed
    apart = asking != near
    neighbours: dict[int, list[int]] = {}
    for one, other in zip(asking[apart].tolist(), near[apart].tolist(), strict=True):
        neighbours.setdefault(one, []).append(other)
    free = set(neighbours)
    for one in sorted(neighbours, key=lambda place: (-counts[place - fixed], place)):
        standing = [other for other in neighbours[one] if other < fixed]
        if standing:
            chosen[one] = min(standing, key=lambda other: float(np.hypot(*(places[other] - places[one]))))
            free.discard(one)
    for one in sorted(free, key=lambda place: (-counts[place - fixed], place)):
        if one in free:
            gathered = [other for other in neighbours[one] if other in free]
            chosen[gathered] = one
            free.difference_update(gathered, [one])
    return chosen


def _drawn_to_boundaries(
    places: NDArray[np.float64],
    chosen: NDArray[np.int64],
    fixed: int,
    rings: Sequence[Sequence[Ring]],
    tolerance: float,
) -> NDArray[np.float64]:
    """*places* with the free ones near a standing boundary on it, as exactly as the grid lets them."""
    lines = [places[[*ring, ring[0]]] for area in rings for ring in area]
    free = fixed + np.flatnonzero(chosen[fixed:] == np.arange(fixed, len(places)))
    if not lines or not len(free):
        return places
    boundaries = np.array([shapely.linestrings(line) for line in lines])
    asking, near = shapely.STRtree(boundaries).query(
        shapely.points(places[free]), predicate="dwithin", distance=tolerance
    )
    drawn = places.copy()
    for one, line in zip(free[asking].tolist(), near.tolist(), strict=True):
        spot = shapely.points(places[one])
        on = shapely.line_interpolate_point(boundaries[line], shapely.line_locate_point(boundaries[line], spot))
        drawn[one] = np.rint(shapely.get_coordinates(on)[0])
    return drawn


def _without_repeats(
    corners: NDArray[np.int64], ring_of: NDArray[np.int64], area_of: NDArray[np.int64], areas: int
) -> list[list[Ring]]:
    """Rings of each area, corners that have become one named once."""
    found: list[list[Ring]] = [[] for _area in range(areas)]
    ends = np.searchsorted(ring_of, np.arange(len(area_of) + 1))
    for ring, area in enumerate(area_of.tolist()):
        part = corners[ends[ring] : ends[ring + 1]]
        found[area].append(part[part != np.roll(part, 1)])
    return found


def _noded(
    places: NDArray[np.float64], fixed: int, new: list[list[Ring]], old: list[list[Ring]], tolerance: float
) -> tuple[list[list[Ring]], list[list[Ring]], int]:
    """*new* and *old* rings with every node that another's corner makes on them; only new corners make nodes on old."""
    tree = shapely.STRtree(shapely.points(places))
    nodes = 0
    for _round in range(ROUNDS):
        new, made = _with_nodes(places, tree, new, 0, tolerance)
        old, on_old = _with_nodes(places, tree, old, fixed, tolerance)
        nodes += made
        if not made + on_old:
            break
    return new, old, nodes


def _with_nodes(
    places: NDArray[np.float64], tree: shapely.STRtree, areas: list[list[Ring]], first: int, tolerance: float
) -> tuple[list[list[Ring]], int]:
    """*areas* with the places from *first* on that lie on their edges as nodes there, and how many these are."""
    flat = [ring for area in areas for ring in area]
    if not flat:
        return areas, 0
    starts, ends = np.concatenate(flat), np.concatenate([np.roll(ring, -1) for ring in flat])
    ring_of = np.repeat(np.arange(len(flat)), [len(ring) for ring in flat])
    edges = (
        shapely.linestrings(np.stack([places[starts], places[ends]], axis=1)) if len(starts) else np.empty(0, object)
    )
    edge, place = tree.query(edges, predicate="dwithin", distance=tolerance)
    ours = (place >= first) & (place != starts[edge]) & (place != ends[edge])
    edge, place = edge[ours], place[ours]
    along = places[ends[edge]] - places[starts[edge]]
    share = ((places[place] - places[starts[edge]]) * along).sum(axis=1) / (along**2).sum(axis=1)
    within = (share > 0) & (share < 1)
    insertions: dict[int, dict[int, list[tuple[float, int]]]] = {}
    members = [set(ring.tolist()) for ring in flat]
    for one, node, at in zip(edge[within].tolist(), place[within].tolist(), share[within].tolist(), strict=True):
        ring = int(ring_of[one])
        if node not in members[ring]:  # a ring that comes near itself stays as it is drawn
            insertions.setdefault(ring, {}).setdefault(one, []).append((at, node))
    first_edge = np.searchsorted(ring_of, np.arange(len(flat)))
    made = 0
    for ring, by_edge in insertions.items():
        corners: list[int] = []
        for at, corner in enumerate(flat[ring].tolist()):
            on_edge = [node for _share, node in sorted(by_edge.get(int(first_edge[ring]) + at, []))]
            corners += [corner, *on_edge]
        made += len(corners) - len(flat[ring])
        flat[ring] = np.array(corners)
    return list(_as_before(flat, areas)), made


def _as_before(flat: list[Ring], areas: list[list[Ring]]) -> Iterator[list[Ring]]:
    start = 0
    for area in areas:
        yield flat[start : start + len(area)]
        start += len(area)


def _turned(places: NDArray[np.float64], ring: Ring, *, inner: bool) -> Ring:
    """*ring* counter-clockwise, or clockwise where it is an *inner* one."""
    x, y = (places[ring] - places[ring[0]]).T if len(ring) else (np.zeros(0), np.zeros(0))
    twice = float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())
    return ring[::-1] if (twice > 0) == inner else ring
