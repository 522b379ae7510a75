"""The table of who may see what holds in every format."""

import json
from collections.abc import Callable
from typing import Any

import mapbox_vector_tile
import pytest
from django.contrib.postgres.functions import TransactionNow
from django.test import Client

from disaster.models import RescueAsset
from gis.access.models import User
from gis.access.viewer import Viewer
from gis.layers.query import Box, LayerQuery
from gis.layers.registry import all_layers, get
from gis.layers.versions import version_of_layer
from gis.maps.drawing.pictures import render
from gis.maps.drawing.requests import MapRequest
from land.codes import HIDDEN_USES
from land.models import Parcel

PUBLIC_LAYERS = {
    "communes",
    "parcels",
    "forest_plots",
    "mining_concessions",
    "storm_fixes",
    "storm_tracks",
    "wind_radii",
    "rescue_assets",
}
PRIVATE_FIELDS = {
    "forest_plots": {"owner_name"},
    "mining_concessions": {"holder_contact"},
    "rescue_assets": {"crew", "fuel_percent", "contact"},
}
SEES_PRIVATE = {
    "forest_plots": {"forest", "leader", "admin"},
    "mining_concessions": {"mines", "leader", "admin"},
    "rescue_assets": {"duty", "team1", "leader", "admin"},
}
EVERYBODY = (
    "",
    "viewer",
    "land.halong",
    "land.mongcai",
    "forest",
    "mines",
    "duty",
    "team1",
    "leader",
    "admin",
    "lawyer",
)


@pytest.fixture
def browsing(db: None) -> Callable[[str], Client]:
    """`browsing("duty")`: a client signed in as that account; "" is the public."""

    def client(username: str) -> Client:
        made = Client()
        if username:
            made.force_login(User.objects.get(username=username))
        return made

    return client


@pytest.fixture
def hidden(db: None) -> Parcel:
    """A parcel of defence or security land in the commune of Hạ Long's officer (06685)."""
    use = HIDDEN_USES[0]
    parcel = Parcel.objects.current().filter(commune_id="06685").order_by("-area_m2")[0]
    Parcel.objects.filter(pk=parcel.pk).update(recorded_to=TransactionNow())
    fields = (
        "identifier",
        "commune_id",
        "sheet",
        "number",
        "legal_area_m2",
        "ring",
        "geom",
        "valid_from",
        "source",
    )
    return Parcel.objects.create(
        **{field: getattr(parcel, field) for field in fields}, land_use_id=use, version=parcel.version + 1
    )


def items(client: Client, layer: str, **query: Any) -> Any:
    answer = client.get(f"/ogc/collections/{layer}/items", query)
    assert answer.status_code == 200, answer.content
    return json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]


def around(parcel: Parcel) -> tuple[float, float, float, float]:
    shape = parcel.geom.transform(4326, clone=True)
    return shape.extent


def tile_of(parcel: Parcel, zoom: int = 16) -> tuple[int, int, int]:
    centre = parcel.geom.point_on_surface.transform(3857, clone=True)
    side = 2 * 20037508.342789244 / (1 << zoom)
    return zoom, int((centre.x + 20037508.342789244) / side), int((20037508.342789244 - centre.y) / side)


def test_the_layers_of_the_contract_are_published(db: None) -> None:
    assert {layer.name for layer in all_layers()} == PUBLIC_LAYERS


@pytest.mark.parametrize("username", EVERYBODY)
@pytest.mark.parametrize("layer", sorted(PUBLIC_LAYERS))
def test_everybody_reads_every_layer_and_private_fields_only_by_role(
    browsing: Callable[[str], Client], layer: str, username: str
) -> None:
    client = browsing(username)
    features = items(client, layer, limit=3)["features"]
    assert features
    sees = username in SEES_PRIVATE.get(layer, set())
    for feature in features:
        assert (PRIVATE_FIELDS.get(layer, set()) <= set(feature["properties"])) is sees or layer not in PRIVATE_FIELDS
        single = client.get(f"/ogc/collections/{layer}/items/{feature['id']}")
        assert json.loads(single.content)["properties"] == feature["properties"]


@pytest.mark.parametrize("username", ["", "viewer", "land.mongcai", "duty", "forest"])
def test_defence_land_does_not_exist_for_others(
    browsing: Callable[[str], Client], hidden: Parcel, username: str
) -> None:
    client = browsing(username)
    box = ",".join(map(str, around(hidden)))
    found = items(client, "parcels", bbox=box, limit=1000)
    assert hidden.identifier not in {feature["id"] for feature in found["features"]}
    assert found["numberMatched"] == len(found["features"])
    assert client.get(f"/ogc/collections/parcels/items/{hidden.identifier}").status_code == 404
    assert client.get(f"/api/land/parcels/{hidden.identifier}").status_code == 404
    zoom, x, y = tile_of(hidden)
    tile = mapbox_vector_tile.decode(client.get(f"/tiles/parcels/{zoom}/{x}/{y}.mvt").content)
    assert hidden.identifier not in {f["properties"]["id"] for f in tile.get("parcels", {"features": []})["features"]}


@pytest.mark.parametrize("username", ["land.halong", "leader", "admin", "checker"])
def test_defence_land_is_seen_by_its_officers_and_above(
    browsing: Callable[[str], Client], hidden: Parcel, username: str
) -> None:
    client = browsing(username)
    assert client.get(f"/ogc/collections/parcels/items/{hidden.identifier}").status_code == 200
    zoom, x, y = tile_of(hidden)
    answer = client.get(f"/tiles/parcels/{zoom}/{x}/{y}.mvt")
    tile = mapbox_vector_tile.decode(answer.content)
    assert hidden.identifier in {feature["properties"]["id"] for feature in tile["parcels"]["features"]}
    assert "private" in answer["Cache-Control"]


def test_pictures_of_the_public_and_of_an_officer_differ_where_land_is_hidden(province_server: Any) -> None:
    """Drawn by the render role on committed rows, apart from Django's connection."""
    parcel = Parcel.objects.using("default").current().filter(land_use_id__in=HIDDEN_USES).order_by("-area_m2").first()
    assert parcel is not None
    pictures = {
        name: _picture(parcel, viewer)
        for name, viewer in {
            "public": Viewer.public(),
            "elsewhere": Viewer(
                1, "x", frozenset({("land_officer", "06712" if parcel.commune_id != "06712" else "06685")})
            ),
            "officer": Viewer(2, "y", frozenset({("land_officer", parcel.commune_id)})),
            "leader": Viewer(3, "z", frozenset({("leader", "*")})),
        }.items()
    }
    assert pictures["public"] == pictures["elsewhere"] != pictures["officer"] == pictures["leader"]


def _picture(parcel: Parcel, viewer: Viewer) -> bytes:
    layer = get("parcels")
    west, south, east, north = parcel.geom.extent
    return render(
        MapRequest(((layer, layer.styles[0]),), viewer, 5899, (west - 5, south - 5, east + 5, north + 5), 200, 200)
    )


@pytest.fixture
def province_server(db: None) -> None:
    """The rows that the province was loaded with; named so that a reader sees why nothing is inserted here."""


def test_the_extent_tells_nothing_of_hidden_rows(hidden: Parcel) -> None:
    layer = get("parcels")
    place = Box(*hidden.geom.extent, 5899)
    public = LayerQuery(layer, Viewer.public(), (place,))
    officer = LayerQuery(layer, Viewer(1, "x", frozenset({("land_officer", "06685")})), (place,))
    assert officer.count() == (public.count() or 0) + 1


def test_the_public_cannot_find_an_exact_position_by_ever_smaller_boxes(
    browsing: Callable[[str], Client],
) -> None:
    client = browsing("")
    asset = RescueAsset.objects.exclude(position__isnull=True)[0]
    assert asset.position is not None
    shown = client.get(f"/ogc/collections/rescue_assets/items/{asset.code}").json()
    lon, lat = shown["geometry"]["coordinates"]
    assert (lon, lat) == (pytest.approx(round(lon, 2)), pytest.approx(round(lat, 2)))
    near = 0.0005
    exact = f"{asset.position.x - near},{asset.position.y - near},{asset.position.x + near},{asset.position.y + near}"
    rounded = f"{lon - near},{lat - near},{lon + near},{lat + near}"
    ids = lambda box: {feature["id"] for feature in items(client, "rescue_assets", bbox=box)["features"]}  # noqa: E731
    assert asset.code in ids(rounded)
    if abs(lon - asset.position.x) > near or abs(lat - asset.position.y) > near:
        assert asset.code not in ids(exact)


def test_duty_officers_see_the_exact_position(browsing: Callable[[str], Client]) -> None:
    asset = RescueAsset.objects.exclude(position__isnull=True)[0]
    assert asset.position is not None
    shown = browsing("duty").get(f"/ogc/collections/rescue_assets/items/{asset.code}").json()
    assert shown["geometry"]["coordinates"] == [
        pytest.approx(asset.position.x),
        pytest.approx(asset.position.y),
    ]


def test_a_shared_answer_may_be_kept_by_all_and_a_personal_one_by_nobody_else(
    browsing: Callable[[str], Client],
) -> None:
    public = browsing("").get("/ogc/collections/forest_plots/items?limit=1")
    personal = browsing("forest").get("/ogc/collections/forest_plots/items?limit=1")
    assert "public" in public["Cache-Control"] and "Cookie" in public["Vary"]
    assert "private" in personal["Cache-Control"]


def test_an_etag_is_not_shared_between_viewers_who_see_differently(
    browsing: Callable[[str], Client], hidden: Parcel
) -> None:
    zoom, x, y = tile_of(hidden)
    address = f"/tiles/parcels/{zoom}/{x}/{y}.mvt"
    public = browsing("").get(address)
    officer = browsing("land.halong").get(address, headers={"If-None-Match": public["ETag"]})
    assert officer.status_code == 200
    assert browsing("").get(address, headers={"If-None-Match": public["ETag"]}).status_code == 304


def test_a_change_makes_a_new_version_of_the_layer(hidden: Parcel) -> None:
    before = version_of_layer("parcels")
    Parcel.objects.filter(pk=hidden.pk).update(valid_to="2100-01-01")
    assert version_of_layer("parcels") != before
