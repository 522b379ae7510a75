"""The overview that stands for parcels at small scales shows what the parcels are, to each viewer his own."""

from io import BytesIO
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from PIL import Image, ImageColor

from gis.access.viewer import Viewer
from gis.geometry.crs import LEGAL_SRID, WGS84_SRID, transformer
from gis.layers import registry
from gis.layers.query import LayerQuery
from gis.maps.drawing import MapRequest, render
from gis.maps.tiles.images import tile_bounds
from land.actions.correct_attributes import correct_attributes
from land.codes import HIDDEN_USES
from land.models import BoundaryPoint, Parcel

Cells = dict[tuple[int, int, int], tuple[str, str]]
"""(size, column, row) → (land use, commune)."""
PUBLIC = Viewer.public()


def sizes() -> tuple[int, ...]:
    overview = registry.declared()["parcels"].overview
    assert overview is not None
    return overview.sizes


def stored(areas: str) -> Cells:
    rows = registry.declared()["parcels"].overview_rows(areas)
    return {row[:3]: row[3:] for row in rows.values_list("size_m", "column", "row", "land_use_id", "commune_id")}


def expected(areas: str) -> Cells:
    """Sampled by another engine from the parcels that are seen in *areas*."""
    rows = list(Parcel.objects.current().visible_in(areas).values_list("geom", "land_use_id", "commune_id"))
    shapes = shapely.from_wkb([bytes(geom.wkb) for geom, _use, _commune in rows])
    tree = shapely.STRtree(shapes)
    found: Cells = {}
    for size in sizes():
        low = np.floor(shapely.bounds(shapes)[:, :2] / size).astype(int)
        high = np.floor(shapely.bounds(shapes)[:, 2:] / size).astype(int)
        cells = {
            (column, row)
            for (west, south), (east, north) in zip(low.tolist(), high.tolist(), strict=True)
            for column in range(west, east + 1)
            for row in range(south, north + 1)
        }
        ordered = sorted(cells)
        middles = shapely.points((np.array(ordered) + 0.5) * size)
        for cell, parcel in zip(*tree.query(middles, predicate="intersects").tolist(), strict=True):
            found[(size, *ordered[cell])] = rows[parcel][1:]
    return found


@pytest.mark.parametrize("areas", ["", "06685", "*"], ids=["the public", "an officer of one commune", "leaders"])
def test_each_cell_is_what_the_parcel_at_its_middle_is_and_hidden_land_is_no_cell_of_others(
    db: None, areas: str
) -> None:
    cells = stored(areas)
    assert len(cells) > 300 and cells == expected(areas)
    hidden = {commune for use, commune in cells.values() if use in HIDDEN_USES}
    if areas == "*":
        assert len(hidden) > 3
    else:
        assert hidden <= {areas}


def test_the_overview_follows_every_change_in_the_same_transaction(db: None, viewer: Any) -> None:
    ours = Parcel.objects.current().filter(commune_id="06685").exclude(land_use_id__in=HIDDEN_USES)
    parcel = ours.order_by("-area_m2")[0]
    officer = viewer("land.halong")
    before = stored("")
    changed = correct_attributes(
        officer, parcel.identifier, version=parcel.version, values={"land_use": "CQP"}, document="QĐ 1"
    )
    gone = before.keys() - stored("").keys()
    assert gone and gone == {cell for cell, value in stored("*").items() if value[0] == "CQP"} & before.keys()
    assert stored("") == expected("") and stored("*") == expected("*")
    point = BoundaryPoint.objects.get(pk=changed.ring[0])
    point.geom = Point(round(point.geom.x + 0.4, 3), point.geom.y, srid=LEGAL_SRID)
    point.save()
    assert stored("*") == expected("*")
    Parcel.objects.current().filter(identifier=parcel.identifier).update(valid_to="2027-01-01")
    assert stored("*") == expected("*")


def tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int, int]:
    n = 1 << zoom
    return zoom, int((lon + 180) / 360 * n), int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * n)


def test_small_scale_vector_tiles_are_the_cells_without_identifiers(client: Client, db: None, viewer: Any) -> None:
    layer = registry.declared()["parcels"]
    size, column, row = next(cell for cell, value in stored("*").items() if cell[0] == 50 and value[0] in HIDDEN_USES)
    middle = transformer(LEGAL_SRID, WGS84_SRID).transform((column + 0.5) * size, (row + 0.5) * size)
    for who in (PUBLIC, viewer("leader")):
        tile = LayerQuery(layer, who).tile(*tile_at(*middle, layer.detail_zoom - 1))
        features = mapbox_vector_tile.decode(tile)["parcels"]["features"]
        assert all(feature["properties"].keys() == {"land_use"} for feature in features)
        hidden = any(feature["properties"]["land_use"] in HIDDEN_USES for feature in features)
        assert hidden == (who is not PUBLIC)
    near = layer.detail_zoom
    place = Parcel.objects.current().visible_in("").first().geom.centroid  # type: ignore[union-attr]
    lon, lat = transformer(LEGAL_SRID, WGS84_SRID).transform(place.x, place.y)
    detailed = mapbox_vector_tile.decode(LayerQuery(layer, PUBLIC).tile(*tile_at(lon, lat, near)))["parcels"][
        "features"
    ]
    assert detailed and all("identifier" in feature["properties"] for feature in detailed)


def drawn(who: Viewer, lon: float, lat: float, zoom: int) -> np.ndarray:
    layer = registry.declared()["parcels"]
    tile = tile_at(lon, lat, zoom)
    request = MapRequest(
        layers=((layer, layer.styles[0]),), viewer=who, srid=3857, bbox=tile_bounds(*tile), width=256, height=256
    )
    return np.asarray(Image.open(BytesIO(render(request))).convert("RGB"))


def test_small_scale_pictures_have_the_legends_colours_without_outlines(fresh_database: str) -> None:
    layer = registry.declared()["parcels"]
    fills = {ImageColor.getrgb(str(rule.fill)) for rule in layer.styles[0].rules}
    stroke = ImageColor.getrgb(str(layer.styles[0].rules[0].stroke))
    parcel = Parcel.objects.current().filter(land_use_id__in=HIDDEN_USES).order_by("-area_m2")[0]
    lon, lat = transformer(LEGAL_SRID, WGS84_SRID).transform(*parcel.geom.centroid.coords)
    picture = drawn(PUBLIC, lon, lat, 13)
    colours = {tuple(colour) for colour in picture.reshape(-1, 3).tolist()}
    assert len(colours & fills) > 1 and stroke not in colours
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM land_parcelcell")
    assert {tuple(colour) for colour in drawn(PUBLIC, lon, lat, 13).reshape(-1, 3).tolist()} == {(255, 255, 255)}
