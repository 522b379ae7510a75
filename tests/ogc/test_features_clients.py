"""Independent clients read a running server over `/ogc`: GDAL's OAPIF driver, OWSLib, and one that goes away."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import psycopg2
import pyogrio
import pytest
import requests
import shapely
from owslib.ogcapi.features import Features

from support.server import Server

PATIENCE_SECONDS = 20


@pytest.fixture
def source(server: Server) -> str:
    """The service as GDAL names it."""
    return f"OAPIF:{server.url}/ogc"


def test_a_long_answer_is_sent_in_chunks(server: Server) -> None:
    with requests.get(f"{server.url}/ogc/collections/parcels/items?limit=10000", stream=True, timeout=30) as answer:
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert answer.headers["Content-Encoding"] == "gzip"
        body = json.loads(b"".join(answer.iter_content(65536)))
    assert body["numberReturned"] == len(body["features"]) == body["numberMatched"] > 2900


def test_gdal_finds_every_layer_with_its_kind_of_geometry(source: str) -> None:
    kinds = dict(pyogrio.list_layers(source))
    assert kinds["parcels"] == "Polygon" and kinds["storm_fixes"] == "Point"
    assert kinds["forest_plots"] == "MultiPolygon" and kinds["storm_tracks"] == "MultiLineString"


@pytest.mark.parametrize("page_size", [7, 50, 10_000])
def test_gdal_reads_a_layer_over_pages(server: Server, source: str, page_size: int) -> None:
    meta, _ids, shapes, columns = pyogrio.raw.read(source, layer="forest_plots", PAGE_SIZE=page_size)
    codes = columns[list(meta["fields"]).index("code")]
    stored = {code for (code,) in server.sql("SELECT code FROM forests_forestplot")}
    assert len(shapes) == len(codes) == len(stored) and set(codes) == stored
    assert meta["crs"] == "EPSG:4326"
    west, south, east, north = shapely.total_bounds(shapely.from_wkb(shapes))
    assert 106 < west < east < 109 and 20 < south < north < 22


def test_gdal_reads_types_and_vietnamese_letters(server: Server, source: str) -> None:
    meta, _ids, _shapes, columns = pyogrio.raw.read(source, layer="parcels", max_features=20)
    kinds = dict(zip(meta["fields"], meta["dtypes"], strict=True))
    assert (kinds["sheet"], kinds["legal_area_m2"], kinds["valid_from"]) == ("int32", "float64", "datetime64[D]")
    communes = set(columns[list(meta["fields"]).index("commune")])
    assert communes <= {name for (name,) in server.sql("SELECT name FROM places_commune")}


def test_gdal_reads_what_meets_a_box(server: Server, source: str) -> None:
    west, south, east, north = pyogrio.read_info(source, layer="parcels", force_total_bounds=True)["total_bounds"]
    box = (west, south, (west + east) / 2, (south + north) / 2)
    _meta, _ids, shapes, _columns = pyogrio.raw.read(source, layer="parcels", bbox=box)
    expected = server.sql(
        "SELECT count(*) FROM land_parcel WHERE valid_to IS NULL AND recorded_to IS NULL"
        " AND land_use_id NOT IN ('CQP', 'CAN')"
        " AND ST_Intersects(ST_Transform(geom, 4326), ST_MakeEnvelope(%s, %s, %s, %s, 4326))",
        box,
    )[0][0]
    assert 0 < len(shapes) == expected
    assert np.all(shapely.intersects(shapely.from_wkb(shapes), shapely.box(*box)))


def test_owslib_reads_the_service(server: Server) -> None:
    service = Features(f"{server.url}/ogc")
    assert "parcels" in service.feature_collections()
    assert any("ogcapi-features-1/1.0/conf/core" in name for name in service.conformance()["conformsTo"])
    assert "/collections/parcels/items" in service.api()["paths"]
    assert service.collection("storm_fixes")["extent"]["temporal"]
    page = service.collection_items("storm_fixes", limit=5, datetime="2024-09-07T00:00:00Z/..")
    assert page["numberReturned"] == 5
    assert page["features"][0]["properties"]["name"] == "YAGI"
    single = service.collection_item("storm_fixes", str(page["features"][0]["id"]))
    assert single["geometry"] == page["features"][0]["geometry"]


def test_a_licence_with_a_slash_is_found_over_the_wire(server: Server) -> None:
    items = f"{server.url}/ogc/collections/mining_concessions/items"
    number = requests.get(f"{items}?limit=1", timeout=30).json()["features"][0]["id"]
    assert "/" in number
    single = requests.get(f"{items}/{requests.utils.quote(number, safe='')}", timeout=30)
    assert single.json()["id"] == number
    (own,) = (link["href"] for link in single.json()["links"] if link["rel"] == "self")
    assert "/" not in own.removeprefix(f"{items}/")
    assert requests.get(own, timeout=30).json()["id"] == number


def test_a_client_that_goes_away_ends_the_query_it_waited_for(server: Server) -> None:
    def waiting() -> int:
        (row,) = server.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND query LIKE '%%stream_%%'"
        )
        return int(row[0])

    with locked(server, "forests_forestplot"):
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET /ogc/collections/forest_plots/items HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            until(lambda: waiting() == 1)
        until(lambda: waiting() == 0)
    assert requests.get(f"{server.url}/ogc/collections/forest_plots/items", timeout=30).ok


@contextmanager
def locked(server: Server, table: str) -> Iterator[None]:
    """Nobody reads *table* while the block runs."""
    owner = psycopg2.connect(server.urls["DATABASE_OWNER_URL"])
    try:
        with owner.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        owner.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)
