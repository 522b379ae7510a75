"""A layer or topic that a viewer may not know of: to every address its name is a word like any other."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from gis.access.roles import LEADER
from gis.access.viewer import Areas, Viewer
from gis.geometry.crs import WGS84_SRID
from gis.layers import Field, Label, Layer, Rule, Style, registry
from gis.live import topics
from gis.live.asking import topics_asked
from gis.live.topics import OpenTopic, Payload
from gis.places.models import Commune
from support.cast import NOBODY, browser_of
from support.features import ask, read
from support.tiles import decoded

HOME = "06688"
NAME, NONSENSE = "test_bunkers", "test_nothings"
"""As long as one another, so that answers about the two can be compared byte by byte."""
MAP = (
    "/wms?version=1.3.0&request=GetMap&layers={name}&styles=&crs=EPSG:4326&bbox=20.6,106.4,21.8,108.2"
    "&width=200&height=200&format=image/png"
)
ADDRESSES = (
    "/ogc/collections/{name}",
    "/ogc/collections/{name}/items",
    "/ogc/collections/{name}/items/06688",
    "/ogc/collections/{name}/tiles/WebMercatorQuad/6/28/51",
    "/tiles/{name}/6/51/28.mvt",
    "/tiles/{name}/6/51/28.png",
    "/tiles/{name}.json",
    MAP,
    MAP.replace("{name}", "communes,{name}").replace("styles=", "styles=,"),
    "/wms?version=1.1.1&request=GetLegendGraphic&layer={name}&format=image/png",
    "/print?layers={name}&scale=25000&center=430000,2317000",
    "/live/snapshot?topics={name}",
    "/live/snapshot?topics=storms,{name}",
)
CATALOGUES = (
    "/",
    "/ogc/collections",
    "/ogc/api",
    "/wms?service=WMS&request=GetCapabilities&version=1.1.1",
    "/wms?service=WMS&request=GetCapabilities&version=1.3.0",
)


class Bunkers(Layer):
    name = NAME
    title = "Hầm trú ẩn 5e21"
    group = "Thử nghiệm"
    model = Commune
    geometry_type = "Point"
    geometry = "label"
    srid = WGS84_SRID
    key = "code"
    area = "code"
    readers = private_roles = frozenset({LEADER, "commune_staff"})
    fields = (Field("code", "Mã"), Field("name", "Tên"))
    styles = (Style("bunker", "Hầm", (Rule("Hầm", fill="#aa0000", marker="square"),), labels=(Label("name"),)),)
    live_topic = NAME


class BunkerNews(OpenTopic):
    name = NAME
    title = "Hầm trú ẩn"
    readers = Bunkers.readers

    def snapshot(self, viewer: Viewer) -> Payload:
        return {"bunkers": 3}


@pytest.fixture(autouse=True)
def bunkers(db: None) -> Iterator[None]:
    registry.register(Bunkers)
    topics.register(BunkerNews)
    yield
    registry.unregister(NAME)
    topics.unregister(NAME)


@pytest.mark.parametrize("member", [NOBODY, "an account without roles", "a duty officer", "an operator"])
def test_a_layer_that_is_not_for_a_viewer_answers_like_one_that_is_not_there(member: str) -> None:
    client = browser_of(member, HOME)
    for address in ADDRESSES:
        hidden, absent = (ask(client, address.format(name=name)) for name in (NAME, NONSENSE))
        assert hidden[0].status_code == absent[0].status_code in (400, 404), address
        assert hidden[1].replace(NAME.encode(), NONSENSE.encode()) == absent[1], address
        assert hidden[0]["Cache-Control"] == absent[0]["Cache-Control"]
        assert NAME not in ask(client, address.format(name=NONSENSE))[1].decode()


@pytest.mark.parametrize("member", [NOBODY, "an account without roles", "a duty officer", "an operator"])
def test_no_catalogue_tells_a_layer_that_is_not_for_the_viewer(member: str) -> None:
    client = browser_of(member, HOME)
    for address in CATALOGUES:
        text = ask(client, address)[1].decode()
        assert NAME not in text and "5e21" not in text, address


@pytest.mark.parametrize("member", ["a leader", "commune staff"])
def test_the_layer_is_there_for_those_it_is_for(member: str) -> None:
    client = browser_of(member, HOME)
    for address in ADDRESSES:
        if "live" not in address:  # the snapshot needs a transaction of its own
            answer, body = ask(client, address.format(name=NAME))
            assert answer.status_code == 200, (address, body)
            assert "public" not in answer["Cache-Control"], address
    for address in CATALOGUES:
        assert re.search(rf"\b{NAME}\b", ask(client, address)[1].decode()), address


def test_its_rows_are_each_readers_own() -> None:
    staff, leader = browser_of("commune staff", HOME), browser_of("a leader", HOME)
    items = f"/ogc/collections/{NAME}/items"
    assert [feature["id"] for feature in read(staff, items)["features"]] == [HOME]
    assert read(staff, items)["numberMatched"] == 1
    assert set(decoded(ask(staff, f"/tiles/{NAME}/6/50/28.mvt")[1])) <= {HOME}
    assert len(read(leader, items, limit=100)["features"]) == Commune.objects.filter(label__isnull=False).count()
    assert ask(staff, f"{items}/06712")[0].status_code == 404


def test_a_topic_is_known_to_its_readers_alone(rf: object) -> None:
    leader = Viewer(1, "x", frozenset({(LEADER, "*")}))
    assert NAME in topics.names(leader) and NAME not in topics.names(Viewer.public())
    request = rf.get("/live/")  # type: ignore[attr-defined]
    assert NAME in {topic.name for topic in topics_asked(request, leader)}
    assert NAME not in {topic.name for topic in topics_asked(request, Viewer.public())}


def test_a_layer_with_readers_who_see_none_of_it_is_refused() -> None:
    class Closed(Bunkers):
        name = "test_closed"
        readers = frozenset({"lawyer"})

        def rows(self, areas: Areas) -> object:  # type: ignore[override]
            raise AssertionError("never asked")

    with pytest.raises(ValueError, match="lawyer"):
        registry.register(Closed)


def test_readers_are_not_told_by_an_address_that_they_may_share(client: Client) -> None:
    """A legend holds nothing of the rows, and still nobody else may be handed it by a cache."""
    answer, _body = ask(browser_of("a leader", HOME), ADDRESSES[9].format(name=NAME))
    assert answer["Cache-Control"] == "private, no-cache"


def test_no_declared_layer_with_readers_gives_rows_to_a_viewer_without_areas() -> None:
    hidden = [layer for layer in registry.declared().values() if layer.readers is not None]
    assert {layer.name for layer in hidden} == {NAME, "incidents"}
    for layer in hidden:
        assert layer.rows("*").exists() and not layer.rows("").exists(), layer.name
