"""What the protocols share: names without case, strict numbers, reference systems and their axis order."""

import pytest
from django.http import QueryDict

from gis.layers.query import Box
from gis.ogc.common.boxes import read_numbers
from gis.ogc.common.crs import CRS84, find_crs, offered, read_bounds
from gis.ogc.common.parameters import Parameters
from gis.problems import BadParameter


def parameters(query: str) -> Parameters:
    return Parameters(QueryDict(query))


def test_names_have_no_case_and_the_last_of_equals_counts() -> None:
    asked = parameters("LAYERS=a&layers=b&Width=7")
    assert (asked.text("layers"), asked.whole("width", 1, 9)) == ("b", 7)
    assert asked.listed("layers") == ["b"]


def test_plus_and_percent_are_decoded_and_empty_items_kept() -> None:
    assert parameters("x=a+b%2Cc,,d").listed("x") == ["a b", "c", "", "d"]
    assert parameters("x=").listed("x") == []


@pytest.mark.parametrize("value", ["", "1.5", "1e2", "0x10", "-1", "10", "٣", "1 0"])
def test_whole_numbers_are_strict(value: str) -> None:
    with pytest.raises(BadParameter) as caught:
        parameters(f"n={value}").whole("n", 1, 9)
    assert caught.value.field == "n"
    assert caught.value.extra["ows_code"] in ("InvalidParameterValue", "MissingParameterValue")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,2,3,4", (1, 2, 3, 4)),
        (" 1 , 2,3,4 ", (1, 2, 3, 4)),
        ("-.0005E1,+05E-3,1.,.5", (-0.005, 0.005, 1, 0.5)),
    ],
)
def test_numbers_may_be_spelt_in_every_decimal_way(text: str, numbers: tuple[float, ...]) -> None:
    assert read_numbers(text) == numbers


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5", "1,2,3,x", "nan,0,1,1", "0,0,inf,1", "0,0,1e999,1", "1_0,2,3,4"]
)
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(BadParameter) as caught:
        read_numbers(text)
    assert caught.value.field == "bbox"


def test_three_dimensional_boxes_are_read_where_a_protocol_allows_them() -> None:
    assert len(read_numbers("1,2,3,4,5,6", (4, 6))) == 6


def test_a_box_needs_an_inside() -> None:
    with pytest.raises(BadParameter):
        read_bounds((0, 0, 0, 1))


@pytest.mark.parametrize(
    "name",
    [
        "EPSG:5899",
        "epsg:5899",
        "urn:ogc:def:crs:EPSG::5899",
        "urn:ogc:def:crs:EPSG:9.9:5899",
        "http://www.opengis.net/def/crs/EPSG/0/5899",
        "https://www.opengis.net/def/crs/EPSG/0/5899",
    ],
)
def test_a_system_is_known_by_every_name_that_clients_use(name: str) -> None:
    assert find_crs(name).srid == 5899


@pytest.mark.parametrize(
    "name",
    ["CRS:84", "OGC:CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
)
def test_crs84_is_longitude_first_under_every_name(name: str) -> None:
    assert find_crs(name) == CRS84


@pytest.mark.parametrize("name", ["", "5899", "EPSG:2154", "EPSG:5899;x", "EPSG:058990", "AUTO2:42001", "CRS:83"])
def test_a_system_that_is_not_offered_is_refused_with_a_list_of_those_that_are(name: str) -> None:
    with pytest.raises(BadParameter) as caught:
        find_crs(name)
    assert caught.value.extra["ows_code"] == "InvalidCRS"
    assert "EPSG:5899" in str(caught.value.expected)


def test_axis_orders_are_those_of_the_authority() -> None:
    flipped = {crs.name for crs in offered() if crs.flipped}
    assert flipped == {"EPSG:4326", "EPSG:4756"}
    assert find_crs("EPSG:4326").ordered((1, 2, 3, 4)) == (2, 1, 4, 3)
    assert find_crs("EPSG:3405").ordered((1, 2, 3, 4)) == (1, 2, 3, 4)


def test_the_world_is_cut_to_where_a_system_is_of_use() -> None:
    west, south, east, north = find_crs("EPSG:5899").around(Box(-180, -90, 180, 90, 4326))
    assert 0 < west < 430_127 < east < 1_000_000
    assert 0 < south < 2_317_566 < north < 3_000_000
    mercator = find_crs("EPSG:3857").around(Box(-180, -90, 180, 90, 4326))
    assert mercator[2] == pytest.approx(20037508.34, abs=1)


def test_addresses_identify_systems_as_ogc_api_does() -> None:
    assert CRS84.uri == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert find_crs("EPSG:5899").uri == "http://www.opengis.net/def/crs/EPSG/0/5899"
