"""GetMap of both versions: the same ground, whatever the words for it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from django.test import Client

from gis.access.models import Grant, User
from gis.geometry.crs import transformer
from gis.layers import Layer
from support.pictures import BLUE, FRAME, GREEN, RED, WHITE, colour_at, is_blank, pixels, share

Ask = Callable[..., Any]

WEST, SOUTH, EAST, NORTH = transformer(5899, 4326).transform_bounds(*FRAME)


def in_version_1_1_1(**changes: Any) -> dict[str, Any]:
    """The request of `get_map` in the words of 1.1.1."""
    return {"version": "1.1.1", "crs": None, "srs": "EPSG:5899", **changes}


def same(one: Any, other: Any) -> bool:
    return bool(np.array_equal(pixels(one.content), pixels(other.content)))


def test_a_picture_is_drawn(get_map: Ask) -> None:
    answer = get_map()
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert share(answer.content, RED) == share(answer.content, GREEN) == 0.25


def test_degrees_are_latitude_first_in_1_3_0_and_longitude_first_in_1_1_1_and_crs84(get_map: Ask) -> None:
    lat_first = get_map(crs="EPSG:4326", bbox=f"{SOUTH},{WEST},{NORTH},{EAST}")
    lon_first = get_map(**in_version_1_1_1(srs="EPSG:4326", bbox=f"{WEST},{SOUTH},{EAST},{NORTH}"))
    crs84 = get_map(crs="CRS:84", bbox=f"{WEST},{SOUTH},{EAST},{NORTH}")
    assert not is_blank(lat_first.content)
    assert same(lat_first, lon_first)
    assert same(lat_first, crs84)


def test_vn2000_degrees_are_turned_too_and_its_grids_are_not(get_map: Ask) -> None:
    west, south, east, north = transformer(5899, 4756).transform_bounds(*FRAME)
    turned = get_map(crs="EPSG:4756", bbox=f"{south},{west},{north},{east}")
    straight = get_map(**in_version_1_1_1(srs="EPSG:4756", bbox=f"{west},{south},{east},{north}"))
    assert same(turned, straight)
    assert share(turned.content, RED) > 0.2
    for srid in (5899, 3405, 3857, 32648):
        box = ",".join(map(repr, transformer(5899, srid).transform_bounds(*FRAME)))
        assert same(get_map(crs=f"EPSG:{srid}", bbox=box), get_map(**in_version_1_1_1(srs=f"EPSG:{srid}", bbox=box)))


def test_numbers_may_be_written_with_exponents(get_map: Ask) -> None:
    plain = get_map(bbox="430000,2317000,430200,2317200")
    exponents = get_map(bbox="4.3e5,2.317E+06,+430200.,23172000000.0e-4")
    assert same(plain, exponents)


def test_the_shape_of_the_picture_stretches_the_ground(get_map: Ask) -> None:
    assert share(get_map(width=400, height=100).content, RED) == 0.25


def test_nothing_is_drawn_where_nothing_lies(get_map: Ask) -> None:
    for box in ("0,0,1,1", "-1e9,-1e9,-9e8,-9e8"):
        answer = get_map(bbox=box)
        assert (answer.status_code, is_blank(answer.content)) == (200, True)
    assert is_blank(get_map(crs="CRS:84", bbox="179,20,190,30").content)


@pytest.mark.parametrize("styles", ["", "kinds"])
def test_an_empty_style_is_the_default(get_map: Ask, styles: str) -> None:
    assert share(get_map(styles=styles).content, RED) == 0.25


def test_each_layer_has_its_style_and_the_last_lies_on_top(get_map: Ask) -> None:
    both = "test_shapes,test_shapes"
    assert share(get_map(layers=both, styles=",").content, RED) == 0.25
    assert share(get_map(layers=both, styles="").content, RED) == 0.25
    assert share(get_map(layers=both, styles="kinds,named").content, RED) == 0
    assert share(get_map(layers=both, styles="named,").content, RED) > 0.2, "only a name lies above"


def test_the_ground_colour_lies_under_everything_unless_transparent(get_map: Ask) -> None:
    coloured = get_map(bgcolor="0x102030")
    assert colour_at(coloured.content, 199, 0) == (0x10, 0x20, 0x30)
    assert pixels(coloured.content)[..., 3].min() == 255
    assert pixels(get_map(bgcolor="0x102030", transparent="fAlSe").content)[..., 3].min() == 255
    assert pixels(get_map(bgcolor="0x102030", transparent="True").content)[0, 199, 3] == 0


def test_a_jpeg_has_no_transparency(get_map: Ask) -> None:
    answer = get_map(format="image/jpeg", transparent="TRUE", bgcolor="0xFFFFFF")
    assert answer["Content-Type"] == "image/jpeg"
    assert min(colour_at(answer.content, 195, 5)) >= 250


def test_media_types_are_compared_by_their_parts(get_map: Ask) -> None:
    for spelling in ("image/png; mode=8bit", "image/png;mode=8bit", "IMAGE/PNG ;  mode=8bit"):
        answer = get_map(format=spelling)
        assert answer["Content-Type"] == "image/png; mode=8bit"
        assert answer.content[25] == 3, "a palette"


def test_names_of_parameters_have_no_case_and_unknown_ones_do_not_matter(wms: Ask, shapes: Layer) -> None:
    box = ",".join(map(str, FRAME))
    answer = wms(
        VERSION="1.3.0", ReQuEsT="GetMap", LAYERS="test_shapes", Styles="", cRs="EPSG:5899", BBOX=box,
        WIDTH="200", height="200", FORMAT="image/png", TILED="true", SLD_VERSION="1.1.0", nonsense="'",
    )  # fmt: skip
    assert share(answer.content, RED) == 0.25


def test_a_picture_beyond_the_scale_of_a_style_is_blank_not_wrong(get_map: Ask) -> None:
    near, far = get_map(styles="outline"), get_map(styles="outline", width=100, height=10)
    assert not is_blank(near.content)
    assert (far.status_code, is_blank(far.content)) == (200, True)


def test_the_resolution_is_understood_in_all_three_dialects(get_map: Ask) -> None:
    plain = get_map(styles="outline", width=400, height=400)
    answers = [
        get_map(styles="outline", width=400, height=400, **{name: value})
        for name, value in (("dpi", "180"), ("map_resolution", "180"), ("format_options", "layout:x;dpi:180"))
    ]
    assert not same(plain, answers[0])
    assert same(answers[0], answers[1])
    assert same(answers[0], answers[2])


def test_the_versions_of_wms_1_0_and_its_request_names_are_understood(get_map: Ask) -> None:
    answer = get_map(**in_version_1_1_1(version=None, wmtver="1.1.1", request="map"))
    assert share(answer.content, RED) == 0.25


def test_a_public_picture_may_be_kept_by_everybody(get_map: Ask) -> None:
    answer = get_map()
    assert answer["Cache-Control"] == "public, max-age=60"
    assert {"Cookie", "Authorization"} <= set(answer["Vary"].split(", "))


def test_who_holds_a_role_sees_his_rows_and_nobody_keeps_the_picture(get_map: Ask, client: Client) -> None:
    assert share(get_map().content, BLUE) == 0
    keeper = User.objects.create_user("keeper", password="x")
    Grant.objects.create(user=keeper, role="keeper", commune_id="06685", valid_from=date(2020, 1, 1))
    client.force_login(keeper)
    answer = get_map()
    assert share(answer.content, BLUE) == 0.25
    assert answer["Cache-Control"] == "private, no-cache"
    client.logout()
    assert share(get_map().content, BLUE) == 0


def test_white_is_the_ground_where_nothing_is_said(get_map: Ask) -> None:
    assert colour_at(get_map().content, 199, 0) == WHITE
