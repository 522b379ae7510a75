"""Hoàng Sa and Trường Sa are named on every picture that reaches them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.test import Client

from gis.access.viewer import Viewer
from gis.layers import registry
from gis.maps.drawing import Background, MapRequest, render
from gis.places.models import PlaceLabel
from support.pictures import pixels
from support.tiles import tile_at

HOANG_SA, TRUONG_SA = (111.9, 16.5), (113.6, 9.9)
SEA = (100.0, 2.0, 125.0, 27.0)
WORLD = (-180.0, -90.0, 180.0, 90.0)
WEB_WORLD = (-20037508.342789244, -20037508.342789244, 20037508.342789244, 20037508.342789244)


@pytest.fixture(autouse=True)
def _fresh_cache(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def picture(*layers: str, bbox: tuple[float, float, float, float] = SEA, srid: int = 4326, **given: Any) -> np.ndarray:
    shown = tuple((layer, layer.styles[0]) for layer in (registry.get(name, Viewer.public()) for name in layers))
    size = {"width": 500, "height": 500, **given}
    return pixels(
        render(MapRequest(shown, Viewer.public(), srid, bbox, background=Background(transparent=True), **size))
    )


def ink(drawn: np.ndarray, place: tuple[float, float], box: tuple[float, float, float, float] = SEA) -> int:
    """Written pixels within the letters' reach of *place*."""
    height, width = drawn.shape[:2]
    x = int((place[0] - box[0]) / (box[2] - box[0]) * width)
    y = int((box[3] - place[1]) / (box[3] - box[1]) * height)
    return int(np.count_nonzero(drawn[max(y - 32, 0) : y + 32, max(x - 60, 0) : x + 60, 3]))


@pytest.mark.parametrize("layer", ["parcels", "mining_concessions", "communes"])
def test_a_picture_of_any_layer_names_both(layer: str) -> None:
    drawn = picture(layer)
    assert ink(drawn, HOANG_SA) > 150 and ink(drawn, TRUONG_SA) > 150


def test_without_the_names_there_would_be_nothing() -> None:
    PlaceLabel.objects.filter(kind__startswith="archipelago").delete()
    drawn = picture("parcels")
    assert ink(drawn, HOANG_SA) == ink(drawn, TRUONG_SA) == 0


def test_they_are_named_on_a_picture_of_the_world() -> None:
    drawn = picture("parcels", bbox=WORLD, width=1000, height=500)
    assert ink(drawn, HOANG_SA, WORLD) > 150
    flat = picture("parcels", bbox=WEB_WORLD, srid=3857, width=256, height=256)
    assert np.count_nonzero(flat[..., 3]) > 200


def test_an_island_alone_is_named_with_its_country() -> None:
    nam_yet = 114.37, 10.18
    box = nam_yet[0] - 0.1, nam_yet[1] - 0.1, nam_yet[0] + 0.1, nam_yet[1] + 0.1
    assert ink(picture("parcels", bbox=box), nam_yet, box) > 150
    named = PlaceLabel.objects.filter(kind="archipelago_island").values_list("name", "name_en")
    assert len(named) > 10
    assert all(name.endswith("(Việt Nam)") for pair in named for name in pair)


def test_pictures_over_one_another_write_them_at_the_same_place() -> None:
    """A client lays transparent pictures of several layers over one another."""
    one, other = picture("parcels"), picture("communes", "mining_concessions")
    south = slice(300, 500)  # the province lies in the north
    assert one[south, :, 3].any()
    assert np.array_equal(one[south], other[south])


def test_they_are_written_once_where_all_names_are_asked_for() -> None:
    with_names = picture("parcels", "place_labels")
    rows = slice(330, 370)
    assert np.array_equal(picture("parcels")[rows, 250:300, 3] > 200, with_names[rows, 250:300, 3] > 200)


def test_pictures_that_reach_neither_have_nothing_added() -> None:
    assert not picture("waste_dumps", bbox=(104.0, 19.0, 104.5, 19.5))[..., 3].any()


def test_halves_of_the_name_meet_at_the_edge_of_two_pictures() -> None:
    whole = picture("parcels", bbox=(108.9, 14.0, 114.9, 17.0), width=600, height=300)
    left = picture("parcels", bbox=(108.9, 14.0, 111.9, 17.0), width=300, height=300)
    right = picture("parcels", bbox=(111.9, 14.0, 114.9, 17.0), width=300, height=300)
    assert np.array_equal(np.concatenate([left, right], axis=1)[..., 3] > 128, whole[..., 3] > 128)


def test_picture_tiles_and_wms_name_them_and_tell_of_changed_names(client: Client) -> None:
    z, x, y = tile_at(*HOANG_SA, 6)
    address = f"/tiles/parcels/{z}/{x}/{y}.png"
    first = client.get(address)
    assert pixels(first.content)[..., 3].any()
    wms = client.get(
        "/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetMap&LAYERS=storm_tracks&STYLES=&SRS=EPSG:4326&BBOX=108,6,118,13"
        "&WIDTH=500&HEIGHT=350&FORMAT=image/jpeg"
    )
    assert (pixels(wms.content) < 128).any()
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    PlaceLabel.objects.filter(code="hoang-sa").update(anchor="below")
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_an_archipelago_can_have_no_limit_of_scale(db: None) -> None:
    with pytest.raises(IntegrityError):
        PlaceLabel.objects.filter(code="truong-sa").update(max_scale=1_000_000)
