"""What only a style draws by is in tiles and in nothing that is read: no answer, schema, filter or download."""

import mapbox_vector_tile
import pytest
from django.test import Client

from gis.access.viewer import Viewer
from gis.layers import Layer
from gis.layers.registry import all_layers
from support.features import read

DRAWING = [layer for layer in all_layers(Viewer.public()) if any(field.for_drawing for field in layer.fields)]


def drawn_by(layer: Layer) -> set[str]:
    return {field.name for field in layer.fields if field.for_drawing}


def test_there_are_such_fields() -> None:
    assert {"storm_fixes", "storm_tracks", "wind_radii", "place_labels"} <= {layer.name for layer in DRAWING}


@pytest.mark.parametrize("layer", DRAWING, ids=lambda layer: layer.name)
def test_no_answer_or_schema_knows_them(client: Client, db: None, layer: Layer) -> None:
    names = drawn_by(layer)
    address = f"/ogc/collections/{layer.name}"
    (feature,) = read(client, f"{address}/items", limit=1)["features"]
    assert not names & set(feature["properties"])
    assert not names & set(read(client, f"{address}/items/{feature['id']}")["properties"])
    for name in names:
        assert client.get(f"{address}/items", {name: "now"}).status_code == 400
        assert f'"{name}"' not in client.get("/ogc/api").content.decode()


@pytest.mark.parametrize("layer", DRAWING, ids=lambda layer: layer.name)
def test_tiles_have_them_and_their_description_says_so(client: Client, db: None, layer: Layer) -> None:
    names = drawn_by(layer)
    tile = mapbox_vector_tile.decode(client.get(f"/tiles/{layer.name}/3/6/3.mvt").content)[layer.name]
    told = {name for feature in tile["features"] for name in feature["properties"]}
    assert names <= told
    (described,) = read(client, f"/tiles/{layer.name}.json")["vector_layers"]
    assert names <= set(described["fields"])
