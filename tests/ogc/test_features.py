"""OGC API Features: what clients of the standard rely on."""

import json
from itertools import pairwise
from typing import Any

import pyogrio
import pytest
import requests
from django.db import connection
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from owslib.ogcapi.features import Features

from gis.access.viewer import Viewer
from gis.layers.registry import all_layers, get
from gis.ogc.features.operations import page
from gis.ogc.features.params import read_items
from support.server import Server

PARCELS = "/ogc/collections/parcels/items"


def read(client: Client, address: str, **query: Any) -> Any:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return json.loads(body)


def next_of(page: Any) -> str | None:
    return next((link["href"] for link in page["links"] if link["rel"] == "next"), None)


def walk(client: Client, address: str) -> list[Any]:
    features = []
    following: str | None = address
    while following:
        found = read(client, following.removeprefix("http://testserver"))
        assert found["numberReturned"] == len(found["features"])
        features += found["features"]
        following = next_of(found)
    return features


def test_every_document_names_the_next_one(client: Client, db: None) -> None:
    landing = read(client, "/ogc")
    rels = {link["rel"]: link["href"] for link in landing["links"]}
    for rel in ("conformance", "data", "service-desc"):
        assert read(client, rels[rel].removeprefix("http://testserver"))
    collections = read(client, "/ogc/collections")["collections"]
    assert {each["id"] for each in collections} == {layer.name for layer in all_layers()}
    for each in collections:
        links = {link["rel"]: link for link in each["links"]}
        assert links["items"]["type"] == "application/geo+json"
        west, south, east, north = each["extent"]["spatial"]["bbox"][0]
        assert west < east and south < north


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(150, 1500))
def test_pages_give_each_feature_exactly_once(client: Client, db: None, limit: int) -> None:
    features = walk(client, f"{PARCELS}?limit={limit}")
    ids = [feature["id"] for feature in features]
    assert len(ids) == len(set(ids))
    assert len(ids) == read(client, PARCELS, limit=1)["numberMatched"]
    assert ids == sorted(ids)


def test_a_box_gives_what_meets_it_and_nothing_else(client: Client, db: None) -> None:
    some = read(client, PARCELS, limit=1)["features"][0]
    lons, lats = zip(*some["geometry"]["coordinates"][0], strict=True)
    inside = read(client, PARCELS, bbox=f"{min(lons)},{min(lats)},{max(lons)},{max(lats)}", limit=10000)["features"]
    assert some["id"] in {feature["id"] for feature in inside}
    nowhere = read(client, PARCELS, bbox="110,10,111,11")
    assert nowhere["features"] == [] and nowhere["numberMatched"] == 0


def test_a_box_across_the_antimeridian_is_two(client: Client, db: None) -> None:
    assert read(client, "/ogc/collections/storm_fixes/items", bbox="177,-10,-177,10")["features"] == []
    all_round = read(client, "/ogc/collections/storm_fixes/items", bbox="100,-10,-177,30", limit=1000)
    assert all_round["numberMatched"] == 38


@pytest.mark.parametrize(
    ("datetime", "count"),
    [
        ("2024-09-07T06:00:00Z", 1),
        ("2024-09-07T13:00:00%2B07:00", 1),
        ("2024-09-07", 4),
        ("2024-09-07T00:00:00Z/2024-09-07T12:00:00Z", 3),
        ("2024-09-07T12:00:00Z/..", 5),
        ("../2024-08-30T18:00:00Z", 2),
        ("/2024-08-30T18:00:00Z", 2),
        ("../..", 38),
        ("1999-01-01", 0),
    ],
)
def test_time_is_an_instant_a_day_or_a_closed_span(client: Client, db: None, datetime: str, count: int) -> None:
    page = read(client, f"/ogc/collections/storm_fixes/items?datetime={datetime}")
    assert page["numberMatched"] == count


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=unlimited", "limit"),
        ("limit=-1", "limit"),
        ("limit=1e3", "limit"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,nan", "bbox"),
        ("bbox=106,22,108,20", "bbox"),
        ("bbox=106,20,1080,22", "bbox"),
        ("bbox=';DROP TABLE land_parcel;--", "bbox"),
        ("datetime=yesterday", "datetime"),
        ("datetime=2024-13-01", "datetime"),
        ("datetime=2024-09-08/2024-09-07", "datetime"),
        ("datetime=2024-09-07T06:00:00", "datetime"),
        ("after=nonsense", "after"),
        ("after=%00", "after"),
        ("identifier=1", "identifier"),
        ("BBOX=1,2,3,4", "BBOX"),
    ],
)
def test_a_wrong_parameter_is_named(client: Client, db: None, query: str, field: str) -> None:
    answer = client.get(f"{PARCELS}?{query}")
    problem = answer.json()
    assert (answer.status_code, problem["field"]) == (400, field)
    assert answer["Content-Type"] == "application/problem+json"
    assert problem.get("expected")
    for inside in ("SELECT", "Traceback", "/gis/"):
        assert inside not in answer.content.decode()


def test_a_page_token_is_of_use_for_its_collection_alone(client: Client, db: None) -> None:
    following = next_of(read(client, PARCELS, limit=1))
    assert following
    token = following.split("after=")[1]
    answer = client.get(f"/ogc/collections/forest_plots/items?after={token}")
    assert (answer.status_code, answer.json()["field"]) == (400, "after")


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/nothing",
        "/ogc/collections/nothing/items",
        "/ogc/collections/parcels/items/000000000000",
        "/ogc/collections/storm_fixes/items/abc",
        "/ogc/collections/storm_fixes/items/99999999999999999999",
        "/ogc/collections/storm_fixes/items/1'--",
        "/ogc/nothing",
        "/tiles/nothing/0/0/0.mvt",
        "/tiles/parcels/23/0/0.mvt",
        "/tiles/parcels/3/8/0.mvt",
    ],
)
def test_what_is_not_there_is_told_so(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_identifier_may_hold_any_character(client: Client, db: None) -> None:
    for feature in read(client, "/ogc/collections/mining_concessions/items")["features"]:
        assert "/" in feature["id"]
        single = read(client, f"/ogc/collections/mining_concessions/items/{feature['id']}")
        self_link = next(link["href"] for link in single["links"] if link["rel"] == "self")
        assert read(client, self_link.removeprefix("http://testserver"))["id"] == feature["id"]


def test_an_unchanged_feature_is_not_sent_again(client: Client, db: None) -> None:
    feature = read(client, PARCELS, limit=1)["features"][0]
    first = client.get(f"{PARCELS}/{feature['id']}")
    again = client.get(f"{PARCELS}/{feature['id']}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_head_and_options_work_and_the_rest_is_refused(client: Client, db: None) -> None:
    assert client.head(PARCELS).status_code == 200
    assert client.options(PARCELS)["Allow"] == "GET, HEAD, OPTIONS"
    assert client.delete(PARCELS).status_code == 405
    assert client.get(PARCELS, headers={"Accept": "image/png"}).status_code == 406


def test_rings_run_as_geojson_has_them(client: Client, db: None) -> None:
    for layer in ("parcels", "forest_plots", "communes", "mining_concessions"):
        shape = read(client, f"/ogc/collections/{layer}/items", limit=1)["features"][0]["geometry"]
        ring = shape["coordinates"][0] if shape["type"] == "Polygon" else shape["coordinates"][0][0]
        area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring))
        assert area > 0


def test_the_first_byte_leaves_before_the_last_row_is_read(db: None) -> None:
    """The header and the first features are out while the database still has the rest; going away ends the query."""
    asked = read_items(QueryDict("limit=10000"), get("parcels"))
    pieces = page(get("parcels"), Viewer.public(), asked, QueryDict(), str)
    assert next(pieces).startswith('{"type":"FeatureCollection"')
    assert next(pieces).count('"type":"Feature"') < 1000
    assert open_cursors() == 1
    pieces.close()  # type: ignore[attr-defined]
    assert open_cursors() == 0


def open_cursors() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE 'stream_%'")
        count: int = cursor.fetchone()[0]
    return count


def test_a_long_answer_is_sent_in_chunks(server: Server) -> None:
    with requests.get(f"{server.url}{PARCELS}?limit=10000", stream=True, timeout=30) as answer:
        assert answer.headers.get("Transfer-Encoding") == "chunked"
        body = json.loads(b"".join(answer.iter_content(65536)))
    assert body["numberReturned"] == len(body["features"]) == body["numberMatched"] > 2900


def test_gdal_reads_a_collection_over_pages(server: Server) -> None:
    info = pyogrio.read_info(f"OAPIF:{server.url}/ogc", layer="forest_plots")
    assert info["geometry_type"] in ("MultiPolygon", "Unknown", "Polygon")
    meta, _ids, shapes, columns = pyogrio.raw.read(
        f"OAPIF:{server.url}/ogc", layer="forest_plots", PAGE_SIZE=50, columns=["code", "forest_type"]
    )
    expected = server.sql("SELECT count(*) FROM forests_forestplot")[0][0]
    assert len(shapes) == expected
    codes = columns[list(meta["fields"]).index("code")]
    assert len(set(codes)) == expected
    _meta, _ids, some, _columns = pyogrio.raw.read(
        f"OAPIF:{server.url}/ogc", layer="parcels", bbox=(107.0, 20.9, 107.2, 21.05)
    )
    assert 0 < len(some) < 3000


def test_owslib_reads_the_service(server: Server) -> None:
    service = Features(f"{server.url}/ogc")
    assert "parcels" in service.feature_collections()
    page = service.collection_items("storm_fixes", limit=5)
    assert page["numberReturned"] == 5
    assert page["features"][0]["properties"]["name"] == "YAGI"
