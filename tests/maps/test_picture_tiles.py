"""Picture tiles fit together and show what the viewer may see."""

import numpy as np
import pytest

from gis.access.viewer import Viewer
from gis.geometry.crs import transformer
from gis.layers import Layer
from gis.maps.drawing import Background, MapRequest, render
from gis.maps.tiles.images import HALF_WORLD, tile_bounds, tile_picture
from gis.problems import NotFound
from support.pictures import GRID, KEEPER, SOUTH, WEST, pixels


def tile_at(easting: float, northing: float, z: int) -> tuple[int, int, int]:
    x, y = transformer(5899, 3857).transform(easting, northing)
    side = 2 * HALF_WORLD / (1 << z)
    return z, int((x + HALF_WORLD) / side), int((HALF_WORLD - y) / side)


def test_the_world_is_one_tile_and_its_parts_join() -> None:
    assert tile_bounds(0, 0, 0) == pytest.approx((-HALF_WORLD, -HALF_WORLD, HALF_WORLD, HALF_WORLD))
    assert tile_bounds(1, 1, 0) == pytest.approx((0, 0, HALF_WORLD, HALF_WORLD))


@pytest.mark.parametrize("tile", [(0, 1, 0), (3, 0, 8), (23, 0, 0), (-1, 0, 0), (5, -1, 0)])
def test_there_is_nothing_outside_the_pyramid(shapes: Layer, tile: tuple[int, int, int]) -> None:
    with pytest.raises(NotFound):
        tile_picture(shapes, Viewer.public(), *tile)


def test_labels_agree_across_the_edges_of_tiles(shapes: Layer, db: None) -> None:
    z, x, y = tile_at(GRID[0] + 300, GRID[1] + 300, 17)
    fine = [
        [pixels(tile_picture(shapes, Viewer.public(), z, x + i, y + j, style="named")) for i in (0, 1)] for j in (0, 1)
    ]
    mosaic = np.concatenate([np.concatenate(row, axis=1) for row in fine], axis=0)
    whole = whole_picture(shapes, z, x, y)
    assert np.abs(mosaic.astype(int) - whole.astype(int)).max() <= 8


def whole_picture(shapes: Layer, z: int, x: int, y: int) -> np.ndarray:
    """Four tiles drawn as one picture."""
    west, _, _, north = tile_bounds(z, x, y)
    _, south, east, _ = tile_bounds(z, x + 1, y + 1)
    style = shapes.style("named")
    assert style is not None
    request = MapRequest(
        layers=((shapes, style),),
        viewer=Viewer.public(),
        srid=3857,
        bbox=(west, south, east, north),
        width=512,
        height=512,
        background=Background(transparent=True),
    )
    return pixels(render(request))


def test_a_tile_of_twice_the_side_shows_the_same_ground(shapes: Layer, db: None) -> None:
    tile = tile_at(WEST + 50, SOUTH + 50, 18)
    once = pixels(tile_picture(shapes, Viewer.public(), *tile))[..., 3] > 0
    twice = pixels(tile_picture(shapes, Viewer.public(), *tile, side=512))[..., 3] > 0
    assert twice.shape == (512, 512)
    assert np.mean(twice[::2, ::2] != once) < 0.02


def test_private_rows_are_in_their_keepers_tiles_only(shapes: Layer, db: None) -> None:
    tile = tile_at(WEST + 50, SOUTH + 150, 20)
    assert not pixels(tile_picture(shapes, Viewer.public(), *tile))[..., 3].any()
    assert pixels(tile_picture(shapes, KEEPER, *tile))[..., 3].any()


def test_an_unknown_style_is_not_found(shapes: Layer, db: None) -> None:
    with pytest.raises(NotFound):
        tile_picture(shapes, Viewer.public(), 0, 0, 0, style="nope")
