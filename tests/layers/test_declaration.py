"""One class publishes a layer in every format."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

import mapbox_vector_tile
import pytest
from django.test import Client

from forests.models import ForestPlot
from gis.access.viewer import Viewer
from gis.environment import ROOT
from gis.geometry.crs import WGS84_SRID
from gis.layers import Field, Label, Layer, Rule, Style, register
from gis.layers.query import LayerQuery
from gis.layers.registry import all_layers, declared, unregister
from gis.places.models import Commune


@pytest.fixture
def labels() -> Iterator[Layer]:
    """Communes' label positions as a layer of their own, one field private."""

    @register
    class Labels(Layer):
        name = "test_labels"
        title = "Labels"
        group = "Test"
        model = Commune
        geometry_type = "Point"
        geometry = "label"
        srid = WGS84_SRID
        key = "code"
        area = "code"
        private_roles: ClassVar[frozenset[str]] = frozenset({"keeper"})
        fields = (Field("name", "Name"), Field("name_en", "English name", private=True))
        styles = (Style("dot", "Dot", (Rule("Label", fill="#aa0000", marker="circle"),)),)

    yield declared()["test_labels"]
    unregister("test_labels")


def test_it_is_in_every_format_at_once(client: Client, db: None, labels: Layer) -> None:
    collections = client.get("/ogc/collections").json()["collections"]
    assert "test_labels" in {each["id"] for each in collections}
    feature = client.get("/ogc/collections/test_labels/items/06685").json()
    assert feature["properties"] == {"name": "Hồng Gai"}
    tile = mapbox_vector_tile.decode(client.get("/tiles/test_labels/0/0/0.mvt").content)
    assert len(tile["test_labels"]["features"]) == 54
    capabilities = client.get("/wms?SERVICE=WMS&REQUEST=GetCapabilities").content.decode()
    assert "<Name>test_labels</Name>" in capabilities
    assert "test_labels" in client.get("/").content.decode()


def test_a_private_field_is_seen_row_by_row(db: None, labels: Layer) -> None:
    keeper = Viewer(1, "k", frozenset({("keeper", "06685")}))
    features = dict(LayerQuery(labels, keeper, keys=("06685", "06688")).features())
    assert '"name_en"' in features["06685"]
    assert '"name_en"' not in features["06688"]


def test_the_class_in_the_readme_is_a_layer() -> None:
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    body = code[1].split("@register\n")[1]
    assert len(body.strip().splitlines()) <= 15
    names: dict[str, Any] = {
        "Layer": Layer, "Field": Field, "Rule": Rule, "Style": Style, "Well": Commune, "_": str, "READERS": frozenset()
    }  # fmt: skip
    exec(compile(body, "README.md", "exec"), names)
    register(names["Wells"])
    assert declared()["wells"].styles[0].rules[0].marker == "circle"
    unregister("wells")


def test_a_style_draws_only_what_everybody_may_see() -> None:
    class Leaky(Layer):
        name = "leaky"
        fields = (Field("owner", "Owner", private=True),)
        styles = (Style("owner", "Owner", (Rule("x"),), labels=(Label("owner"),)),)

    with pytest.raises(ValueError, match="not public"):
        register(Leaky)
    assert "leaky" not in {layer.name for layer in declared().values()}


@pytest.mark.parametrize("zoom", range(23))
def test_every_layer_answers_at_every_zoom(client: Client, db: None, zoom: int) -> None:
    side = 1 << zoom
    x, y = int(side * (107.1 + 180) / 360), int(side * 0.4401)
    for layer in all_layers(Viewer.public()):
        for column, row in ((x, y), (0, 0), (side - 1, side - 1)):
            assert client.get(f"/tiles/{layer.name}/{zoom}/{column}/{row}.mvt").status_code == 200


def test_a_thinned_tile_keeps_the_largest_and_is_repeatable(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis.layers.query.THINNED_FEATURES", 20)
    query = LayerQuery(declared()["forest_plots"], Viewer.public())
    assert query.tile(7, 102, 56) == query.tile(7, 102, 56)
    shown = mapbox_vector_tile.decode(query.tile(7, 102, 56))["forest_plots"]["features"]
    areas = sorted((feature["properties"]["legal_area_ha"] for feature in shown), reverse=True)
    assert 0 < len(areas) <= 20
    median = ForestPlot.objects.order_by("legal_area_ha")[ForestPlot.objects.count() // 2].legal_area_ha
    assert min(float(area) for area in areas) > float(median)
