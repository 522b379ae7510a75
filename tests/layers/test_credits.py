"""Every map and service says that outlines are no legal boundaries, and whose data it shows, in both languages."""

import json
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import translation

from gis.access.viewer import Viewer
from gis.layers import registry
from gis.layers.credits import COAST, credit_line, credits_of
from gis.maps.drawing import legend_of
from support.features import ask, read
from support.pictures import pixels

NOTICES = {"vi": "Không phải ranh giới pháp lý", "en": "Not a legal boundary"}
BEST_TRACK = {
    "vi": "Đường đi bão: JTWC (phạm vi công cộng) và IBTrACS",
    "en": "Best tracks of JTWC (public domain) and IBTrACS",
}
STORMS = ("storm_tracks", "storm_fixes", "wind_radii")


@pytest.fixture(params=NOTICES)
def language(request: pytest.FixtureRequest, client: Client, db: None) -> str:
    client.cookies["django_language"] = request.param
    return str(request.param)


def test_the_notice_comes_first_and_each_source_once() -> None:
    layers = [registry.declared()[name] for name in STORMS]
    with translation.override("en"):
        assert credits_of(layers, COAST, COAST) == [
            NOTICES["en"], "Halong: the open map of Quảng Ninh", BEST_TRACK["en"], "Coast and borders: Natural Earth",
        ]  # fmt: skip
        assert credit_line([]) == "Not a legal boundary · Halong: the open map of Quảng Ninh"


def test_the_map_page_is_given_the_credits(client: Client, language: str) -> None:
    page = ask(client, "/")[1].decode()
    config = json.loads(page.partition('<script id="config" type="application/json">')[2].partition("</script>")[0])
    assert config["credits"][0] == NOTICES[language]
    assert BEST_TRACK[language] in config["credits"] and len(set(config["credits"])) == len(config["credits"])


@pytest.mark.parametrize("address", ["/ogc", "/ogc/collections", "/ogc/collections/communes", "/tiles/parcels.json"])
def test_json_documents_tell_it_as_their_attribution(client: Client, language: str, address: str) -> None:
    assert read(client, address)["attribution"].startswith(NOTICES[language])


def test_each_collection_names_its_own_sources(client: Client, language: str) -> None:
    told = {each["id"]: each["attribution"] for each in read(client, "/ogc/collections")["collections"]}
    assert all(line.startswith(NOTICES[language]) for line in told.values())
    assert {name for name, line in told.items() if BEST_TRACK[language] in line} == set(STORMS)


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_wms_tells_it_of_the_service_and_of_every_layer(client: Client, language: str, version: str) -> None:
    body = ask(client, f"/wms?service=WMS&request=GetCapabilities&version={version}")[1]
    document = ElementTree.fromstring(body)
    for element in document.iter():
        element.tag = element.tag.rpartition("}")[2]
    assert document.findtext("Service/AccessConstraints") not in (None, "", "none")
    assert str(document.findtext("Capability/Layer/Attribution/Title")).startswith(NOTICES[language])
    named = [layer for layer in document.iter("Layer") if layer.find("Name") is not None]
    assert len(named) == len(registry.all_layers(Viewer.public()))
    assert all(str(layer.findtext("Attribution/Title")).startswith(NOTICES[language]) for layer in named)


def test_a_legend_of_areas_on_the_legal_grid_ends_with_the_notice(db: None) -> None:
    """The same legend without its last line is the one of rules alone; storms need no such line."""
    layer = registry.declared()["communes"]
    with_notice = legend_of(layer, layer.styles[0])
    plain = legend_of(type("Elsewhere", (type(layer),), {"srid": 4326})(), layer.styles[0])
    assert with_notice.height - plain.height == 18
    rows = pixels(with_notice.picture)[..., :3]
    assert (rows[: plain.height, : plain.width] == pixels(plain.picture)[..., :3]).mean() > 0.99
    assert rows[plain.height :].min() < 128
