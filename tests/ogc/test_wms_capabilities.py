"""The capabilities of both versions: right by their schemas, true in what they say."""

import struct
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from django.test import Client

from gis.access.viewer import Viewer
from gis.geometry.crs import transformer
from gis.layers import Layer
from gis.layers.query import LayerQuery
from gis.layers.registry import all_layers

Ask = Callable[..., Any]
WMS = "{http://www.opengis.net/wms}"
HREF = "{http://www.w3.org/1999/xlink}href"

LAYER_ORDER = [
    "Name", "Title", "Abstract", "KeywordList", "CRS", "SRS", "EX_GeographicBoundingBox",
    "LatLonBoundingBox", "BoundingBox", "Dimension", "Attribution", "Style", "MinScaleDenominator",
    "MaxScaleDenominator", "ScaleHint", "Layer",
]  # fmt: skip
"""The order that the schema and the DTD prescribe inside a Layer."""


def plain(root: Element) -> Element:
    """The tree without namespaces, for words that both versions share."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


@pytest.fixture
def capabilities(wms: Ask, shapes: Layer) -> Callable[[str], Element]:
    def read(version: str) -> Element:
        answer = wms(service="WMS", request="GetCapabilities", version=version)
        assert answer.status_code == 200
        return plain(ElementTree.fromstring(answer.content))

    return read


def layer_named(root: Element, name: str) -> Element:
    return next(layer for layer in root.iter("Layer") if layer.findtext("Name") == name)


def boxes(layer: Element) -> dict[str, tuple[float, ...]]:
    return {
        str(box.get("CRS") or box.get("SRS")): tuple(float(box.attrib[key]) for key in ("minx", "miny", "maxx", "maxy"))
        for box in layer.findall("BoundingBox")
    }


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (None, "1.3.0"), ("", "1.3.0"), ("1.3.0", "1.3.0"), ("1.1.1", "1.1.1"), ("1.2.0", "1.1.1"),
        ("100.0.0", "1.3.0"), ("0.0.0", "1.1.1"), ("1.0.0", "1.1.1"), ("1.1", "1.1.1"),
    ],
)  # fmt: skip
def test_the_version_is_agreed_on_as_the_standard_says(wms: Ask, asked: str | None, answered: str) -> None:
    answer = wms(service="WMS", request="GetCapabilities", version=asked)
    assert ElementTree.fromstring(answer.content).attrib["version"] == answered


def test_each_version_has_its_own_root_and_media_type(wms: Ask) -> None:
    new, old = (wms(request="GetCapabilities", version=version) for version in ("1.3.0", "1.1.1"))
    assert (new["Content-Type"], old["Content-Type"]) == (
        "text/xml; charset=utf-8",
        "application/vnd.ogc.wms_xml",
    )
    assert ElementTree.fromstring(new.content).tag == f"{WMS}WMS_Capabilities"
    assert b'SYSTEM "http://schemas.opengis.net/wms/1.1.1/WMS_MS_Capabilities.dtd"' in old.content
    assert wms(request="capabilities", wmtver="1.1.1")["Content-Type"] == old["Content-Type"]


@pytest.mark.parametrize("version", ["1.1.1", "1.3.0"])
def test_every_published_layer_is_there_once_in_the_order_of_the_schema(
    capabilities: Callable[[str], Element], version: str
) -> None:
    root = capabilities(version)
    named = [layer.findtext("Name") for layer in root.iter("Layer") if layer.find("Name") is not None]
    assert sorted(str(name) for name in named) == sorted(layer.name for layer in all_layers(Viewer.public()))
    for layer in root.iter("Layer"):
        places = [LAYER_ORDER.index(child.tag) for child in layer]
        assert places == sorted(places)
        assert layer.attrib["queryable"] == "0"
        assert layer.findtext("Title")


def test_texts_are_escaped(capabilities: Callable[[str], Element]) -> None:
    for version in ("1.1.1", "1.3.0"):
        assert layer_named(capabilities(version), "test_shapes").findtext("Title") == "Hình thử & <nghiệm>"


def test_systems_stand_at_the_root_and_children_inherit_them(capabilities: Callable[[str], Element]) -> None:
    new, old = capabilities("1.3.0"), capabilities("1.1.1")
    offered = [crs.text for crs in new.findall("Capability/Layer/CRS")]
    assert offered == [
        "CRS:84",
        "EPSG:4326",
        "EPSG:3857",
        "EPSG:5899",
        "EPSG:4756",
        "EPSG:3405",
        "EPSG:32648",
    ]
    assert [srs.text for srs in old.findall("Capability/Layer/SRS")] == offered[1:]
    assert not new.findall("Capability/Layer/Layer//CRS")


def test_boxes_are_exact_in_the_layers_own_system_and_hold_it_in_every_other(
    capabilities: Callable[[str], Element], shapes: Layer
) -> None:
    stored = LayerQuery(shapes, Viewer.public()).stored_extent()
    assert stored is not None
    new = boxes(layer_named(capabilities("1.3.0"), "test_shapes"))
    assert new["EPSG:5899"] == pytest.approx(stored[:4], abs=0.011)
    for srid in (3857, 3405, 32648):
        west, south, east, north = transformer(5899, srid).transform_bounds(*stored[:4])
        minx, miny, maxx, maxy = new[f"EPSG:{srid}"]
        assert minx <= west <= minx + 0.1
        assert miny <= south <= miny + 0.1
        assert maxx - 0.1 <= east <= maxx
        assert maxy - 0.1 <= north <= maxy


def test_boxes_in_degrees_have_latitude_first_in_1_3_0_only_and_the_same_digits_everywhere(
    capabilities: Callable[[str], Element],
) -> None:
    new = layer_named(capabilities("1.3.0"), "test_shapes")
    old = layer_named(capabilities("1.1.1"), "test_shapes")
    geographic = new.find("EX_GeographicBoundingBox")
    assert geographic is not None
    west, east, south, north = (child.text for child in geographic)
    new_box = next(box for box in new.findall("BoundingBox") if box.attrib["CRS"] == "EPSG:4326")
    old_box = next(box for box in old.findall("BoundingBox") if box.attrib["SRS"] == "EPSG:4326")
    keys = ("minx", "miny", "maxx", "maxy")
    assert [new_box.attrib[key] for key in keys] == [south, west, north, east]
    assert [old_box.attrib[key] for key in keys] == [west, south, east, north]
    lonlat = old.find("LatLonBoundingBox")
    assert lonlat is not None
    assert [lonlat.attrib[key] for key in keys] == [west, south, east, north]
    assert boxes(new)["CRS:84"] == pytest.approx(boxes(old)["EPSG:4326"])


def test_the_extent_of_rows_that_the_viewer_may_not_see_does_not_leak(
    capabilities: Callable[[str], Element], shapes: Layer
) -> None:
    north = boxes(layer_named(capabilities("1.3.0"), "test_shapes"))["EPSG:5899"][3]
    seen = LayerQuery(shapes, Viewer.public()).stored_extent()
    assert seen is not None
    assert north == pytest.approx(seen.maxy, abs=0.011)


def test_legends_have_the_size_that_is_announced(capabilities: Callable[[str], Element], client: Client) -> None:
    for version in ("1.1.1", "1.3.0"):
        legends = list(capabilities(version).iter("LegendURL"))
        assert len(legends) >= 3
        for legend in legends:
            address = str(legend.find("OnlineResource").attrib[HREF])  # type: ignore[union-attr]
            assert address.startswith("http://testserver/wms?")
            answer = client.get(address.removeprefix("http://testserver"))
            assert answer["Content-Type"] == legend.findtext("Format") == "image/png"
            size = struct.unpack(">II", answer.content[16:24])
            assert size == (int(legend.attrib["width"]), int(legend.attrib["height"]))


def test_limits_and_formats_are_those_that_hold(capabilities: Callable[[str], Element]) -> None:
    root = capabilities("1.3.0")
    assert [root.findtext(f"Service/{name}") for name in ("LayerLimit", "MaxWidth", "MaxHeight")] == [
        "20",
        "4096",
        "4096",
    ]
    formats = [found.text for found in root.findall("Capability/Request/GetMap/Format")]
    assert formats == ["image/png", "image/png; mode=8bit", "image/jpeg"]
    assert root.find("Capability/Request/GetFeatureInfo") is None
    assert [found.text for found in root.findall("Capability/Exception/Format")] == [
        "XML",
        "INIMAGE",
        "BLANK",
    ]


def test_a_layers_scale_limit_is_written_as_each_version_wants(
    capabilities: Callable[[str], Element], shapes: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(shapes), "max_scale", 50_000)
    assert layer_named(capabilities("1.3.0"), "test_shapes").findtext("MaxScaleDenominator") == "50000"
    hint = layer_named(capabilities("1.1.1"), "test_shapes").find("ScaleHint")
    assert hint is not None
    assert float(hint.attrib["max"]) == pytest.approx(50_000 * 0.00028 * 2**0.5)


def test_addresses_are_those_of_the_public_base_where_one_is_set(
    capabilities: Callable[[str], Element], settings: Any
) -> None:
    addresses = {element.attrib[HREF] for element in capabilities("1.3.0").iter("OnlineResource")}
    assert all(address.startswith("http://testserver/wms?") for address in addresses)
    settings.PUBLIC_URL = "https://map.example.vn"
    addresses = {element.attrib[HREF] for element in capabilities("1.3.0").iter("OnlineResource")}
    assert "https://map.example.vn/wms?" in addresses
    assert all(address.startswith("https://map.example.vn/wms?") for address in addresses)


def test_a_host_that_is_not_ours_gets_no_document(client: Client, db: None) -> None:
    answer = client.get("/wms", {"request": "GetCapabilities"}, headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.content


def test_the_note_that_nothing_here_is_a_legal_boundary_is_there(
    capabilities: Callable[[str], Element],
) -> None:
    for version in ("1.1.1", "1.3.0"):
        document = capabilities(version)
        assert "không phải ranh giới pháp lý" in str(document.findtext("Service/AccessConstraints"))
        told = str(layer_named(document, "test_shapes").findtext("Attribution/Title")).split(" · ")
        assert (told[0], told[-1]) == ("Không phải ranh giới pháp lý", "Halong's tests")


def test_a_legend_can_be_asked_for_by_scale_size_and_ground(wms: Ask, shapes: Layer) -> None:
    usual = {"request": "GetLegendGraphic", "version": "1.3.0", "layer": "test_shapes", "format": "image/png"}
    default = wms(**usual)
    assert default.content == wms(**usual, style="kinds").content
    assert default["Cache-Control"].startswith("public")
    for changes in (
        {"style": "outline"},
        {"width": "60", "height": "40"},
        {"transparent": "TRUE"},
        {"bgcolor": "0x00FFFF"},
    ):
        changed = wms(**usual, **changes)
        assert (changed.status_code, changed.content != default.content) == (200, True)
    outline = {**usual, "style": "outline"}
    assert wms(**outline, scale="1e3").content != wms(**outline, scale="1e4").content


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"layer": None}, "MissingParameterValue"),
        ({"layer": "nope"}, "LayerNotDefined"),
        ({"style": "nope"}, "StyleNotDefined"),
        ({"format": "image/jpeg"}, "InvalidFormat"),
        ({"format": "image/svg+xml"}, "InvalidFormat"),
        ({"width": "5000"}, "InvalidParameterValue"),
        ({"scale": "-1"}, "InvalidParameterValue"),
        ({"scale": "x"}, "InvalidParameterValue"),
        ({"sld": "file:///etc/passwd"}, "OperationNotSupported"),
    ],
)
def test_a_wrong_legend_request_says_what_is_wrong(
    wms: Ask, shapes: Layer, changes: dict[str, str | None], code: str
) -> None:
    usual = {"request": "GetLegendGraphic", "version": "1.3.0", "layer": "test_shapes", "format": "image/png"}
    answer = wms(**{**usual, **changes})
    assert answer.status_code == 400
    assert ElementTree.fromstring(answer.content)[0].attrib["code"] == code
