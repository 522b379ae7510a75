"""Wind radii as areas on the globe."""

import doctest
import math

import pytest
import shapely

from disaster.science import radii
from disaster.science.radii import Radii, sectors
from gis.geometry.geodesic import NAUTICAL_MILE_M, WGS84, distance_m

EARTH_RADIUS_M = 6_371_000
YAGI_34_KT: Radii = (150, 145, 155, 135)


def area(shape: shapely.MultiPolygon | None) -> float:
    """Square metres on the ellipsoid."""
    assert shape is not None and shape.is_valid
    return sum(abs(WGS84.geometry_area_perimeter(part)[0]) for part in shape.geoms)


def quarter(radius_nm: int) -> float:
    """Area of a quarter of a geodesic disc, with the curvature of the earth in first order (Gray 1974)."""
    metres = radius_nm * NAUTICAL_MILE_M
    return math.pi / 4 * metres**2 * (1 - metres**2 / (12 * EARTH_RADIUS_M**2))


def test_the_examples_of_the_documentation_are_true() -> None:
    failed, tried = doctest.testmod(radii)
    assert failed == 0 and tried >= 1


@pytest.mark.parametrize(
    "quadrants", [YAGI_34_KT, (100, 100, 100, 100), (35, 70, 35, 0), (50, None, 40, 30), (50, 0, 40, 0)]
)
@pytest.mark.parametrize("centre", [(107.1, 20.9), (179.5, 15.0), (-179.9, -30.0), (180.0, 5.0)])
def test_the_area_is_that_of_four_geodesic_quarters(centre: tuple[float, float], quadrants: Radii) -> None:
    expected = sum(quarter(extent or 0) for extent in quadrants)
    assert area(sectors(*centre, quadrants)) == pytest.approx(expected, rel=1e-3)


def test_each_arc_lies_at_its_radius() -> None:
    shape = sectors(107.1, 20.9, (50, None, None, None))
    assert shape is not None
    arc = [at for at in shape.geoms[0].exterior.coords if at != (107.1, 20.9)]
    miles = [distance_m(107.1, 20.9, *at) / NAUTICAL_MILE_M for at in arc]
    assert miles == pytest.approx([50] * len(arc))
    assert all(lon >= 107.1 - 1e-9 and lat >= 20.9 - 0.02 for lon, lat in arc), "north-east of the centre"


def test_the_order_is_ne_se_sw_nw() -> None:
    corners = [(1, 1), (1, -1), (-1, -1), (-1, 1)]
    for place, (east, north) in enumerate(corners):
        quadrants = tuple(30 if place == other else 0 for other in range(4))
        shape = sectors(110.0, 15.0, quadrants)  # type: ignore[arg-type]
        assert shape is not None
        assert math.copysign(1, shape.centroid.x - 110) == east and math.copysign(1, shape.centroid.y - 15) == north


def test_nothing_known_is_no_shape() -> None:
    assert sectors(107, 20, (None, None, None, None)) is None
    assert sectors(107, 20, (0, 0, None, 0)) is None


def test_across_the_antimeridian_both_sides_stay_inside_the_globe() -> None:
    shape = sectors(179.5, 15.0, YAGI_34_KT)
    assert shape is not None and len(shape.geoms) == 2
    assert shape.bounds[0] == -180 and shape.bounds[2] == 180
    assert all(part.bounds[2] - part.bounds[0] < 5 for part in shape.geoms)


def test_a_radius_over_a_pole_is_refused() -> None:
    with pytest.raises(ValueError, match="pole"):
        sectors(0, 89, YAGI_34_KT)
