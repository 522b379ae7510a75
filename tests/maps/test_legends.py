"""Legends show each rule with the symbols of the map and a title."""

import struct

import numpy as np
import pytest

from gis.layers import Layer, Rule, Style
from gis.maps.drawing import Background, Swatch, legend_of
from gis.maps.drawing.legends import FOOTER
from support.pictures import BLUE, GREEN, RED, colour_at, pixels, share


def test_a_legend_has_a_swatch_of_each_rule_and_names_its_true_size(shapes: Layer) -> None:
    legend = legend_of(shapes, shapes.styles[0])
    assert struct.unpack(">II", legend.picture[16:24]) == (legend.width, legend.height)
    height = (legend.height - FOOTER) // 3
    for number, colour in enumerate((RED, BLUE, GREEN)):
        assert colour_at(legend.picture, 18, number * height + height // 2) == colour
    assert pixels(legend.picture)[:, 40:, :3].min() < 128


def test_the_picture_ends_where_the_longest_title_does(shapes: Layer) -> None:
    def width(title: str) -> int:
        return legend_of(shapes, Style("s", "S", (Rule(title, fill="#ff0000"),))).width

    assert 40 < width("i") == width("Đất ở") < width("Đất ở tại nông thôn và đất vườn") < 640


def test_with_a_scale_only_what_is_drawn_there_is_shown(shapes: Layer) -> None:
    outline = shapes.styles[1]
    assert pixels(legend_of(shapes, outline, scale=1000).picture)[..., 0].min() < 128
    assert pixels(legend_of(shapes, outline, scale=10_000).picture)[:-FOOTER, :, 0].min() == 255


@pytest.mark.parametrize("marker", ["circle", "square", "triangle", "diamond"])
def test_markers_are_drawn_whole(shapes: Layer, marker: str) -> None:
    class Points(type(shapes)):  # type: ignore[misc]
        geometry_type = "Point"

    rule = Rule("", fill="#ff0000", stroke="#000000", marker=marker, size=30)  # type: ignore[arg-type]
    legend = legend_of(Points(), Style(marker, marker, (rule,)), swatch=Swatch(40, 40))
    ink = (pixels(legend.picture)[..., :3] != 255).any(axis=2)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert abs(np.ptp(rows) - 30) <= 2
    assert abs(np.ptp(columns) - 30) <= 2
    assert colour_at(legend.picture, int(columns.mean()), int(rows.mean()) + 2) == RED


def test_swatches_and_ground_are_as_asked(shapes: Layer) -> None:
    small = legend_of(shapes, shapes.styles[0], swatch=Swatch(10, 10))
    large = legend_of(shapes, shapes.styles[0], swatch=Swatch(60, 40), background=Background(transparent=True))
    assert large.height > small.height
    assert share(large.picture, RED) > share(small.picture, RED)
    assert pixels(large.picture)[0, 0, 3] == 0
