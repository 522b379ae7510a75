"""What a picture shows: extent, colours, aspect, permissions, sizes."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from gis.geometry.crs import transformer
from gis.layers import Layer, Rule, Style
from gis.maps.drawing import Background, MapRequest, blank, render
from gis.problems import BadParameter, TooLarge
from support.pictures import (
    BLUE,
    GREEN,
    KEEPER,
    NEIGHBOUR,
    RED,
    SOUTH,
    WEST,
    WHITE,
    colour_at,
    is_blank,
    pixels,
    share,
)

MapOf = Callable[..., MapRequest]


def test_the_box_is_the_outer_edge_of_the_outer_pixels(map_of: MapOf) -> None:
    picture = render(map_of())
    assert share(picture, RED) == share(picture, GREEN) == 0.25
    assert colour_at(picture, 0, 199) == colour_at(picture, 99, 100) == RED
    assert colour_at(picture, 100, 199) == colour_at(picture, 199, 100) == GREEN
    assert colour_at(picture, 99, 99) == WHITE


def test_a_box_of_another_shape_is_stretched_not_widened(map_of: MapOf) -> None:
    picture = render(map_of(width=200, height=50))
    assert share(picture, RED) == share(picture, GREEN) == 0.25


def test_rows_that_only_some_may_see_are_drawn_for_them_alone(map_of: MapOf) -> None:
    assert share(render(map_of()), BLUE) == 0
    assert share(render(map_of(viewer=NEIGHBOUR)), BLUE) == 0
    assert share(render(map_of(viewer=KEEPER)), BLUE) == 0.25
    assert share(render(map_of()), BLUE) == 0


def test_a_request_knows_whether_its_picture_is_the_viewers_own(map_of: MapOf) -> None:
    assert not map_of().personal
    assert map_of(viewer=KEEPER).personal


def test_variables_of_the_request_cannot_widen_what_the_viewer_sees(map_of: MapOf) -> None:
    for value in ("*", "06685", "' OR true --"):
        picture = render(map_of(variables={"areas": value, "areas_test_shapes": value}))
        assert share(picture, BLUE) == 0


def test_every_system_shows_the_same_place(map_of: MapOf) -> None:
    inside = (WEST + 20, SOUTH + 20, WEST + 80, SOUTH + 80)
    for srid in (4326, 3857, 4756, 3405, 32648):
        box = transformer(5899, srid).transform_bounds(*inside)
        assert share(render(map_of(srid=srid, bbox=box)), RED) == 1.0, srid


@pytest.mark.parametrize(
    ("srid", "bbox"),
    [
        (5899, (WEST + 5000, SOUTH, WEST + 5200, SOUTH + 200)),
        (5899, (-1e12, -1e12, -0.9e12, -0.9e12)),
        (3857, (1e7, -1e7, 1.1e7, -0.9e7)),
        (4326, (179, 20, 181, 22)),
        (4326, (1e5, 1e5, 2e5, 2e5)),
        (4326, (107.0, 89.0, 108.0, 91.0)),
    ],
)
def test_a_box_where_nothing_lies_gives_an_empty_picture(
    map_of: MapOf, srid: int, bbox: tuple[float, float, float, float]
) -> None:
    assert is_blank(render(map_of(srid=srid, bbox=bbox)))


def test_a_box_far_beyond_the_poles_is_drawn_where_it_lies_on_the_earth(map_of: MapOf) -> None:
    picture = render(map_of(srid=4326, bbox=(-180, -200, 180, 200), width=64, height=64))
    assert pixels(picture).shape[:2] == (64, 64)


def test_transparency_shows_what_lies_below_and_opaque_pictures_have_the_colour(map_of: MapOf) -> None:
    clear = pixels(render(map_of(background=Background("#123456", transparent=True))))
    assert clear[0, 199, 3] == 0
    assert clear[199, 0, 3] == 255
    opaque = render(map_of(background=Background("#123456")))
    assert colour_at(opaque, 199, 0) == (0x12, 0x34, 0x56)
    assert pixels(opaque)[..., 3].min() == 255


def test_half_transparent_fills_are_laid_over_the_background_colour(map_of: MapOf, shapes: Layer) -> None:
    style = Style("glass", "Glass", (Rule("All", fill="#ff0000", fill_opacity=0.5),))
    picture = render(map_of(layers=((shapes, style),), background=Background("#0000ff")))
    red, green, blue = colour_at(picture, 10, 190)
    assert (abs(red - 128) <= 1, green, abs(blue - 127) <= 1) == (True, 0, True)


def test_a_jpeg_is_opaque_whatever_is_asked(map_of: MapOf) -> None:
    picture = render(map_of(format="jpeg", background=Background("#00ff00", transparent=True)))
    assert picture[:3] == b"\xff\xd8\xff"
    assert np.abs(np.subtract(colour_at(picture, 190, 10), (0, 255, 0))).max() <= 4


def test_a_palette_picture_is_smaller_and_looks_the_same(map_of: MapOf) -> None:
    full, palette = render(map_of()), render(map_of(format="png8"))
    assert len(palette) < len(full)
    assert (pixels(palette)[..., :3] == pixels(full)[..., :3]).all()


def test_layers_lie_over_each_other_in_the_given_order(map_of: MapOf, shapes: Layer) -> None:
    red, green = (Style(name, name, (Rule("", fill=name),)) for name in ("#ff0000", "#008000"))
    assert colour_at(render(map_of(layers=((shapes, red), (shapes, green)))), 10, 190) == GREEN
    assert colour_at(render(map_of(layers=((shapes, green), (shapes, red)))), 10, 190) == RED


def test_values_with_quotes_and_markup_are_values(map_of: MapOf, shapes: Layer) -> None:
    odd = Style("odd", "Odd", (Rule("", ("it's \\ <odd>", "red"), fill="#ff0000"),), field="kind")
    assert share(render(map_of(layers=((shapes, odd),))), RED) == 0.25


def test_a_rule_beyond_its_scale_draws_nothing_and_is_no_other_value(map_of: MapOf, shapes: Layer) -> None:
    rules = (Rule("", ("red",), fill="#ff0000", max_scale=1000), Rule("", fill="#008000"))
    style = Style("scaled", "Scaled", rules, field="kind")
    near = render(map_of(layers=((shapes, style),), width=800, height=800))
    far = render(map_of(layers=((shapes, style),), width=100, height=100))
    assert (share(near, RED), share(near, GREEN)) == (0.25, 0.25)
    assert (share(far, RED), share(far, GREEN)) == (0, 0.25)


def test_a_finer_resolution_keeps_the_scale_and_thickens_the_lines(map_of: MapOf) -> None:
    coarse = pixels(render(map_of("outline")))
    fine = pixels(render(map_of("outline", width=400, height=400, scale_factor=2.0)))
    assert fine.shape[0] == 400
    dark = [np.mean(picture[..., 0] < 128) for picture in (coarse, fine)]
    assert math.isclose(dark[0], dark[1], rel_tol=0.5)
    assert dark[1] > 0


def test_a_picture_without_layers_is_the_background() -> None:
    picture = blank(31, 17, Background("#0a0b0c"), "png")
    assert pixels(picture).shape[:2] == (17, 31)
    assert colour_at(picture, 30, 16) == (10, 11, 12)


@pytest.mark.parametrize("size", [(0, 10), (10, 0), (-5, 10), (4097, 10), (10, 10**9)])
def test_an_oversized_picture_is_refused_before_anything_is_allocated(map_of: MapOf, size: tuple[int, int]) -> None:
    with pytest.raises(TooLarge):
        map_of(width=size[0], height=size[1])
    with pytest.raises(TooLarge):
        blank(*size, Background(), "png")


def test_more_layers_than_the_limit_are_refused(map_of: MapOf, shapes: Layer) -> None:
    with pytest.raises(TooLarge, match="20"):
        map_of(layers=((shapes, shapes.styles[0]),) * 21)


@pytest.mark.parametrize("bbox", [(1, 0, 0, 1), (0, 0, 0, 1), (0, 0, math.nan, 1), (0, 0, math.inf, 1)])
def test_a_box_without_an_inside_is_refused(map_of: MapOf, bbox: tuple[float, float, float, float]) -> None:
    with pytest.raises(BadParameter):
        map_of(bbox=bbox)


def test_a_variable_that_nobody_sets_is_an_error_not_a_guess(map_of: MapOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis.maps.drawing.pictures.variables_for", lambda layers, viewer: {})
    with pytest.raises(ValueError, match="areas_test_shapes"):
        render(map_of())
