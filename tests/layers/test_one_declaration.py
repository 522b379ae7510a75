"""A layer is declared once, and every format has it; a declaration that would give something away is refused."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from gis.access.viewer import Viewer
from gis.geometry.crs import WGS84_SRID
from gis.layers import Field, Label, Layer, Rule, Style, registry
from gis.places.models import Commune
from gis.problems import NotFound
from support.features import ask, read
from support.pictures import is_blank
from support.tiles import decoded, tile_at

ITEMS = "/ogc/collections/test_seats/items"
WMS = (
    "/wms?version=1.1.1&request=GetMap&layers=test_seats&styles=&srs=EPSG:4326&bbox=106.4,20.6,108.2,21.8"
    "&width=200&height=200&format=image/png"
)


class Seats(Layer):
    """All that it takes."""

    name = "test_seats"
    title = "Trung tâm xã"
    group = "Thử nghiệm"
    model = Commune
    geometry_type = "Point"
    geometry = "label"
    srid = WGS84_SRID
    key = "code"
    fields = (Field("code", "Mã"), Field("name", "Tên"), Field("name_en", "Tên tiếng Anh", private=True))
    styles = (Style("seat", "Trung tâm", (Rule("Xã", fill="#aa0000", marker="square", size=12),)),)
    private_roles = frozenset({"leader"})
    area = "code"


@pytest.fixture
def seats(db: None) -> Iterator[Layer]:
    registry.register(Seats)
    yield registry.declared()["test_seats"]
    registry.unregister("test_seats")


@pytest.fixture
def commune(seats: Layer) -> Commune:
    return Commune.objects.filter(label__isnull=False)[0]


def addresses(commune: Commune) -> list[str]:
    """Where the layer is, in every format."""
    z, x, y = tile_at(commune.label.x, commune.label.y, 12)
    return [
        "/ogc/collections/test_seats",
        ITEMS,
        f"{ITEMS}/{commune.code}",
        f"/tiles/test_seats/{z}/{x}/{y}.mvt",
        f"/tiles/test_seats/{z}/{x}/{y}.png",
        f"/ogc/collections/test_seats/tiles/WebMercatorQuad/{z}/{y}/{x}",
        WMS,
        "/wms?version=1.3.0&request=GetLegendGraphic&layer=test_seats&format=image/png",
    ]


def test_one_class_publishes_a_layer_in_every_format(client: Client, commune: Commune) -> None:
    for address in addresses(commune):
        assert ask(client, address)[0].status_code == 200, address
    assert len(read(client, ITEMS, limit=100)["features"]) == Commune.objects.filter(label__isnull=False).count()
    single = read(client, f"{ITEMS}/{commune.code}")
    assert single["properties"] == {"code": commune.code, "name": commune.name}
    z, x, y = tile_at(commune.label.x, commune.label.y, 12)
    tile = decoded(ask(client, f"/tiles/test_seats/{z}/{x}/{y}.mvt")[1])
    assert tile[commune.code]["properties"] == {"id": commune.code, **single["properties"]}
    assert not is_blank(ask(client, WMS)[1])
    assert not is_blank(ask(client, f"/tiles/test_seats/{z}/{x}/{y}.png")[1])


def test_a_key_that_is_no_number_stays_a_property_of_its_tile(client: Client, commune: Commune) -> None:
    """The format's own identifier of a feature is a number; a layer without one does not invent any."""
    z, x, y = tile_at(commune.label.x, commune.label.y, 12)
    tile = decoded(ask(client, f"/tiles/test_seats/{z}/{x}/{y}.mvt")[1])
    assert not tile[commune.code].get("id")


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/ogc/collections",
        "/ogc/api",
        "/wms?service=WMS&request=GetCapabilities&version=1.1.1",
        "/wms?service=WMS&request=GetCapabilities&version=1.3.0",
    ],
)
def test_every_catalogue_names_the_layer(client: Client, seats: Layer, address: str) -> None:
    assert re.search(r"\btest_seats\b", ask(client, address)[1].decode())
    registry.unregister("test_seats")
    try:
        assert "test_seats" not in ask(client, address)[1].decode()
    finally:
        registry.register(Seats)


def test_a_layer_taken_back_is_nowhere(client: Client, db: None) -> None:
    commune = Commune.objects.filter(label__isnull=False)[0]
    for address in addresses(commune):
        assert ask(client, address)[0].status_code in (400, 404), address


def test_private_fields_exist_where_the_viewer_reads_them(seats: Layer) -> None:
    def names(areas: str) -> list[str]:
        return [field.name for field in seats.fields_for(areas)]

    leader = Viewer(1, "x", frozenset({("leader", "06685")}))
    assert names("") == ["code", "name"]
    assert names("06685") == names("*") == ["code", "name", "name_en"]
    assert seats.areas_of(leader) == "06685"
    assert seats.areas_of(Viewer(2, "y", frozenset({("land_officer", "*")}))) == seats.areas_of(Viewer.public()) == ""


@pytest.mark.parametrize(
    "style",
    [
        Style("secret", "x", (Rule("y", values=("a",), fill="#000000"),), field="name_en"),
        Style("secret", "x", (Rule("y", fill="#000000"),), labels=(Label("name_en"),)),
        Style("secret", "x", (Rule("y", fill="#000000"),), field="no_such_field"),
    ],
)
def test_a_style_that_draws_what_not_everybody_may_see_is_refused(style: Style) -> None:
    class Indiscreet(Seats):
        name = "test_indiscreet"
        styles = (style,)

    with pytest.raises(ValueError, match="secret"):
        registry.register(Indiscreet)
    with pytest.raises(NotFound):
        registry.get("test_indiscreet", Viewer.public())


def test_a_name_is_given_once(seats: Layer) -> None:
    with pytest.raises(ValueError, match="test_seats"):
        registry.register(Seats)


def test_layers_are_listed_in_drawing_order(seats: Layer) -> None:
    places = [(layer.position, layer.name) for layer in registry.declared().values()]
    assert places == sorted(places)
    assert [layer.style() for layer in registry.declared().values()] == [
        layer.styles[0] for layer in registry.declared().values()
    ]
    assert seats.style("no such style") is None
