"""The table of who may see what holds for every secret, in every format, for everybody.

A secret is told by a format where its answer gives it away to the one who asks: by a row, a value, a number,
a pixel, a coordinate. Rows are those that the province was loaded with, because pictures are drawn over a
connection of their own, which sees nothing of a test's open transaction.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from disaster.models import AssetPosition, RescueAsset, Shelter
from forests.models import ForestPlot
from gis.access.grants import viewer_of
from gis.access.models import Grant, User
from gis.access.roles import LEADER
from gis.access.viewer import Viewer
from gis.layers.registry import declared
from gis.live import topics
from gis.ogc.common.extents import extent_of
from land.codes import HIDDEN_USES
from land.models import BoundaryPoint, Parcel
from mines.models import Concession
from support.cast import EVERYBODY, NOBODY, browser_of
from support.features import ask, read
from support.pictures import WHITE, colour_at, pixels
from support.tiles import decoded, place_in, tile_at

Told = Callable[[Client], bool]
SENTINEL = "Bà Nguyễn Thị Kín 7f3a9c"
"""A value that stands nowhere else."""

SEEN_BY = {
    "defence land": {"a land officer", "a land approver", "a land checker", "a leader", "an admin"},
    "the owner of a forest plot": {"a forester", "a leader", "an admin"},
    "the contact of a licence's holder": {"a mineral officer", "a leader", "an admin"},
    "whom to call at a shelter": {"a duty officer", "a rescue team", "commune staff", "a leader", "an admin"},
    "the contact of an asset's crew": {"a duty officer", "a rescue team", "commune staff", "a leader", "an admin"},
    "where exactly an asset is": {"a duty officer", "a rescue team", "commune staff", "a leader", "an admin"},
}
PRIVATE_FIELDS = {
    "forest_plots": {"owner_name"},
    "mining_concessions": {"holder_contact"},
    "rescue_assets": {"crew", "fuel_percent", "contact"},
    "shelters": {"contact"},
}
LAYERS = {
    "communes",
    "parcels",
    "forest_plots",
    "mining_concessions",
    "storm_fixes",
    "storm_tracks",
    "wind_radii",
    "rescue_assets",
    "shelters",
    "gauges",
    "waste_dumps",
    "coast",
    "country_borders",
    "place_labels",
    "province",
}
HIDDEN = {"incidents": {"a duty officer", "commune staff", "commune staff elsewhere", "a leader", "an admin"}}
"""Layers that exist for these alone, with all they hold."""


@dataclass
class Secret:
    """Something that not everybody may know: its commune, and how each format would tell it."""

    home: str
    told: dict[str, Told] = field(default_factory=dict)


def defence_land() -> Secret:
    parcel = Parcel.objects.current().filter(land_use_id__in=HIDDEN_USES).order_by("-area_m2")[0]
    inside = parcel.geom.point_on_surface
    lon, lat = inside.transform(4326, clone=True).coords
    items = "/ogc/collections/parcels/items"
    box = around(lon, lat, 1e-7)
    tile = tile_at(lon, lat, 17)

    def on_the_tile(client: Client) -> bool:
        return parcel.identifier in decoded(vector_tile(client, "parcels", tile))

    def on_the_picture_tile(client: Client) -> bool:
        z, x, y = tile_at(lon, lat, 22)  # 7 m: nothing but the parcel
        picture = pixels(ask(client, f"/tiles/parcels/{z}/{x}/{y}.png")[1])
        return bool(picture[..., 3].any())

    def on_the_map(client: Client) -> bool:
        return colour_at(wms_picture(client, "parcels", 5899, square(*inside.coords, 1)), 10, 10) != WHITE

    return Secret(
        parcel.commune_id,
        {
            "items": lambda client: parcel.identifier in ids(read(client, items, bbox=box)),
            "item": lambda client: found(client, f"{items}/{parcel.identifier}"),
            "count": lambda client: read(client, items, bbox=box)["numberMatched"] == 1,
            "vector tile": on_the_tile,
            "picture tile": on_the_picture_tile,
            "wms": on_the_map,
            "rest": lambda client: found(client, f"/api/land/parcels/{parcel.identifier}"),
        },
    )


def private_value(layer_name: str, row: Any, name: str) -> Secret:
    """The value of one private field, wherever the row is shown."""
    type(row).objects.filter(pk=row.pk).update(**{name: SENTINEL})
    row.refresh_from_db()
    layer = declared()[layer_name]
    key = getattr(row, layer.key)
    place = getattr(row, layer.geometry).point_on_surface if layer.geometry_type == "Polygon" else row.position
    lon, lat = place.transform(4326, clone=True).coords
    items = f"/ogc/collections/{layer_name}/items"

    def says(address: str) -> Told:
        return lambda client: SENTINEL.encode() in unescaped(ask(client, address)[1])

    def on_a_tile(client: Client) -> bool:
        """Of any that shows the row: the public's position of an asset may be in the next one."""
        zoom, column, row = tile_at(lon, lat, 12)
        tiles = [(zoom, column + x, row + y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        return any(SENTINEL.encode() in vector_tile(client, layer_name, tile) for tile in tiles)

    return Secret(
        row.commune_id,
        {
            "items": says(f"{items}?limit=10000"),
            "item": says(f"{items}/{key}"),
            "vector tile": on_a_tile,
        },
    )


def owner_of_a_plot() -> Secret:
    return private_value("forest_plots", ForestPlot.objects.all()[0], "owner_name")


def contact_of_a_holder() -> Secret:
    return private_value("mining_concessions", Concession.objects.all()[0], "holder_contact")


def contact_of_a_crew() -> Secret:
    asset = lonely_asset()
    secret = private_value("rescue_assets", asset, "contact")
    rest = f"/api/disaster/assets/{asset.code}"
    secret.told["rest"] = lambda client: SENTINEL.encode() in unescaped(ask(client, rest)[1])
    secret.told["snapshot"] = lambda client: SENTINEL in repr(snapshot(client, "assets"))
    return secret


def contact_of_a_shelter() -> Secret:
    shelter = Shelter.objects.filter(kind="evacuation")[0]
    secret = private_value("shelters", shelter, "contact")
    rest = f"/api/disaster/shelters/{shelter.code}"
    secret.told["rest"] = lambda client: SENTINEL.encode() in unescaped(ask(client, rest)[1])
    return secret


def place_of_an_asset() -> Secret:
    asset = lonely_asset()
    assert asset.position is not None
    lon, lat = asset.position.coords
    items = "/ogc/collections/rescue_assets/items"
    tile = tile_at(lon, lat, 16)

    def exact(feature: Any) -> bool:
        return feature is not None and near(feature["geometry"]["coordinates"], (lon, lat), 1e-6)

    def on_the_tile(client: Client) -> bool:
        feature = decoded(vector_tile(client, "rescue_assets", tile)).get(asset.code)
        return feature is not None and near(place_in(tile, *feature["geometry"]["coordinates"]), (lon, lat), 1e-5)

    def on_the_picture_tile(client: Client) -> bool:
        z, x, y = tile_at(lon, lat, 19)
        return bool(pixels(ask(client, f"/tiles/rescue_assets/{z}/{x}/{y}.png")[1])[..., 3].any())

    def on_the_map(client: Client) -> bool:
        return colour_at(wms_picture(client, "rescue_assets", 4326, square(lon, lat, 1e-5)), 10, 10) != WHITE

    def in_the_snapshot(client: Client) -> bool:
        features = snapshot(client, "assets")["features"]
        return exact(next(feature for feature in features if feature["id"] == asset.code))

    return Secret(
        asset.commune_id,
        {
            "items": lambda client: exact(
                next(f for f in read(client, items, limit=1000)["features"] if f["id"] == asset.code)
            ),
            "box": lambda client: asset.code in ids(read(client, items, bbox=around(lon, lat, 1e-4))),
            "count": lambda client: read(client, items, bbox=around(lon, lat, 1e-4), limit=1)["numberMatched"] == 1,
            "item": lambda client: exact(read(client, f"{items}/{asset.code}")),
            "vector tile": on_the_tile,
            "picture tile": on_the_picture_tile,
            "wms": on_the_map,
            "rest": lambda client: exact(read(client, f"/api/disaster/assets/{asset.code}")),
            "snapshot": in_the_snapshot,
        },
    )


SECRETS: dict[str, Callable[[], Secret]] = {
    "defence land": defence_land,
    "the owner of a forest plot": owner_of_a_plot,
    "the contact of a licence's holder": contact_of_a_holder,
    "whom to call at a shelter": contact_of_a_shelter,
    "the contact of an asset's crew": contact_of_a_crew,
    "where exactly an asset is": place_of_an_asset,
}


@pytest.mark.parametrize("member", EVERYBODY)
@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_told_to_those_of_the_table_alone(db: None, name: str, member: str) -> None:
    secret = SECRETS[name]()
    client = browser_of(member, secret.home)
    told = {form: tells(client) for form, tells in secret.told.items()}
    assert told == dict.fromkeys(told, member in SEEN_BY[name])


def test_no_secret_of_a_layer_is_missing_from_the_table(db: None) -> None:
    private = {layer.name: {field.name for field in layer.fields if field.private} for layer in declared().values()}
    assert {name: fields for name, fields in private.items() if fields and name not in HIDDEN} == PRIVATE_FIELDS
    assert set(private) == LAYERS | set(HIDDEN)


@pytest.mark.parametrize("member", EVERYBODY)
@pytest.mark.parametrize("name", HIDDEN)
def test_a_hidden_layer_is_there_for_its_readers_alone(db: None, name: str, member: str) -> None:
    client = browser_of(member, "06685")
    exists = member in HIDDEN[name]
    z, x, y = tile_at(107.2, 21.1, 6)
    for address in (
        f"/ogc/collections/{name}",
        f"/ogc/collections/{name}/items",
        f"/tiles/{name}/{z}/{x}/{y}.mvt",
        f"/tiles/{name}/{z}/{x}/{y}.png",
        f"/tiles/{name}.json",
    ):
        assert found(client, address) is exists, address
    for address in ("/", "/ogc/collections", "/ogc/api", "/wms?request=GetCapabilities", "/live/snapshot?topics=x"):
        assert (f"{name}".encode() in ask(client, address)[1]) is exists, address


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_what_is_published_is_the_same_for_everybody(db: None, name: str) -> None:
    """All but defence and security land, which those see who may, each in his commune."""
    secret = defence_land()
    items = f"/ogc/collections/{name}/items"
    seen = {
        member: ids(read(browser_of(member, secret.home), items, limit=10000))
        for member in (NOBODY, "an account without roles", "a land officer", "commune staff", "a leader")
    }
    hidden = Parcel.objects.current().filter(land_use_id__in=HIDDEN_USES)
    everywhere = set(hidden.values_list("identifier", flat=True)) if name == "parcels" else set()
    at_home = set(hidden.filter(commune_id=secret.home).values_list("identifier", flat=True)) & everywhere
    assert bool(at_home) is (name == "parcels")
    assert seen[NOBODY] == seen["an account without roles"] == seen["commune staff"]
    assert seen["a land officer"] == seen[NOBODY] | at_home
    assert seen["a leader"] == seen[NOBODY] | everywhere
    assert not everywhere & seen[NOBODY]


@pytest.mark.parametrize("name", sorted(PRIVATE_FIELDS))
def test_private_fields_exist_for_a_reader_inside_his_commune_alone(db: None, name: str) -> None:
    layer = declared()[name]
    communes = dict(layer.model._default_manager.values_list(layer.key, "commune_id"))
    home = min(communes.values())
    reader = User.objects.create_user("a reader of one commune")
    Grant.objects.create(user=reader, role=min(layer.private_roles), commune_id=home, valid_from=date(2020, 1, 1))
    client = Client()
    client.force_login(reader)
    shown = read(client, f"/ogc/collections/{name}/items", limit=10000)["features"]
    tile = decoded(vector_tile(client, name, tile_at(107.2, 21.1, 6)))
    assert {communes[feature["id"]] == home for feature in shown} == {True, False}
    assert tile
    told = [(feature["id"], feature["properties"]) for feature in shown]
    told += [(key, feature["properties"]) for key, feature in tile.items()]
    for key, properties in told:
        inside = communes[key] == home
        assert PRIVATE_FIELDS[name] & set(properties) == (PRIVATE_FIELDS[name] if inside else set())


@pytest.fixture
def forgetful(db: None) -> Iterator[None]:
    """Extents are remembered for a minute; what moves changes no version."""
    cache.clear()
    yield
    cache.clear()


def seen_by_leaders_before(layer: str) -> None:
    """What is remembered for one viewer must not be told to another."""
    extent_of(declared()[layer], Viewer(0, "a leader", frozenset({(LEADER, "*")})))


@pytest.mark.parametrize("member", EVERYBODY)
def test_an_extent_ends_where_the_viewer_sees_the_last_parcel(forgetful: None, member: str) -> None:
    """Defence land far out at sea, south of all else."""
    parcel = offshore_defence_land()
    seen_by_leaders_before("parcels")
    _west, south, _east, _north = bounds_of(browser_of(member, parcel.commune_id), "parcels")
    assert (south < 20.72) is (member in SEEN_BY["defence land"])


@pytest.mark.parametrize("member", EVERYBODY)
def test_an_extent_ends_where_the_viewer_sees_the_last_asset(forgetful: None, member: str) -> None:
    """An asset far out at sea, east of all else."""
    asset = lonely_asset()
    AssetPosition.objects.create(asset=asset, time=timezone.now(), position=Point(109.0041, 20.0, srid=4326))
    seen_by_leaders_before("rescue_assets")
    _west, _south, east, _north = bounds_of(browser_of(member, asset.commune_id), "rescue_assets")
    exact = member in SEEN_BY["where exactly an asset is"]
    assert east == pytest.approx(109.0041 if exact else 109.0, abs=1e-7)


def offshore_defence_land() -> Parcel:
    east, north = 440000.0, 2290000.0
    ring = [
        BoundaryPoint.objects.create(geom=Point(east + dx, north + dy, srid=5899), method="gnss").pk
        for dx, dy in ((0, 0), (10, 0), (10, 10), (0, 10))
    ]
    return Parcel.objects.create(
        identifier="999999999901", commune_id="06685", sheet=1, number=1, land_use_id="CQP", legal_area_m2=100,
        valid_from="2025-07-01", source="test", ring=ring, geom="SRID=5899;POLYGON((0 0,1 0,1 1,0 0))",
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    corner=st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02)),
    size=st.tuples(st.floats(0, 0.03), st.floats(0, 0.03)),
)
def test_boxes_tell_the_public_nothing_but_the_published_position(
    client: Client, db: None, corner: tuple[float, float], size: tuple[float, float]
) -> None:
    """However boxes are chosen: an asset meets one exactly where its rounded position does."""
    asset = lonely_asset()
    assert asset.position is not None
    items = "/ogc/collections/rescue_assets/items"
    lon, lat = read(client, f"{items}/{asset.code}")["geometry"]["coordinates"]
    assert (lon, lat) == (round(lon, 2), round(lat, 2))
    west, south = asset.position.x + corner[0], asset.position.y + corner[1]
    east, north = west + size[0], south + size[1]
    answer = read(client, items, bbox=f"{west!r},{south!r},{east!r},{north!r}", limit=1000)
    assert (asset.code in ids(answer)) is (west <= lon <= east and south <= lat <= north)
    assert answer["numberMatched"] == len(answer["features"])


def test_a_shared_answer_may_be_kept_by_all_and_a_personal_one_by_nobody_else(db: None) -> None:
    secret = owner_of_a_plot()
    public, forester = browser_of(NOBODY, secret.home), browser_of("a forester", secret.home)
    code = ForestPlot.objects.get(owner_name=SENTINEL).code
    for path in ("", "?limit=1", f"/{code}"):
        shared, _body = ask(public, f"/ogc/collections/forest_plots/items{path}")
        personal, _body = ask(forester, f"/ogc/collections/forest_plots/items{path}")
        assert "private" not in shared["Cache-Control"] and "private" in personal["Cache-Control"]
        assert "Cookie" in shared["Vary"] and "Cookie" in personal["Vary"]
    for path in ("", "/forest_plots"):
        personal, _body = ask(forester, f"/ogc/collections{path}")
        assert "private" in personal["Cache-Control"]


@pytest.mark.parametrize("kind", ["mvt", "png"])
def test_an_etag_is_not_shared_between_viewers_who_see_differently(db: None, kind: str) -> None:
    parcel = Parcel.objects.current().filter(land_use_id__in=HIDDEN_USES)[0]
    z, x, y = tile_at(*parcel.geom.point_on_surface.transform(4326, clone=True).coords, 16)
    address = f"/tiles/parcels/{z}/{x}/{y}.{kind}"
    public, officer = (browser_of(member, parcel.commune_id) for member in (NOBODY, "a land officer"))
    shared, _body = ask(public, address)
    personal, _body = ask(officer, address, If_None_Match=shared["ETag"])
    assert (personal.status_code, personal["Cache-Control"]) == (200, "private, no-cache")
    assert ask(public, address, If_None_Match=personal["ETag"])[0].status_code == 200
    assert ask(public, address, If_None_Match=shared["ETag"])[0].status_code == 304


def lonely_asset() -> RescueAsset:
    """An asset well beside its published position, with no other within reach of either."""
    assets = list(RescueAsset.objects.filter(position__isnull=False).order_by("code"))
    for asset in assets:
        lon, lat = asset.position.coords  # type: ignore[union-attr]
        aside = min(abs(lon - round(lon, 2)), abs(lat - round(lat, 2))) > 0.001
        others = (other.position.distance(asset.position) for other in assets if other is not asset)  # type: ignore[union-attr]
        if aside and min(others) > 0.015:
            return asset
    raise AssertionError("the province has no asset that stands alone")


def ids(page: Any) -> set[Any]:
    return {feature["id"] for feature in page["features"]}


def found(client: Client, address: str) -> bool:
    """Whether there is something; what may not be known of is not there."""
    answer, _body = ask(client, address)
    assert answer.status_code in (200, 404)
    return bool(answer.status_code == 200)


def unescaped(body: bytes) -> bytes:
    """JSON with its letters as they are."""
    return json.dumps(json.loads(body), ensure_ascii=False).encode()


def snapshot(client: Client, topic: str) -> Any:
    """The topic's state as the viewer is shown it; the address itself needs a transaction of its own."""
    found = topics.find(topic)
    assert found is not None
    return found.snapshot(viewer_of(get_user(client)))  # type: ignore[arg-type]


def vector_tile(client: Client, layer: str, tile: tuple[int, int, int]) -> bytes:
    z, x, y = tile
    return ask(client, f"/tiles/{layer}/{z}/{x}/{y}.mvt")[1]


def wms_picture(client: Client, layer: str, srid: int, box: tuple[float, ...]) -> bytes:
    query = {
        "version": "1.1.1", "request": "GetMap", "layers": layer, "styles": "", "srs": f"EPSG:{srid}",
        "bbox": ",".join(map(repr, box)), "width": "21", "height": "21", "format": "image/png",
    }  # fmt: skip
    answer, body = ask(client, "/wms", query=query)
    assert answer.status_code == 200, body
    return body


def bounds_of(client: Client, layer: str) -> list[float]:
    bounds: list[float] = read(client, f"/ogc/collections/{layer}")["extent"]["spatial"]["bbox"][0]
    return bounds


def square(x: float, y: float, half: float) -> tuple[float, float, float, float]:
    return x - half, y - half, x + half, y + half


def around(lon: float, lat: float, half: float) -> str:
    return ",".join(map(repr, square(lon, lat, half)))


def near(place: Any, other: tuple[float, float], degrees: float) -> bool:
    return abs(place[0] - other[0]) < degrees and abs(place[1] - other[1]) < degrees
