"""Cutting a parcel (tách thửa) along lines: on the millimetre grid, with a node in each neighbour that a cut meets."""

import math
from collections.abc import Collection, Sequence

import numpy as np
import shapely

from land.science.nodes import REACH_MM, with_nodes
from land.science.patch import MM, Edit, Impossible, Patch, Place, Rings, metres, place_of

LEAST_AREA_M2 = 0.1
"""The unit in which areas are registered: less is no parcel."""
APART_MM = 6.0
"""A cut that comes this near a corner means the corner: points closer to each other than the gap width of the check
(`coverage.GAP_WIDTH_M`) could not be told from a fault."""
GRID_M = 1 / MM


def split(patch: Patch, parcel: str, cuts: Sequence[Sequence[Place]]) -> Edit:
    """Cut *parcel* along *cuts*, lines of places; a line that ends inside is prolonged to the boundary.

    Children are labelled "1", "2", … from north to south, then west to east. Raises `Impossible`: `cut_misses`,
    `piece_too_small`.
    """
    whole = patch.polygon(parcel)
    corners = {patch.points[point]: point for ring in patch.parcels[parcel] for point in ring}
    snapped = [[_drawn_to_boundary(whole, place, corners) for place in cut] for cut in cuts]
    anchors = {*corners, *(place for cut in snapped for place in cut if _on(whole.boundary, place))}
    pieces = [piece for cut in snapped for piece in _inside(whole, _prolonged(whole, _distinct(cut)), anchors)]
    faces = _faces(whole, _boundary_through(patch, parcel, pieces), pieces)
    if len(faces) < 2:
        raise Impossible("cut_misses", where=shapely.MultiLineString([_line(cut) for cut in cuts]))
    ids = dict(corners)
    added: dict[int, Place] = {}
    for face in faces:
        for place in _places(face):
            if place not in ids:
                ids[place] = -len(added) - 1
                added[ids[place]] = place
    born = {
        str(number): tuple(tuple(ids[place] for place in ring) for ring in _rings(face))
        for number, face in enumerate(_in_reading_order(faces), 1)
    }
    on_boundary = {point: place for point, place in added.items() if _on(whole.boundary, place)}
    edit = Edit(
        added=added,
        ended=(parcel,),
        born=born,
        redrawn=with_nodes(patch, on_boundary, (key for key in patch.parcels if key != parcel)),
    )
    _check_pieces(edit.apply(patch), born)
    return edit


def _check_pieces(after: Patch, born: dict[str, Rings]) -> None:
    for label in born:
        area = after.area_m2(label)
        if area < LEAST_AREA_M2:
            raise Impossible(
                "piece_too_small", where=after.polygon(label), measured=f"{area:.4f} m²", limit=f"{LEAST_AREA_M2} m²"
            )


def _prolonged(whole: shapely.Polygon, cut: Sequence[Place]) -> shapely.LineString:
    """*cut* with those of its ends that lie inside led straight on to the boundary."""
    if len(cut) < 2:
        raise Impossible("cut_misses")
    coordinates = [metres(place) for place in cut]
    begin = _led_on(whole, coordinates[1], coordinates[0])
    end = _led_on(whole, coordinates[-2], coordinates[-1])
    return shapely.LineString([*begin, *coordinates, *end])


def _led_on(whole: shapely.Polygon, before: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """Where the ray from *before* through *end* first meets the boundary behind *end*; nothing where *end* is out
    or as good as on it."""
    point = shapely.Point(end)
    if not whole.contains(point) or whole.boundary.distance(point) <= APART_MM / MM:
        return []
    direction = np.subtract(end, before)
    direction /= np.hypot(*direction)
    reach = 2 * np.hypot(whole.bounds[2] - whole.bounds[0], whole.bounds[3] - whole.bounds[1])
    ray = shapely.LineString([end, np.add(end, direction * reach)])
    meetings = shapely.get_coordinates(ray.intersection(whole.boundary))
    nearest = meetings[np.argmin(np.hypot(*(meetings - end).T))]
    # A step beyond, so that the line is cut by the boundary and not by rounding.
    beyond = nearest + direction * GRID_M
    return [(float(beyond[0]), float(beyond[1]))]


def _inside(whole: shapely.Polygon, line: shapely.LineString, anchors: Collection[Place]) -> list[shapely.LineString]:
    """The parts of *line* in the parcel, on the grid, their ends drawn to an anchor (a corner, or where a
    cut was led to the boundary) where one is within reach."""
    inner = shapely.get_parts(shapely.intersection(line, whole))
    parts = []
    for part in inner:
        if part.geom_type != "LineString" or part.is_empty:
            continue
        places = [place_of(*xy) for xy in part.coords]
        places[0], places[-1] = _drawn_to_corner(places[0], anchors), _drawn_to_corner(places[-1], anchors)
        kept = _distinct(places)
        if len(kept) > 1:
            parts.append(_line(kept))
    return parts


def _drawn_to_boundary(whole: shapely.Polygon, place: Place, corners: Collection[Place]) -> Place:
    """*place*, or the corner or the place on a side that it is as good as."""
    corner = _drawn_to_corner(place, corners)
    if corner != place:
        return corner
    point = shapely.Point(metres(place))
    if whole.boundary.distance(point) > APART_MM / MM:
        return place
    return place_of(*shapely.get_coordinates(shapely.shortest_line(whole.boundary, point))[0])


def _drawn_to_corner(place: Place, corners: Collection[Place]) -> Place:
    distance, corner = min((math.dist(corner, place), corner) for corner in corners)
    return corner if distance <= APART_MM else place


def _distinct(places: Sequence[Place]) -> list[Place]:
    """Without places that repeat the one before."""
    return [place for number, place in enumerate(places) if number == 0 or place != places[number - 1]]


def _boundary_through(patch: Patch, parcel: str, pieces: list[shapely.LineString]) -> shapely.Geometry:
    """The parcel's boundary led exactly through the places where *pieces* meet it. Otherwise each meeting, rounded to
    the grid and up to 0.7 mm off the side, would be crossed again beside itself."""
    places = {place_of(*xy) for piece in pieces for xy in piece.coords}
    boundary = patch.polygon(parcel).boundary
    corners = {patch.points[point] for ring in patch.parcels[parcel] for point in ring}
    meeting = sorted(place for place in places - corners if _on(boundary, place))
    nodes = {-number: place for number, place in enumerate(meeting, 1)}
    rings = with_nodes(patch, nodes, [parcel]).get(parcel, patch.parcels[parcel])
    points = {**patch.points, **nodes}
    lines = [[metres(points[point]) for point in (*ring, ring[0])] for ring in rings]
    return shapely.MultiLineString(lines)


def _faces(
    whole: shapely.Polygon, boundary: shapely.Geometry, pieces: list[shapely.LineString]
) -> list[shapely.Polygon]:
    """What the boundary and the *pieces* enclose together, noded on the grid."""
    noded = shapely.union_all([boundary, *pieces], grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return [face for face in faces if whole.contains(face.representative_point())]


def _rings(face: shapely.Polygon) -> list[list[Place]]:
    """Exterior counter-clockwise, holes clockwise, none closed."""
    ordered = shapely.orient_polygons(face)
    return [[place_of(*xy) for xy in ring.coords[:-1]] for ring in (ordered.exterior, *ordered.interiors)]


def _places(face: shapely.Polygon) -> list[Place]:
    return [place for ring in _rings(face) for place in ring]


def _in_reading_order(faces: list[shapely.Polygon]) -> list[shapely.Polygon]:
    """North before south, west before east where they lie at one height."""

    def key(face: shapely.Polygon) -> tuple[int, float]:
        middle = face.representative_point()
        return -round(middle.y), middle.x

    return sorted(faces, key=key)


def _on(boundary: shapely.Geometry, place: Place) -> bool:
    return bool(boundary.distance(shapely.Point(metres(place))) <= REACH_MM / MM)


def _line(places: Sequence[Place]) -> shapely.LineString:
    return shapely.LineString([metres(place) for place in places])
