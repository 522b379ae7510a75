"""Shapes across the antimeridian, and distances on the ellipsoid."""

import doctest

import numpy as np
import pytest
import shapely

from gis.geometry import antimeridian, geodesic
from gis.geometry.antimeridian import split, unwrap


def test_the_examples_of_the_documentation_are_true() -> None:
    assert doctest.testmod(antimeridian) == (0, 2)


def test_longitudes_are_unwrapped_both_ways() -> None:
    assert unwrap(np.array([179.0, -179.0, 179.0])).tolist() == [179, 181, 179]
    assert unwrap(np.array([-179.0, 179.0])).tolist() == [-179, -181]


@pytest.mark.parametrize("turn", [-360.0, 0.0, 360.0])
def test_a_shape_inside_one_turn_is_only_brought_back(turn: float) -> None:
    inside = split(shapely.box(107 + turn, 20, 108 + turn, 21))
    assert inside.equals(shapely.box(107, 20, 108, 21))


def test_a_box_over_the_antimeridian_becomes_two_that_keep_its_area() -> None:
    box = shapely.box(178, -10, 183, 10)
    parts = split(box)
    assert [part.bounds for part in parts.geoms] == [(-180, -10, -177, 10), (178, -10, 180, 10)]
    assert parts.area == pytest.approx(box.area)


def test_a_shape_that_only_touches_the_antimeridian_is_not_cut() -> None:
    assert split(shapely.box(178, 0, 180, 1)).equals(shapely.box(178, 0, 180, 1))
    assert split(shapely.LineString([(179, 0), (180, 1)])).geom_type == "LineString"


def test_distances_are_those_of_the_ellipsoid() -> None:
    """One degree of latitude at the equator and of longitude there: 110 574 m and 111 320 m (WGS 84)."""
    assert geodesic.distance_m(0, 0, 0, 1) == pytest.approx(110_574.4, abs=0.1)
    assert geodesic.distance_m(179.5, 0, -179.5, 0) == pytest.approx(111_319.5, abs=0.1)


def test_destinations_lie_at_their_distance() -> None:
    azimuths = np.arange(0.0, 360.0, 45.0)
    lons, lats = geodesic.destinations(107.0, 20.0, azimuths, np.full(8, 5000.0))
    assert [geodesic.distance_m(107.0, 20.0, *at) for at in zip(lons, lats, strict=True)] == pytest.approx([5000.0] * 8)
