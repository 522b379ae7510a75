"""What the layers of storms and assets show to whom: in rows, boxes, extents, tiles and pictures alike."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import mapbox_vector_tile
import pytest
from django.db import connection

from disaster.actions.move_asset import move_asset
from disaster.actions.record_fixes import record_fixes
from disaster.models import RescueAsset
from disaster.payloads import PUBLIC_DEGREES
from gis.access.viewer import SERVICE, Viewer
from gis.layers import registry
from gis.layers.query import Box, LayerQuery, TimeSpan, table_for_drawing
from support.disasters import HONG_GAI, NOON, TESTED, fix

PUBLIC = Viewer.public()
ROUNDED = [107.08, 20.94]
PRIVATE = {"crew", "fuel_percent", "contact"}
TILE_12 = (12, 3266, 1804)
"""z, x, y of the tile that holds both the exact and the rounded place of the boat."""


def ask(viewer: Viewer, name: str = "rescue_assets", **filters: Any) -> LayerQuery:
    return LayerQuery(registry.declared()[name], viewer, **filters)


def features(viewer: Viewer, name: str = "rescue_assets", **filters: Any) -> dict[Any, dict[str, Any]]:
    return {key: json.loads(text) for key, text in ask(viewer, name, **filters).features()}


def box(lon: float, lat: float, half: float = 0.0004) -> tuple[Box]:
    return (Box(lon - half, lat - half, lon + half, lat + half, 4326),)


@pytest.mark.parametrize("username", ["", "viewer", "land.halong", "lawyer", "forest"])
def test_who_has_no_business_sees_a_kilometre_grid_and_nothing_private(
    boat: RescueAsset, viewer: Any, username: str
) -> None:
    seen = features(viewer(username) if username else PUBLIC)["TEST-1"]
    assert seen["geometry"]["coordinates"] == pytest.approx(ROUNDED, abs=1e-9)
    assert not PRIVATE & set(seen["properties"])
    assert (seen["properties"]["kind"], seen["properties"]["status"]) == ("boat", "ready")


@pytest.mark.parametrize("username", ["duty", "team1", "leader", "admin", "commune.halong"])
def test_who_works_with_assets_sees_them_exactly(boat: RescueAsset, viewer: Any, username: str) -> None:
    seen = features(viewer(username))["TEST-1"]
    assert seen["geometry"]["coordinates"] == list(HONG_GAI)
    assert {name: seen["properties"][name] for name in PRIVATE} == {
        "crew": 4, "fuel_percent": 70, "contact": "0203 000 111",
    }  # fmt: skip


def test_a_commune_sees_exactly_only_its_own(boat: RescueAsset, viewer: Any) -> None:
    RescueAsset.objects.filter(pk=boat.pk).update(commune="06712")
    seen = features(viewer("commune.halong"))["TEST-1"]
    assert seen["geometry"]["coordinates"] == pytest.approx(ROUNDED, abs=1e-9)
    assert not PRIVATE & set(seen["properties"])


def test_no_box_finds_the_true_place_for_the_public(boat: RescueAsset, viewer: Any) -> None:
    assert "TEST-1" not in features(PUBLIC, boxes=box(*HONG_GAI))
    assert "TEST-1" in features(PUBLIC, boxes=box(*ROUNDED))
    assert "TEST-1" in features(viewer("duty"), boxes=box(*HONG_GAI))
    assert "TEST-1" not in features(viewer("duty"), boxes=box(*ROUNDED))
    assert ask(PUBLIC, boxes=box(*HONG_GAI)).count() == ask(viewer("duty"), boxes=box(*ROUNDED)).count() == 0


def test_extents_are_those_of_the_grid_for_the_public(boat: RescueAsset, viewer: Any) -> None:
    RescueAsset.objects.exclude(pk=boat.pk).update(position=None)
    assert ask(PUBLIC).extent() == pytest.approx((*ROUNDED, *ROUNDED), abs=1e-9)
    assert ask(viewer("duty")).extent() == pytest.approx((*HONG_GAI, *HONG_GAI), abs=1e-9)


def in_tile(viewer: Viewer) -> dict[str, Any]:
    (layer,) = mapbox_vector_tile.decode(ask(viewer).tile(*TILE_12), {"y_coord_down": True}).values()
    return next(one for one in layer["features"] if one["properties"]["code"] == "TEST-1")


def test_tiles_hold_what_the_rows_hold(boat: RescueAsset, viewer: Any) -> None:
    public, exact = in_tile(PUBLIC), in_tile(viewer("duty"))
    assert public["geometry"] != exact["geometry"]
    assert not PRIVATE & set(public["properties"]) and exact["properties"]["crew"] == 4
    move_asset(SERVICE, "TEST-1", lon=107.0821, lat=20.9442, time=datetime(2024, 9, 2, tzinfo=UTC))
    assert in_tile(PUBLIC)["geometry"] == public["geometry"], "a move inside the cell is not seen"
    assert in_tile(viewer("duty"))["geometry"] != exact["geometry"]


@pytest.mark.parametrize(
    ("areas", "place"), [("", ROUNDED), ("06712", ROUNDED), ("*", HONG_GAI), ("06685,06688", HONG_GAI)]
)
def test_pictures_draw_what_the_rows_hold(boat: RescueAsset, areas: str, place: Any) -> None:
    layer = registry.declared()["rescue_assets"]
    table = table_for_drawing(layer, layer.styles[0])
    sql = table.sql.replace("!@areas!", f"'{areas}'")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ST_X(geometry), ST_Y(geometry) FROM {sql} WHERE key = %s", [boat.pk])
        assert cursor.fetchone() == pytest.approx(place, abs=1e-9)


def test_the_cell_is_about_a_kilometre() -> None:
    assert 900 < PUBLIC_DEGREES * 110_574 < 1200


@pytest.fixture
def storm(db: None) -> None:
    known = {34: (100, 90, 80, None), 64: (20, 20, 0, 0)}
    record_fixes(SERVICE, TESTED, [fix(0, radii=known), fix(6, lon=109.0, wind_kt=None)], source="JTWC")


def of_the_storm(name: str, **filters: Any) -> list[dict[str, Any]]:
    seen = features(PUBLIC, name, **filters).values()
    return [one for one in seen if "THU" in (one["properties"].get("name"), one["properties"].get("storm"))]


def test_a_fix_tells_wind_with_its_period_and_its_vietnamese_class(storm: None) -> None:
    first, second = of_the_storm("storm_fixes")
    told = first["properties"]
    assert (told["wind_kt"], told["wind_averaging_minutes"], told["pressure_hpa"]) == (65, 1, 980)
    assert (told["beaufort"], told["wind_class"], told["kind"], told["source"]) == (11, "severe", "TY", "JTWC")
    assert told["time"].startswith("1998-09-01T") and told["exercise"] is False
    assert (second["properties"]["beaufort"], second["properties"]["wind_class"]) == (None, "")


def test_tracks_and_winds_are_layers_of_their_own(storm: None) -> None:
    (track,) = of_the_storm("storm_tracks")
    assert track["geometry"] == {"type": "MultiLineString", "coordinates": [[[110, 20], [109, 20]]]}
    winds = of_the_storm("wind_radii")
    assert {one["properties"]["threshold_kt"]: one["properties"]["nw_nm"] for one in winds} == {34: None, 64: 0}
    assert {one["geometry"]["type"] for one in winds} == {"MultiPolygon"}


@pytest.mark.parametrize(("layer", "expected"), [("storm_fixes", 1), ("wind_radii", 0)])
def test_fixes_and_winds_are_asked_for_by_time(storm: None, layer: str, expected: int) -> None:
    span = TimeSpan(NOON.replace(hour=13), None)
    assert len(of_the_storm(layer, span=span)) == expected


def test_a_storm_without_a_track_is_no_feature(db: None) -> None:
    record_fixes(SERVICE, TESTED, [fix(0)], source="JTWC")
    assert of_the_storm("storm_tracks") == []


def drawn(name: str) -> list[dict[str, Any]]:
    """Every row with what styles draw by, which no answer tells."""
    layer = registry.declared()[name]
    names = [field.name for field in layer.fields]
    values = layer.rows("").values_list(*(field.path for field in layer.fields))
    return [dict(zip(names, row, strict=True)) for row in values]


def test_the_archive_is_drawn_thin_and_what_is_followed_by_its_own_source(storm: None) -> None:
    """Well over a hundred storms drawn alike would cover the map."""
    followed = replace(TESTED, season=2190, name="NAY")
    known = {34: (100, 90, 80, None)}
    record_fixes(SERVICE, followed, [fix(0, radii=known), fix(6, lon=109.0)], source="JTWC")
    record_fixes(SERVICE, followed, [fix(hours, lat=21.0, radii=known) for hours in range(5)], source="IBTrACS JTWC")
    fixes = {(one["name"], one["source"]): one["drawn_class"] for one in drawn("storm_fixes")}
    assert fixes[("NAY", "JTWC")] == "severe" and fixes[("NAY", "IBTrACS JTWC")] == fixes[("THU", "JTWC")] == "archive"
    tracks = {one["name"]: one for one in drawn("storm_tracks")}
    assert [(tracks[name]["drawn_as"], tracks[name]["drawn_name"]) for name in ("NAY", "THU")] == [
        ("now", "NAY"), ("archive", ""),
    ]  # fmt: skip
    winds = drawn("wind_radii")
    told = sorted(one["drawn_threshold"] for one in winds if one["storm"] == "NAY")
    assert told == [0, 0, 0, 0, 0, 34]
    assert {one["drawn_threshold"] for one in winds if one["storm"] == "THU"} == {0}
