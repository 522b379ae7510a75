"""Tiles: both addresses, what is in them, and when a client is told that it has them already."""

import gzip
import math
from typing import Any

import mapbox_vector_tile
import pytest
from django.test import Client

from forests.models import ForestPlot
from gis.access.viewer import Viewer
from gis.geometry.crs import WEB_SRID
from gis.layers import Style, registry
from gis.layers.registry import all_layers
from gis.places.models import Commune
from land.models import LandUse, Parcel
from support.features import ask

HALF_WORLD = 20037508.342789244
MVT = "application/vnd.mapbox-vector-tile"


def place_of(shape: Any, zoom: int) -> tuple[int, int, int]:
    """Zoom, column and row of the tile that holds a point of *shape*."""
    centre = shape.point_on_surface.transform(WEB_SRID, clone=True)
    side = 2 * HALF_WORLD / (1 << zoom)
    return zoom, int((centre.x + HALF_WORLD) / side), int((HALF_WORLD - centre.y) / side)


@pytest.fixture
def parcel(db: None) -> Parcel:
    return Parcel.objects.current().visible_in("").order_by("-area_m2")[0]


def address_of(parcel: Parcel, zoom: int = 16, kind: str = "mvt") -> str:
    z, x, y = place_of(parcel.geom, zoom)
    return f"/tiles/parcels/{z}/{x}/{y}.{kind}"


def test_a_vector_tile_holds_the_layer_with_its_properties(client: Client, parcel: Parcel) -> None:
    answer = client.get(address_of(parcel))
    assert (answer.status_code, answer["Content-Type"]) == (200, MVT)
    tile = mapbox_vector_tile.decode(answer.content)
    assert list(tile) == ["parcels"] and tile["parcels"]["extent"] == 4096
    found = {feature["properties"]["id"]: feature for feature in tile["parcels"]["features"]}
    properties = found[parcel.identifier]["properties"]
    assert properties["land_use"] == parcel.land_use_id and properties["number"] == parcel.number
    assert properties["legal_area_m2"] == pytest.approx(float(parcel.legal_area_m2))
    assert properties["commune"] == parcel.commune.name
    assert found[parcel.identifier]["id"] == parcel.pk


def test_the_tile_is_where_its_features_are(client: Client, parcel: Parcel) -> None:
    """The area of the decoded polygon, from tile units back to the ground, is the parcel's."""
    z, x, y = place_of(parcel.geom, 15)
    tile = mapbox_vector_tile.decode(client.get(f"/tiles/parcels/{z}/{x}/{y}.mvt").content)
    units = next(f for f in tile["parcels"]["features"] if f["properties"]["id"] == parcel.identifier)["geometry"]
    assert units["type"] == "Polygon"
    xs, ys = zip(*units["coordinates"][0], strict=True)
    side = 2 * HALF_WORLD / (1 << z)
    west, _south, east, _north = parcel.geom.transform(WEB_SRID, clone=True).extent
    if min(xs) > 0 and max(xs) < 4096:
        assert -HALF_WORLD + side * (x + min(xs) / 4096) == pytest.approx(west, abs=1)
        assert -HALF_WORLD + side * (x + max(xs) / 4096) == pytest.approx(east, abs=1)
    assert all(-64 <= value <= 4096 + 64 for value in (*xs, *ys))


def test_the_ogc_address_has_the_row_before_the_column(client: Client, parcel: Parcel) -> None:
    z, x, y = place_of(parcel.geom, 16)
    assert x != y
    xyz = client.get(f"/tiles/parcels/{z}/{x}/{y}.mvt")
    ogc = client.get(f"/ogc/collections/parcels/tiles/WebMercatorQuad/{z}/{y}/{x}")
    assert ogc.content == xyz.content and ogc["Content-Type"] == MVT
    assert client.get(f"/ogc/collections/parcels/tiles/WebMercatorQuad/{z}/{x}/{y}").content == b""


def test_nothing_to_be_seen_is_an_empty_tile(client: Client, db: None) -> None:
    for layer in all_layers(Viewer.public()):
        answer = client.get(f"/tiles/{layer.name}/14/0/16000.mvt")
        assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"", MVT)


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/nothing/0/0/0.mvt",
        "/tiles/nothing/0/0/0.png",
        "/tiles/parcels/23/0/0.mvt",
        "/tiles/parcels/23/0/0.png",
        "/tiles/parcels/999999999999999999999999/0/0.mvt",
        "/tiles/parcels/3/8/0.mvt",
        "/tiles/parcels/3/0/8.mvt",
        "/tiles/parcels/3/-1/0.mvt",
        "/tiles/parcels/3/1.5/0.mvt",
        "/tiles/parcels/3/0/0.pbf",
        "/ogc/collections/parcels/tiles/WebMercatorQuad/3/8/0",
        "/ogc/collections/parcels/tiles/WorldCRS84Quad/3/0/0",
    ],
)
def test_there_is_nothing_outside_the_pyramid(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_tile_is_packed_for_who_takes_it(client: Client, parcel: Parcel) -> None:
    plain, large = ask(client, address_of(parcel, 14))
    packed, small = ask(client, address_of(parcel, 14), Accept_Encoding="gzip")
    assert packed["Content-Encoding"] == "gzip" and len(small) < len(large)
    assert gzip.decompress(small) == large
    assert "Accept-Encoding" in plain["Vary"] and "Cookie" in plain["Vary"]
    assert packed["ETag"] == plain["ETag"]


@pytest.mark.parametrize("kind", ["mvt", "png"])
def test_an_unchanged_tile_is_not_made_again(
    client: Client, parcel: Parcel, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = address_of(parcel, kind=kind)
    first, _body = ask(client, address)
    monkeypatch.setattr("gis.ogc.tiles.operations.VectorTile.content", lambda _tile: pytest.fail("made again"))
    monkeypatch.setattr("gis.ogc.tiles.operations.PictureTile.content", lambda _tile: pytest.fail("made again"))
    again, body = ask(client, address, If_None_Match=first["ETag"])
    assert (again.status_code, body, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"] == "no-cache"
    assert "Cookie" in again["Vary"]


@pytest.mark.parametrize("kind", ["mvt", "png"])
@pytest.mark.parametrize("zoom", [6, 10, 17])
def test_whatever_changes_a_tile_gives_it_another_etag(client: Client, parcel: Parcel, zoom: int, kind: str) -> None:
    address = address_of(parcel, zoom, kind)
    changes = {
        "the parcel": lambda: Parcel.objects.filter(pk=parcel.pk).update(valid_to="2100-01-01"),
        "a land use": lambda: LandUse.objects.filter(pk=parcel.land_use_id).update(name="Đất khác"),
        "the commune": lambda: Commune.objects.filter(pk=parcel.commune_id).update(name="Phường khác"),
    }
    seen = [ask(client, address)[0]["ETag"]]
    for change in changes.values():
        change()
        seen.append(ask(client, address)[0]["ETag"])
    assert len(set(seen)) == len(seen)


def test_a_change_elsewhere_leaves_the_tile_as_it_was(client: Client, parcel: Parcel) -> None:
    """Data versions are kept by cells of 37 km; a tile looks at its own and those around it."""
    far = max(Parcel.objects.current(), key=lambda other: other.geom.distance(parcel.geom))
    assert far.geom.distance(parcel.geom) > 75_000
    before = ask(client, address_of(parcel))[0]["ETag"]
    Parcel.objects.filter(pk=far.pk).update(valid_to="2100-01-01")
    assert ask(client, address_of(parcel))[0]["ETag"] == before
    ForestPlot.objects.all()[0].delete()
    assert ask(client, address_of(parcel))[0]["ETag"] == before


def test_another_declaration_gives_other_etags(client: Client, parcel: Parcel, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = registry.declared()["parcels"]
    before = {kind: ask(client, address_of(parcel, kind=kind))[0]["ETag"] for kind in ("mvt", "png")}
    monkeypatch.setattr(type(layer), "fields", layer.fields[:6])
    monkeypatch.setattr(type(layer), "styles", (Style("plain", "Plain", layer.styles[0].rules[:1]),))
    for kind, etag in before.items():
        assert ask(client, address_of(parcel, kind=kind))[0]["ETag"] != etag


def test_what_moves_is_never_kept(client: Client, db: None) -> None:
    for layer in all_layers(Viewer.public()):
        answer, _body = ask(client, f"/tiles/{layer.name}/8/204/112.mvt")
        assert (answer["Cache-Control"] == "no-store") is bool(layer.live_topic)
        assert answer.has_header("ETag") is not bool(layer.live_topic)


def test_a_picture_tile_is_a_png_of_256_pixels(client: Client, parcel: Parcel) -> None:
    answer, body = ask(client, address_of(parcel, 15, "png"))
    assert answer["Content-Type"] == "image/png"
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(body[16:20]), int.from_bytes(body[20:24])) == (256, 256)


def test_only_what_is_made_is_said_to_be(client: Client, parcel: Parcel) -> None:
    for kind, good in (("mvt", MVT), ("png", "image/png")):
        address = address_of(parcel, kind=kind)
        assert ask(client, address, Accept=good)[0].status_code == 200
        assert ask(client, address, Accept="*/*")[0].status_code == 200
        assert ask(client, address, Accept="text/html")[0].status_code == 406
        assert ask(client, address, "OPTIONS")[0]["Allow"] == "GET, HEAD, OPTIONS"
        assert ask(client, address, "PUT")[0].status_code == 405


def test_a_thinned_tile_has_the_largest_and_always_the_same(client: Client, db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr("gis.layers.query.THINNED_FEATURES", 20)
    layer = registry.declared()["forest_plots"]
    zoom = layer.detail_zoom - 1
    west, south, east, north = 106.4, 20.6, 108.1, 21.7
    whole = 7
    column = int(((west + east) / 2 + 180) / 360 * (1 << whole))
    row = int((1 - math.asinh(math.tan(math.radians((south + north) / 2))) / math.pi) / 2 * (1 << whole))
    assert whole < zoom
    first, second = (client.get(f"/tiles/forest_plots/{whole}/{column}/{row}.mvt").content for _ in range(2))
    assert first == second
    shown = {f["properties"]["id"] for f in mapbox_vector_tile.decode(first)["forest_plots"]["features"]}
    assert 0 < len(shown) <= 20
    largest = ForestPlot.objects.order_by("-legal_area_ha").values_list("code", flat=True)[:400]
    assert shown <= set(largest)
