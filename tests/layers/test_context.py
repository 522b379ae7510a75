"""What lies around the province: names by scale, land, borders, and an outline that follows the communes."""

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection
from django.test import Client
from django.utils import translation

from fixtures import facts
from fixtures.context.loading import load_context
from fixtures.context.world_atlas import COUNTRIES
from gis.access.viewer import Viewer
from gis.layers.context import place_names
from gis.layers.query import Box, LayerQuery
from gis.layers.registry import get
from gis.places.models import CommuneOutline, CountryBorder, Land, PlaceLabel, ProvinceOutline
from support.features import walk

PUBLIC = Viewer.public()


def test_every_name_of_the_facts_is_a_feature(client: Client, db: None) -> None:
    told = {row["code"]: row["name"] for row in facts.rows("place_labels")}
    features = walk(client, "/ogc/collections/place_labels/items?limit=1000")
    assert {one["id"]: one["properties"]["name"] for one in features} == told
    assert {"hoang-sa", "truong-sa", "bien-dong", "vinh-bac-bo", "vinh-ha-long", "vinh-bai-tu-long"} <= set(told)


def test_pages_get_the_names_in_their_language_the_most_important_first(db: None) -> None:
    with translation.override("en"):
        english = place_names()
    with translation.override("vi"):
        vietnamese = place_names("archipelago")
    assert {one["name"] for one in vietnamese} == {"Quần đảo Hoàng Sa\n(Việt Nam)", "Quần đảo Trường Sa\n(Việt Nam)"}
    assert {one["name"] for one in english[:2]} == {
        "Hoàng Sa Archipelago\n(Việt Nam)",
        "Trường Sa Archipelago\n(Việt Nam)",
    }
    assert "East Sea" in {one["name"] for one in english}


def test_names_are_drawn_from_tiles_by_their_kind_and_scales(client: Client, db: None) -> None:
    tile = mapbox_vector_tile.decode(client.get("/tiles/place_labels/0/0/0.mvt").content)["place_labels"]
    by_code = {one["properties"]["id"]: one["properties"] for one in tile["features"]}
    assert by_code["hoang-sa"]["kind"] == "archipelago" and "max_scale" not in by_code["hoang-sa"]
    assert by_code["vinh-ha-long"]["max_scale"] == 750_000


def test_loading_again_changes_nothing_and_mends_what_was_changed(db: None) -> None:
    ids = set(Land.objects.values_list("pk", flat=True)[:50])
    PlaceLabel.objects.filter(code="ha-noi").update(name="Ha Noi")
    load_context("default")
    assert PlaceLabel.objects.get(code="ha-noi").name == "Hà Nội"
    assert ids <= set(Land.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("lon", "lat", "dry"),
    [(105.85, 21.03, True), (107.75, 19.75, False), (2.35, 48.85, True), (178.0, 67.0, True), (-30.0, 40.0, False)],
)
def test_land_is_land_and_sea_is_sea(db: None, lon: float, lat: float, dry: bool) -> None:
    spot = Box(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01, 4326)
    assert bool(LayerQuery(get("coast", PUBLIC), PUBLIC, boxes=(spot,)).count()) == dry


def test_only_borders_of_the_mainland_around_vietnam_are_drawn(db: None) -> None:
    names = set(CountryBorder.objects.values_list("name", flat=True))
    assert {"Trung Quốc – Việt Nam", "Lào – Việt Nam", "Campuchia – Việt Nam"} <= names
    assert {country for name in names for country in name.split(" – ")} == set(COUNTRIES.values())
    sea = Polygon.from_bbox((108.5, 5.0, 120.0, 20.5))
    assert not CountryBorder.objects.filter(geom__intersects=sea).exists()


def test_the_province_is_the_sum_of_its_communes(db: None) -> None:
    (province,) = ProvinceOutline.objects.all()
    communes = sum(outline.geom.area for outline in CommuneOutline.objects.filter(valid_to__isnull=True))
    assert province.geom.area == pytest.approx(communes, rel=1e-3)
    assert province.schematic


def settled() -> None:
    """What the end of the transaction would do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_the_province_follows_a_new_outline_and_its_tiles_tell(client: Client, db: None) -> None:
    before = ProvinceOutline.objects.get().geom.area
    tile = client.get("/tiles/province/8/204/112.mvt")
    moved = CommuneOutline.objects.filter(valid_to__isnull=True)[0]
    was, moved.geom = (
        moved.geom.area,
        MultiPolygon(Polygon.from_bbox((580_000, 2_390_000, 590_000, 2_395_000)), srid=5899),
    )
    moved.save()
    settled()
    assert ProvinceOutline.objects.get().geom.area == pytest.approx(before - was + 50_000_000, rel=1e-3)
    again = client.get("/tiles/province/8/204/112.mvt", headers={"If-None-Match": tile["ETag"]})
    assert again.status_code == 200


def test_without_communes_there_is_no_province(db: None) -> None:
    CommuneOutline.objects.all().delete()
    settled()
    assert not ProvinceOutline.objects.exists()
