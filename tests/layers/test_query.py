"""The one query: boxes exact to a centimetre, tiles at every place of the pyramid, the same answer each time."""

from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from forests.models import ForestPlot
from gis.access.viewer import Viewer
from gis.geometry.crs import LEGAL_SRID, WGS84_SRID, transformer
from gis.layers.query import Box, LayerQuery
from gis.layers.registry import all_layers, declared
from land.models import Parcel
from support.tiles import decoded, tile_at

PUBLIC = Viewer.public()
DEEPEST = 22
inside_a_test = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def place_plot(lon: float, lat: float) -> str:
    """Move one plot to the place, a square of 2 mm; its code."""
    plot = ForestPlot.objects.all()[0]
    east, north = transformer(WGS84_SRID, LEGAL_SRID).transform(lon, lat)
    plot.geom = MultiPolygon(
        Polygon.from_bbox((east - 0.001, north - 0.001, east + 0.001, north + 0.001)), srid=LEGAL_SRID
    )
    plot.save()
    return plot.code


def found(box: tuple[float, float, float, float]) -> set[Any]:
    query = LayerQuery(declared()["forest_plots"], PUBLIC, (Box(*box, WGS84_SRID),))
    return {key for key, _text in query.features()}


@settings(inside_a_test, max_examples=25)
@given(
    along=st.floats(0.01, 0.99),
    side=st.sampled_from(["south", "north", "west", "east"]),
    beyond=st.sampled_from([0.0, 0.02, 1.5]),
)
@example(along=0.52, side="south", beyond=1.5)
def test_a_boxs_edge_is_where_degrees_have_it(db: None, along: float, side: str, beyond: float) -> None:
    """A parallel is no straight line in the legal grid: over three degrees it bows by hundreds of metres.

    One edge of the box crosses the province; its ends lie *beyond* it. The plot stands 2 cm on either side.
    """
    west, south, east, north = 106.6, 20.7, 108.0, 21.6
    edges: dict[str, tuple[tuple[float, float, float, float], tuple[float, float], tuple[float, float]]] = {
        "south": ((west - beyond, 21.1, east + beyond, 25.0), (0, 1), (west + along * (east - west), 21.1)),
        "north": ((west - beyond, 18.0, east + beyond, 21.1), (0, -1), (west + along * (east - west), 21.1)),
        "west": ((107.2, south - beyond, 111.0, north + beyond), (1, 0), (107.2, south + along * (north - south))),
        "east": ((104.0, south - beyond, 107.2, north + beyond), (-1, 0), (107.2, south + along * (north - south))),
    }
    box, inwards, (lon, lat) = edges[side]
    step = 2e-7
    assert place_plot(lon + step * inwards[0], lat + step * inwards[1]) in found(box)
    assert place_plot(lon - step * inwards[0], lat - step * inwards[1]) not in found(box)


def test_a_box_in_another_system_means_the_same_place(db: None) -> None:
    parcel = Parcel.objects.current().visible_in("")[0]
    west, south, east, north = parcel.geom.extent
    for srid in (LEGAL_SRID, WGS84_SRID, 3857, 3405):
        box = Box(*transformer(LEGAL_SRID, srid).transform_bounds(west, south, east, north), srid)
        keys = {key for key, _text in LayerQuery(declared()["parcels"], PUBLIC, (box,)).features()}
        assert parcel.identifier in keys and len(keys) < 40


@pytest.mark.parametrize("box", [(-180, -90, 180, 90), (-10, -10, 10, 10), (0, 85, 180, 90), (179.9, 0, 180, 1)])
def test_boxes_where_the_legal_grid_breaks_down_are_answered(db: None, box: tuple[float, ...]) -> None:
    for layer in all_layers(PUBLIC):
        query = LayerQuery(layer, PUBLIC, (Box(box[0], box[1], box[2], box[3], WGS84_SRID),))
        assert query.count() == sum(1 for _row in query.features())


def test_a_tile_of_every_layer_and_every_zoom_can_be_made(db: None) -> None:
    for layer in all_layers(PUBLIC):
        shown = 0
        for zoom in range(DEEPEST + 1):
            last = (1 << zoom) - 1
            _zoom, column, row = tile_at(107.0, 20.95, zoom)
            for x, y in {(0, 0), (last, last), (0, last), (last, 0), (last // 2, last // 2), (column, row)}:
                shown += bool(LayerQuery(layer, PUBLIC).tile(zoom, x, y))
        assert shown or layer.min_zoom > 0


@settings(inside_a_test, max_examples=60)
@given(
    zoom=st.integers(0, DEEPEST),
    data=st.data(),
    name=st.sampled_from(sorted(layer.name for layer in all_layers(PUBLIC))),
)
def test_no_tile_anywhere_fails(db: None, zoom: int, data: st.DataObject, name: str) -> None:
    last = (1 << zoom) - 1
    x, y = data.draw(st.integers(0, last)), data.draw(st.integers(0, last))
    LayerQuery(declared()[name], PUBLIC).tile(zoom, x, y)


def test_features_meet_their_tile_and_its_margin_alone(db: None) -> None:
    """All that meets the tile is in it, and is cut to a margin of 64 units around it."""
    parcel = Parcel.objects.current().visible_in("").order_by("-area_m2")[0]
    tile = tile_at(*parcel.geom.point_on_surface.transform(4326, clone=True).coords, 15)
    shown = decoded(LayerQuery(declared()["parcels"], PUBLIC).tile(*tile))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT identifier FROM land_parcel WHERE valid_to IS NULL AND recorded_to IS NULL"
            " AND land_use_id NOT IN ('CQP', 'CAN')"
            " AND ST_Intersects(ST_Transform(geom, 3857), ST_TileEnvelope(%s, %s, %s))",
            tile,
        )
        meeting = {identifier for (identifier,) in cursor.fetchall()}
    assert parcel.identifier in meeting <= set(shown)
    for feature in shown.values():
        rings = feature["geometry"]["coordinates"]
        polygons = [rings] if feature["geometry"]["type"] == "Polygon" else rings
        for x, y in (point for polygon in polygons for ring in polygon for point in ring):
            assert -64 <= x <= 4096 + 64 and -64 <= y <= 4096 + 64


def test_a_full_tile_keeps_the_largest_and_the_same_each_time(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis.layers.query.THINNED_FEATURES", 25)
    ForestPlot.objects.update(legal_area_ha=1)
    chosen = ForestPlot.objects.order_by("-code")[:5]
    ForestPlot.objects.filter(pk__in=[plot.pk for plot in chosen]).update(legal_area_ha=9)
    layer = declared()["forest_plots"]
    tiles = []
    for setting in ("enable_indexscan", "enable_seqscan", "enable_hashjoin", "enable_bitmapscan"):
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL {setting} = off")
        tiles.append(decoded(LayerQuery(layer, PUBLIC).tile(*tile_at(107.2, 21.1, 6))))
    codes = [sorted(tile) for tile in tiles]
    assert codes.count(codes[0]) == len(codes)
    rest = ForestPlot.objects.filter(legal_area_ha=1).order_by("code").values_list("code", flat=True)[:20]
    assert set(codes[0]) <= {plot.code for plot in chosen} | set(rest)


def test_a_page_is_in_the_order_of_keys_and_goes_on_after_one(db: None) -> None:
    for layer in all_layers(PUBLIC):
        keys = [key for key, _text in LayerQuery(layer, PUBLIC).features()]
        assert keys == sorted(keys) and len(set(keys)) == len(keys)
        for place in (0, len(keys) // 2, len(keys) - 1):
            after = LayerQuery(layer, PUBLIC, after=keys[place], limit=3).features()
            assert [key for key, _text in after] == keys[place + 1 : place + 4]


def test_only_identifiers_that_a_row_can_have_are_looked_up(db: None) -> None:
    fixes, parcels = declared()["storm_fixes"], declared()["parcels"]
    assert fixes.read_key("12") == 12
    for impossible in ("", "-1", "1.0", "٣", "1e3", "9" * 30, "a"):
        assert fixes.read_key(impossible) is None
    assert parcels.read_key("' OR 1=1") == "' OR 1=1"
    assert parcels.read_key("a\0b") is None
    assert list(LayerQuery(parcels, PUBLIC, keys=("' OR 1=1",)).features()) == []
