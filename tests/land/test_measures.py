"""What rules measure: the largest rectangle inside a parcel, and the frontage that it shares with a road."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from land.science.frontage import bearing_of, length_m, shared_sides
from land.science.patch import Patch
from land.science.rectangles import Rectangle, largest_rectangle

BEARINGS = st.floats(-math.pi, math.pi)
FAR = np.array([440_000.0, 2_290_000.0])


def turned(shape: shapely.Polygon, angle: float) -> shapely.Polygon:
    """*shape* turned and carried to where parcels lie."""
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    return shapely.transform(shape, lambda places: places @ turn + FAR)


@st.composite
def stars(draw: st.DrawFn) -> shapely.Polygon:
    """Polygons of any form that are seen whole from their middle, some with a hole there."""
    count = draw(st.integers(3, 12))
    radii = draw(st.lists(st.floats(2, 30), min_size=count, max_size=count))
    angles = np.linspace(0, 2 * math.pi, count, endpoint=False)
    shape = shapely.Polygon([(r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True)])
    hole = shapely.box(-0.3, -0.3, 0.3, 0.3)
    holed = draw(st.booleans()) and shape.buffer(-0.1).contains(hole)
    return shape - hole if holed else shape


def by_force(shape: shapely.Polygon, steps: int = 12) -> float:
    """The largest rectangle of a coarse grid, each asked of GEOS."""
    shapely.prepare(shape)
    west, south, east, north = shape.bounds
    xs, ys = np.linspace(west, east, steps), np.linspace(south, north, steps)
    x1, x2, y1, y2 = (part.ravel() for part in np.meshgrid(xs, xs, ys, ys))
    ahead = (x1 < x2) & (y1 < y2)
    boxes = shapely.box(x1[ahead], y1[ahead], x2[ahead], y2[ahead])
    areas = shapely.area(boxes)[shapely.contains(shape, boxes)]
    return float(areas.max()) if len(areas) else 0.0


@settings(max_examples=40, deadline=None)
@given(width=st.floats(0.5, 200), depth=st.floats(0.5, 200), bearing=BEARINGS)
def test_the_largest_rectangle_of_a_rectangle_is_itself_whichever_way_it_lies(
    width: float, depth: float, bearing: float
) -> None:
    found = largest_rectangle(turned(shapely.box(0, 0, width, depth), bearing), bearing)
    assert (found.width, found.depth) == (pytest.approx(width, abs=1e-3), pytest.approx(depth, abs=1e-3))


@settings(max_examples=40, deadline=None)
@given(base=st.floats(2, 80), apex=st.floats(0.01, 0.99), height=st.floats(2, 80), bearing=BEARINGS)
def test_in_a_triangle_on_its_base_it_has_half_the_area_and_half_of_each_side(
    base: float, apex: float, height: float, bearing: float
) -> None:
    triangle = shapely.Polygon([(0, 0), (base, 0), (apex * base, height)])
    found = largest_rectangle(turned(triangle, bearing), bearing)
    assert found.area == pytest.approx(triangle.area / 2, rel=1e-4)
    assert (found.width / base, found.depth / height) == (pytest.approx(0.5, abs=0.01), pytest.approx(0.5, abs=0.01))


@settings(max_examples=40, deadline=None)
@given(shape=stars(), bearing=BEARINGS)
def test_it_lies_inside_and_no_rectangle_of_a_grid_is_larger(shape: shapely.Polygon, bearing: float) -> None:
    placed = turned(shape, bearing)
    found = largest_rectangle(placed, bearing)
    assert placed.buffer(1e-5).contains(found.shape)
    assert found.shape.area == pytest.approx(found.area, rel=1e-5)
    assert found.area >= by_force(shape) * (1 - 1e-6)


def test_nothing_fits_into_nothing() -> None:
    assert largest_rectangle(shapely.Polygon(), 0.0) == Rectangle(0.0, 0.0, shapely.Polygon())


def test_frontage_is_the_sides_shared_with_a_road_and_gives_the_bearing() -> None:
    places = {
        1: (0, 0),
        2: (9_000, 0),
        3: (9_000, 20_000),
        4: (0, 20_000),
        5: (0, -5_000),
        6: (20_000, 0),
        7: (5_000, 0),
    }
    patch = Patch(places, {"parcel": ((1, 7, 2, 3, 4),), "road": ((5, 6, 2, 7, 1),)})
    sides = shared_sides(patch, "parcel", ["road"])
    assert sides == [(1, 7), (7, 2)]
    assert length_m(patch, sides) == 9.0
    assert bearing_of(patch, "parcel", sides) == 0.0
    assert bearing_of(patch, "parcel", []) == pytest.approx(math.pi / 2)
