"""Mapnik's own PROJ agrees with everybody else's, to a millimetre."""

import math

import pytest

from gis.geometry.crs import CHECK_POINT, HELMERT, transformer
from gis.maps.drawing import project
from gis.maps.drawing.projections import mapnik_srs

VN2000 = (4756, 3405, 5899)
PLACES = [(107.08, 20.95), (108.05, 21.53), (107.75, 20.5), (106.5, 21.2), (109.9, 17.3)]
"""Degrees: the check point, Móng Cái, the open gulf, Đông Triều, and the sea outside every area of use."""


@pytest.mark.parametrize("srid", VN2000)
def test_every_vn2000_system_names_its_datum_operation(srid: int) -> None:
    assert f"+towgs84={HELMERT}" in mapnik_srs(srid)


@pytest.mark.parametrize("srid", [4326, 3857, 32648])
def test_other_systems_go_by_their_code(srid: int) -> None:
    assert mapnik_srs(srid) == f"epsg:{srid}"


def test_the_check_point_lies_where_the_law_puts_it() -> None:
    east, north = project(CHECK_POINT.lon, CHECK_POINT.lat, 4326, 5899)
    assert abs(east - CHECK_POINT.easting) < 0.001
    assert abs(north - CHECK_POINT.northing) < 0.001


@pytest.mark.parametrize("place", PLACES)
def test_the_same_operation_is_taken_everywhere(place: tuple[float, float]) -> None:
    expected = transformer(4326, 5899).transform(*place)
    assert math.dist(project(*place, 4326, 5899), expected) < 0.001
    back = project(*expected, 5899, 4326)
    assert math.dist(back, place) < 2e-8


def test_utm_and_the_provinces_grid_show_one_place() -> None:
    through_utm = project(*project(107.08, 20.95, 4326, 3405), 3405, 5899)
    assert math.dist(through_utm, project(107.08, 20.95, 4326, 5899)) < 0.002
