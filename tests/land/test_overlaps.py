"""A load finds every overlap, also where it looks only at the parcels whose sides no neighbour takes away."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import psycopg2
import pytest
import shapely
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.databases import role_urls

ORIGIN = np.array([440_000.0, 2_290_000.0])
"""Far from any parcel of the demo province (EPSG:5899)."""
Fabric = tuple[np.ndarray, list[list[int]]]
"""Places of points in metres from the origin, and the rings of parcels as their numbers (-1 before a hole)."""


def sheet(size: int, seed: int) -> Fabric:
    """*size* × *size* irregular lots that share their points; some are joined to one of more corners."""
    rng = np.random.default_rng(seed)
    side = size + 1
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) * 20.0
    points = np.round(grid + rng.uniform(-6, 6, grid.shape), 3)
    rings = []
    for row in range(size):
        column = 0
        while column < size:
            wide = 2 if column + 1 < size and rng.random() < 0.3 else 1
            low, high = row * side + column, (row + 1) * side + column
            rings.append([*range(low, low + wide + 1), *range(high + wide, high - 1, -1)])
            column += wide
    return points, rings


def moved(fabric: Fabric, by: tuple[float, float], rings: slice = slice(None)) -> Fabric:
    """A copy of some parcels elsewhere, on points of their own."""
    points, all_rings = fabric
    return points + np.array(by), all_rings[rings]


def together(*fabrics: Fabric) -> Fabric:
    points: list[Any] = []
    rings: list[list[int]] = []
    for some, more in fabrics:
        rings += [[corner + len(points) if corner >= 0 else -1 for corner in ring] for ring in more]
        points += some.tolist()
    return np.array(points), rings


def with_hole(outer: list[list[float]], inner: list[list[float]], filled: bool) -> Fabric:
    """A lot with a hole, and the lot that fills it."""
    rings = [[*range(len(outer)), -1, *range(len(outer), len(outer) + len(inner))]]
    if filled:
        rings.append([*reversed(range(len(outer), len(outer) + len(inner)))])
    return np.array([*outer, *inner], float), rings


def polygons(fabric: Fabric) -> list[shapely.Polygon]:
    points, rings = fabric
    shapes = []
    for ring in rings:
        parts = np.split(np.array(ring), np.flatnonzero(np.array(ring) == -1))
        lines = [points[part[part >= 0]] for part in parts]
        shapes.append(shapely.Polygon(lines[0], lines[1:]))
    return shapes


@pytest.fixture
def stored(db: None) -> Iterator[Callable[..., str | None]]:
    """`stored(fabric, fabric)`: loads each in one statement of the loader; the rule that refused it, if any."""
    name = str(connections["default"].settings_dict["NAME"])
    loader = psycopg2.connect(role_urls(name)["DATABASE_LOADER_URL"])

    def load(*fabrics: Fabric) -> str | None:
        try:
            with loader.cursor() as cursor:
                for statement, fabric in enumerate(fabrics):
                    insert(cursor, fabric, statement)
        except psycopg2.Error as error:
            return str(error.diag.constraint_name)
        finally:
            loader.rollback()
        return None

    yield load
    loader.close()


def insert(cursor: Any, fabric: Fabric, statement: int) -> None:
    points, rings = fabric
    if not rings:
        return
    cursor.execute("SELECT max(id) FROM boundary_point")
    first = cursor.fetchone()[0] + 1
    places = np.round(points + ORIGIN, 3)
    cursor.execute(
        "INSERT INTO boundary_point (id, geom, method, source)"
        " SELECT id, geom, 'gnss', '' FROM unnest(%s::bigint[], %s::geometry[]) AS point(id, geom)",
        [list(range(first, first + len(places))), [f"SRID=5899;POINT({x:.3f} {y:.3f})" for x, y in places]],
    )
    values = []
    for number, (ring, shape) in enumerate(zip(rings, polygons((places, rings)), strict=True)):
        ids = "{" + ",".join(str(corner + first if corner >= 0 else 0) for corner in ring) + "}"
        values += [f"95{statement:02d}{number:08d}", ids, f"SRID=5899;{shape.wkt}"]
    row = "(%s, '06685', 1, 1, 'ODT', 100, %s, %s, '2025-07-01', 1, 'test')"
    cursor.execute(
        "INSERT INTO land_parcel (identifier, commune_id, sheet, number, land_use_id, legal_area_m2, ring, geom,"
        f" valid_from, version, source) VALUES {', '.join([row] * len(rings))}",
        values,
    )


LOT = [[0.0, 0.0], [100.0, 3.0], [97.0, 90.0], [-4.0, 88.0]]
POND = [[40.0, 40.0], [38.0, 55.0], [60.0, 57.0], [62.0, 41.0]]
RING_OF_STRIPS = 5
"""Lots in a row of the fabric that is laid on another, the outermost a millimetre wide."""


def rimmed(size: int) -> Fabric:
    """A fabric whose outermost lots are strips of a millimetre: too thin for an overlap with them to be refused."""
    steps = np.array([0, 0.001, *(20.0 * np.arange(1, size)), 20.0 * size - 0.001, 20.0 * size])
    side = len(steps)
    points = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    rings = [
        [at, at + 1, at + side + 1, at + side]
        for at in (row * side + column for row in range(side - 1) for column in range(side - 1))
    ]
    return points, rings


FABRIC = sheet(6, 3)
CLEAN: dict[str, tuple[Fabric, ...]] = {
    "a sheet": (FABRIC,),
    "two statements side by side": (FABRIC, moved(FABRIC, (140, 0))),
    "a hole that is filled": (with_hole(LOT, POND, filled=True),),
    "a hole that is left, and a lot in it": (
        together(with_hole(LOT, POND, filled=False), (np.array(POND), [[2, 1, 0]])),
    ),
    "rims of a millimetre": (rimmed(RING_OF_STRIPS),),
}
OVERLAPPING: dict[str, tuple[Fabric, ...]] = {
    "a sheet stacked on itself": (together(FABRIC, FABRIC),),
    "a sheet stacked on itself on the very same points": ((FABRIC[0], FABRIC[1] * 2),),
    "a sheet inside a lot": (together((np.array(LOT) * 3, [[0, 1, 2, 3]]), moved(FABRIC, (60, 60))),),
    "a sheet inside a lot of an earlier statement": ((np.array(LOT) * 3, [[0, 1, 2, 3]]), moved(FABRIC, (60, 60))),
    "a lot inside a sheet of an earlier statement": (FABRIC, (np.array(POND) + 5, [[3, 2, 1, 0]])),
    "a lot inside one lot of a sheet": (together(FABRIC, (np.array([[49.0, 49], [52, 50], [50, 53]]), [[0, 1, 2]])),),
    "one lot given twice": ((FABRIC[0], [*FABRIC[1], FABRIC[1][14]]),),
    "two lots joined and given beside them": ((np.array([[0.0, 0], [9, 0], [20, 0], [20, 9], [9, 9], [0, 9]]),
        [[0, 1, 4, 5], [1, 2, 3, 4], [0, 1, 2, 3, 4, 5]]),),
    "a hole filled twice": (together(with_hole(LOT, POND, filled=True), (np.array(POND), [[3, 2, 1, 0]])),),
    "a sheet moved a little over another": (together(FABRIC, moved(FABRIC, (113, 3))),),
    "two fabrics with rims too thin to be refused": (together(rimmed(RING_OF_STRIPS), rimmed(RING_OF_STRIPS)),),
}  # fmt: skip


@pytest.mark.parametrize("fabrics", CLEAN.values(), ids=CLEAN.keys())
def test_what_only_touches_is_stored(stored: Callable[..., str | None], fabrics: tuple[Fabric, ...]) -> None:
    assert stored(*fabrics) is None


@pytest.mark.parametrize("fabrics", OVERLAPPING.values(), ids=OVERLAPPING.keys())
def test_every_kind_of_overlap_is_refused(stored: Callable[..., str | None], fabrics: tuple[Fabric, ...]) -> None:
    assert stored(*fabrics) == "parcels_do_not_overlap"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10_000),
    size=st.integers(2, 5),
    east=st.floats(-130, 130),
    north=st.floats(-130, 130),
    part=st.tuples(st.integers(0, 24), st.integers(1, 25)),
    apart=st.booleans(),
)
def test_a_load_is_refused_exactly_where_two_of_its_parcels_share_ground(
    stored: Callable[..., str | None],
    seed: int,
    size: int,
    east: float,
    north: float,
    part: tuple[int, int],
    apart: bool,
) -> None:
    """A sheet and part of another laid over or beside it, in one statement or in two; judged by areas alone."""
    below = sheet(size, seed)
    above = moved(sheet(size, seed + 1), (round(east, 3), round(north, 3)), slice(part[0], part[0] + part[1]))
    lots, more = polygons(below), polygons(above)
    if not all(lot.is_valid and lot.exterior.is_ccw for lot in [*lots, *more]):
        return
    shared = [one & other for one in lots for other in more]
    grave = any(piece.area > 1e-4 and piece.area / piece.length > 5e-4 for piece in shared)
    refused = stored(below, above) if apart else stored(together(below, above))
    assert (refused == "parcels_do_not_overlap") == grave
    assert refused in (None, "parcels_do_not_overlap")
