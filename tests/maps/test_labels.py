"""Texts on pictures: Vietnamese letters, and the same labels in neighbouring pictures."""

import unicodedata
from collections.abc import Callable

import numpy as np
import pytest

from gis.maps.drawing import Background, MapRequest, notice, render
from support.pictures import GRID, pixels

MapOf = Callable[..., MapRequest]
STACKED = "ỗẵợữằẩỷệĐđ"
"""Letters with two marks, and the barred d."""


ROUNDING = 6
"""Of 255: where a shape is cut at a picture's edge, its own edge is smoothed a little otherwise."""


def greatest_difference(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def written(text: str) -> np.ndarray:
    """The ink of *text* alone."""
    return pixels(notice(text, 400, 40, Background(transparent=True), "png"))[..., 3]


def width_of(text: str) -> int:
    return int(np.count_nonzero(written(text).any(axis=0)))


@pytest.mark.parametrize("letter", [*STACKED, *"ăâêôơưĂÂÊÔƠƯ"])
def test_every_vietnamese_letter_has_a_shape_of_its_own(letter: str) -> None:
    """A font without the letter draws the same box for it as for any other that it lacks."""
    assert written(letter).any()
    assert not np.array_equal(written(letter), written("\u0378"))
    bare = {"đ": "d", "Đ": "D"}.get(letter) or unicodedata.normalize("NFD", letter)[0]
    assert not np.array_equal(written(letter), written(bare))


def test_a_line_of_vietnamese_has_no_empty_boxes() -> None:
    text = "Thửa, Đắk Lắk, Quảng Ngãi"
    box = width_of("\u0378")
    plain = width_of("Thua, Dak Lak, Quang Ngai")
    assert abs(width_of(text) - plain) <= box


def test_long_texts_are_broken_into_lines() -> None:
    ink = pixels(notice("một hai ba bốn năm sáu bảy tám chín mười", 120, 120, Background(transparent=True), "png"))
    one_line = np.ptp(np.flatnonzero(written("Một").any(axis=1)))
    assert np.ptp(np.flatnonzero(ink[..., 3].any(axis=1))) > 2 * one_line


def test_two_halves_make_one_picture_labels_and_all(map_of: MapOf) -> None:
    west, south = GRID
    whole = pixels(render(map_of("named", bbox=(west, south, west + 600, south + 300), width=600, height=300)))
    left = pixels(render(map_of("named", bbox=(west, south, west + 300, south + 300), width=300, height=300)))
    right = pixels(render(map_of("named", bbox=(west + 300, south, west + 600, south + 300), width=300, height=300)))
    assert whole[..., 0].min() < 60
    assert greatest_difference(np.concatenate([left, right], axis=1), whole) <= ROUNDING


def test_labels_of_a_lower_layer_are_not_hidden_by_a_higher_one(map_of: MapOf) -> None:
    west, south = GRID
    bbox = (west + 100, south + 100, west + 300, south + 300)
    shapes = map_of().layers[0][0]
    named, kinds = shapes.style("named"), shapes.style("kinds")
    assert named is not None
    assert kinds is not None
    both = pixels(render(map_of(bbox=bbox, layers=((shapes, named), (shapes, kinds)))))
    alone = pixels(render(map_of(bbox=bbox)))
    assert not np.array_equal(both, alone)


def test_a_sheet_of_its_own_cuts_no_label_off_at_its_edge(map_of: MapOf) -> None:
    west, south = GRID
    asked = {"bbox": (west + 40, south + 40, west + 345, south + 345), "width": 610, "height": 610, "scale_factor": 2.0}
    cut, whole = (pixels(render(map_of("named", **asked, whole_labels=given)))[..., 0] < 90 for given in (False, True))
    edges = [ink[[0, -1]].sum() + ink[:, [0, -1]].sum() for ink in (cut, whole)]
    assert edges[0] > 0
    assert edges[1] == 0
    assert whole.any()
