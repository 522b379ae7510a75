"""OGC API Features: what clients of the standard rely on."""

import json
import random
import re
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import shapely
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from disaster.models import Storm, StormFix
from forests.models import ForestPlot
from gis.access.viewer import Viewer
from gis.layers.registry import all_layers, declared
from gis.ogc.common.compression import zipped
from gis.ogc.features import operations
from gis.ogc.features.operations import Page
from gis.ogc.features.params import LARGEST_LIMIT, read_items
from mines.models import Concession
from support.features import HOST, ask, link_of, pages, read, walk

PARCELS = "/ogc/collections/parcels/items"
PLOTS = "/ogc/collections/forest_plots/items"
FIXES = "/ogc/collections/storm_fixes/items"
CONCESSIONS = "/ogc/collections/mining_concessions/items"
RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"

inside_a_test = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_every_document_names_the_next_one(client: Client, db: None) -> None:
    landing = read(client, "/ogc")
    for rel in ("self", "conformance", "data", "service-desc"):
        assert read(client, str(link_of(landing, rel)))
    assert read(client, "/ogc/")["title"] == landing["title"]
    collections = read(client, "/ogc/collections")["collections"]
    assert {each["id"] for each in collections} == {layer.name for layer in all_layers(Viewer.public())}
    for each in collections:
        assert read(client, str(link_of(each, "self"))) == each
        links = {link["rel"]: link for link in each["links"]}
        assert links["items"]["type"] == "application/geo+json"
        west, south, east, north = each["extent"]["spatial"]["bbox"][0]
        assert -180 <= west < east <= 180 and -90 <= south < north <= 90


def test_conformance_is_declared_to_what_is_kept(client: Client) -> None:
    declared = set(read(client, "/ogc/conformance")["conformsTo"])
    core = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
    assert {f"{core}core", f"{core}geojson", f"{core}oas30"} <= declared


def test_a_collection_tells_from_when_to_when_its_features_are(client: Client, db: None) -> None:
    times = StormFix.objects.order_by("time").values_list("time", flat=True)
    (interval,) = read(client, "/ogc/collections/storm_fixes")["extent"]["temporal"]["interval"]
    assert [interval[0], interval[1]] == [f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (times[0], list(times)[-1])]
    assert "temporal" not in read(client, "/ogc/collections/parcels")["extent"]


@override_settings(PUBLIC_URL="https://maps.example")
def test_links_lead_to_the_public_address(client: Client, db: None) -> None:
    page = read(client, PARCELS, limit=1)
    for document in (read(client, "/ogc"), read(client, "/ogc/collections/parcels"), page):
        assert all(link["href"].startswith("https://maps.example/ogc") for link in document["links"])


def test_a_page_is_a_feature_collection_with_its_counts_and_links(client: Client, db: None) -> None:
    answer, body = ask(client, PARCELS, query={"limit": 7})
    page = json.loads(body)
    assert answer["Content-Type"] == "application/geo+json"
    assert (page["type"], page["numberReturned"], len(page["features"])) == ("FeatureCollection", 7, 7)
    assert re.fullmatch(RFC3339, page["timeStamp"])
    assert link_of(page, "self") == f"{HOST}{PARCELS}?limit=7"
    assert link_of(page, "collection") == f"{HOST}/ogc/collections/parcels"
    assert {feature["type"] for feature in page["features"]} == {"Feature"}


def test_a_page_has_a_hundred_features_and_never_more_than_ten_thousand(client: Client, db: None) -> None:
    assert len(read(client, PARCELS)["features"]) == 100
    for beyond in ("10001", "99999999999999999999999999", "0010001"):
        assert read_items(QueryDict(f"limit={beyond}"), declared()["parcels"], Viewer.public()).limit == LARGEST_LIMIT


@inside_a_test
@given(limit=st.integers(1, 90))
def test_pages_give_each_feature_exactly_once(client: Client, db: None, limit: int) -> None:
    found = list(pages(client, f"{PLOTS}?limit={limit}"))
    codes = [feature["id"] for page in found for feature in page["features"]]
    assert codes == sorted(ForestPlot.objects.values_list("code", flat=True))
    assert {page["numberMatched"] for page in found} == {len(codes)}
    assert all(len(page["features"]) == limit for page in found[:-1])


@inside_a_test
@given(seed=st.randoms(use_true_random=False))
def test_pages_skip_and_repeat_nothing_while_rows_come_and_go(client: Client, db: None, seed: random.Random) -> None:
    """Rows that stand from the first page to the last are seen once; others at most once."""
    with transaction.atomic():
        standing = set(ForestPlot.objects.values_list("code", flat=True))
        seen: list[str] = []
        following: str | None = f"{PLOTS}?limit={seed.randint(20, 60)}"
        while following:
            page = read(client, following)
            seen += [feature["id"] for feature in page["features"]]
            following = link_of(page, "next")
            standing -= {disturb(seed)}
        assert len(seen) == len(set(seen))
        assert standing <= set(seen)
        transaction.set_rollback(True)


def disturb(seed: random.Random) -> str:
    """Remove one plot and add two anywhere in the order; the code of the removed one."""
    plots = list(ForestPlot.objects.order_by("code"))
    removed = seed.choice(plots)
    code = removed.code
    removed.delete()
    for _ in range(2):
        model = seed.choice(plots)
        model.pk, model.code = None, f"{model.code[: seed.randint(0, 12)]}+{uuid4().hex[:8]}"
        model.save(force_insert=True)
    return code


def test_the_next_page_keeps_every_parameter(client: Client, db: None) -> None:
    asked = {"f": "json", "bbox": "106.5,20.5,108.5,21.9", "datetime": "../..", "limit": "3"}
    following = str(link_of(read(client, PARCELS, **asked), "next"))
    query = QueryDict(following.partition("?")[2]).dict()
    assert query.pop("after")
    assert query == asked


def test_a_page_ends_early_where_its_features_are_very_large(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "PAGE", 20_000)
    found = list(pages(client, f"{PLOTS}?limit=10000"))
    assert len(found) > 3
    assert sum(page["numberReturned"] for page in found) == ForestPlot.objects.count()


def test_what_matches_is_counted_exactly_up_to_ten_thousand(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = read(client, PARCELS, limit=1)["numberMatched"]
    assert len(read(client, PARCELS, limit=10000)["features"]) == total > 2900
    assert read(client, PARCELS, limit=1, bbox="106,20,109,22")["numberMatched"] == total
    monkeypatch.setattr("gis.layers.query.LayerQuery.count", lambda _query: None)
    assert "numberMatched" not in read(client, PARCELS, limit=1)


def test_a_box_gives_what_meets_it_and_nothing_else(client: Client, db: None) -> None:
    """Compared with the shapes that the client itself was given."""
    everything = {
        feature["id"]: shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in walk(client, f"{PARCELS}?limit=10000")
    }
    west, south, east, north = map(float, shapely.total_bounds(list(everything.values())))
    draw = random.Random(7)
    for _ in range(12):
        x, y = draw.uniform(west, east), draw.uniform(south, north)
        width, height = draw.choice([(0.0004, 0.0004), (0.01, 0.002), (0.3, 0.2)])
        box = (x, y, x + width, y + height)
        found = {feature["id"] for feature in walk(client, f"{PARCELS}?limit=10000&bbox={','.join(map(repr, box))}")}
        frame = shapely.box(*box)
        for key, shape in everything.items():
            # Within a centimetre of the edge, digits of GeoJSON decide.
            if shape.intersects(shapely.buffer(frame, -2e-7)):
                assert key in found
            if not shape.intersects(shapely.buffer(frame, 2e-7)):
                assert key not in found
    assert read(client, PARCELS, bbox="110,10,111,11")["numberMatched"] == 0


def test_a_box_has_four_numbers_or_six_and_may_be_a_point(client: Client, db: None) -> None:
    shape = shapely.from_geojson(json.dumps(read(client, PARCELS, limit=1)["features"][0]["geometry"]))
    x, y = shape.representative_point().coords[0]
    for box in (f"{x},{y},{x},{y}", f"{x},{y},0,{x},{y},100", f"{x - 1e-9},{y},{x + 1e-9},{y}"):
        assert read(client, PARCELS, bbox=box)["numberMatched"] == 1
    assert read(client, PARCELS, bbox="-180,-90,180,90", limit=1)["numberMatched"] > 2900


def test_a_box_across_the_antimeridian_is_two(client: Client, db: None) -> None:
    storm = Storm.objects.create(basin="WP", season=2020, number=1, name="FIJI")
    for hour, lon in enumerate((170.0, 178.0, -178.0, -170.0)):
        StormFix.objects.create(
            storm=storm, time=f"2020-12-01T0{hour}:00Z", position=f"SRID=4326;POINT({lon} -5)", source="test"
        )
    across = walk(client, f"{FIXES}?bbox=177,-10,-177,10")
    assert sorted(feature["geometry"]["coordinates"][0] for feature in across) == [-178, 178]
    assert len(walk(client, f"{FIXES}?bbox=100,-10,-177,30")) == 38 + 3
    track = read(client, "/ogc/collections/storm_tracks/items", bbox="179,-10,-179,10")["features"]
    assert [feature["properties"]["name"] for feature in track] == ["FIJI"]


@pytest.mark.parametrize(
    ("datetime", "count"),
    [
        ("2024-09-07T06:00:00Z", 1),
        ("2024-09-07T13:00:00%2B07:00", 1),
        ("2024-09-07T13:00:00+07:00", 1),
        ("2024-09-07T06:00:00.000Z", 1),
        ("2024-09-07", 4),
        ("2024-09-07T00:00:00Z/2024-09-07T12:00:00Z", 3),
        ("2024-09-07T12:00:00Z/..", 5),
        ("2024-09-07T12:00:00Z/", 5),
        ("../2024-08-30T18:00:00Z", 2),
        ("/2024-08-30T18:00:00Z", 2),
        ("../..", 38),
        ("1999-01-01", 0),
    ],
)
def test_time_is_an_instant_a_day_or_a_closed_span(client: Client, db: None, datetime: str, count: int) -> None:
    page = read(client, f"{FIXES}?datetime={datetime}")
    assert page["numberMatched"] == len(page["features"]) == count


def test_what_has_no_time_or_place_is_not_ruled_out_by_one(client: Client, db: None) -> None:
    total = read(client, PLOTS, limit=1)["numberMatched"]
    assert read(client, PLOTS, limit=1, datetime="1999-01-01")["numberMatched"] == total
    concession = Concession.objects.all()[0]
    concession.pk, concession.licence_number, concession.geom = None, "00/no corners yet", None
    concession.save()
    (unplaced,) = read(client, CONCESSIONS, bbox="0,0,1,1")["features"]
    assert (unplaced["id"], unplaced["geometry"]) == (concession.licence_number, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=00", "limit"),
        ("limit=", "limit"),
        ("limit=unlimited", "limit"),
        ("limit=-1", "limit"),
        ("limit=1e3", "limit"),
        ("limit=٣", "limit"),
        ("limit=1&limit=2", "limit"),
        ("bbox=", "bbox"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,4,5", "bbox"),
        ("bbox=1,2,3,nan", "bbox"),
        ("bbox=1,2,3,1e400", "bbox"),
        ("bbox=106,22,108,20", "bbox"),
        ("bbox=106,20,1080,22", "bbox"),
        ("bbox=106,-91,107,0", "bbox"),
        ("bbox=';DROP TABLE land_parcel;--", "bbox"),
        ("datetime=", "datetime"),
        ("datetime=..", "datetime"),
        ("datetime=/", "datetime"),
        ("datetime=yesterday", "datetime"),
        ("datetime=2024-13-01", "datetime"),
        ("datetime=2024-09-08/2024-09-07", "datetime"),
        ("datetime=2024-09-06/2024-09-07/2024-09-08", "datetime"),
        ("datetime=2024-09-07T06:00:00", "datetime"),
        ("datetime=2024-09-07T06:00:00Z'--", "datetime"),
        ("after=", "after"),
        ("after=nonsense", "after"),
        ("after=%00", "after"),
        ("owner=1", "owner"),
        ("BBOX=1,2,3,4", "BBOX"),
        ("bbox-crs=EPSG:5899", "bbox-crs"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_wrong_parameter_is_named(client: Client, db: None, method: str, query: str, field: str) -> None:
    answer, body = ask(client, f"{PARCELS}?{query}", method)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    if method == "HEAD":
        return
    problem = json.loads(body)
    assert problem["field"] == field
    assert problem["expected"]
    assert set(problem) == {"type", "title", "status", "detail", "field", "expected"}
    for within in ("SELECT", "Traceback", "/gis/"):
        assert within not in body.decode()


def test_documents_know_no_parameters_but_their_format(client: Client, db: None) -> None:
    for path in ("", "/conformance", "/api", "/collections", "/collections/parcels"):
        assert client.get(f"/ogc{path}?f=json").status_code == 200
        assert client.get(f"/ogc{path}?limit=1").json()["field"] == "limit"
        assert client.get(f"/ogc{path}?f=html").status_code == 406


def test_a_page_token_is_of_use_unchanged_and_for_its_collection_alone(client: Client, db: None) -> None:
    following = str(link_of(read(client, PARCELS, limit=1), "next"))
    token = QueryDict(following.partition("?")[2])["after"]
    assert read(client, PARCELS, after=token, limit=1)["features"]
    for address, forged in (
        (PLOTS, token),
        (PARCELS, token[:-1] + ("a" if token[-1] != "a" else "b")),
        (PARCELS, "x" + token),
    ):
        answer = client.get(address, {"after": forged})
        assert (answer.status_code, answer.json()["field"]) == (400, "after")


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/nothing",
        "/ogc/collections/nothing/items",
        "/ogc/collections/parcels/items/",
        "/ogc/collections/parcels/items/000000000000",
        "/ogc/collections/parcels/items/%00",
        "/ogc/collections/parcels/items/%FF",
        "/ogc/collections/parcels/items/1'--",
        "/ogc/collections/storm_fixes/items/abc",
        "/ogc/collections/storm_fixes/items/-1",
        "/ogc/collections/storm_fixes/items/99999999999999999999",
        "/ogc/collections/storm_fixes/items/1'--",
        "/ogc/nothing",
    ],
)
def test_what_is_not_there_is_told_so(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("number", ["MH-01/GP", "12/GP-UBND", "a b?c#d%2F&e", "Số 7; ‘đá vôi’", "../items", "x//y"])
def test_an_identifier_may_hold_any_character(client: Client, db: None, number: str) -> None:
    Concession.objects.filter(pk=Concession.objects.all()[0].pk).update(licence_number=number)
    single = read(client, f"{CONCESSIONS}/{quote(number, safe='')}")
    assert single["id"] == number
    own = str(link_of(single, "self"))
    assert own.removeprefix(f"{HOST}{CONCESSIONS}/").count("/") == 0
    assert read(client, own) == single
    found = {feature["id"]: feature for feature in walk(client, f"{CONCESSIONS}?limit=7")}
    assert found[number]["properties"] == single["properties"]


def test_an_unchanged_feature_is_not_sent_again(client: Client, db: None) -> None:
    plot = ForestPlot.objects.all()[0]
    first = client.get(f"{PLOTS}/{plot.code}")
    known = {"If-None-Match": first["ETag"]}
    again = client.get(f"{PLOTS}/{plot.code}", headers=known)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    ForestPlot.objects.filter(pk=plot.pk).update(species="Keo lai x")
    assert client.get(f"{PLOTS}/{plot.code}", headers=known).status_code == 200


@pytest.mark.parametrize(
    "path", ["", "/conformance", "/api", "/collections", "/collections/parcels", "/collections/parcels/items"]
)
def test_head_and_options_work_and_the_rest_is_refused(client: Client, db: None, path: str) -> None:
    answer, body = ask(client, f"/ogc{path}", "HEAD")
    assert (answer.status_code, body) == (200, b"")
    assert answer["Content-Type"] == ask(client, f"/ogc{path}")[0]["Content-Type"]
    assert client.options(f"/ogc{path}")["Allow"] == "GET, HEAD, OPTIONS"
    refused = Client(enforce_csrf_checks=True).post(f"/ogc{path}", {"x": 1})
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/geo+json", 200),
        ("application/geo+json; charset=utf-8", 200),
        ("application/json", 200),
        ("application/*", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("", 200),
        ("text/html", 406),
        ("application/gml+xml", 406),
    ],
)
def test_only_json_is_made_and_said_to_be(client: Client, db: None, accept: str, status: int) -> None:
    for query, expected in (("", status), ("?f=json", 200), ("?f=gml", 406)):
        answer, _body = ask(client, PARCELS + query, Accept=accept)
        assert answer.status_code == expected


def test_an_answer_is_packed_for_who_takes_it(client: Client, db: None) -> None:
    plain, large = ask(client, f"{PARCELS}?limit=500")
    packed, small = ask(client, f"{PARCELS}?limit=500", Accept_Encoding="br, gzip;q=0.5")
    assert packed["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain
    assert "Accept-Encoding" in plain["Vary"] and "Accept-Encoding" in packed["Vary"]
    assert len(small) < len(large) / 3
    assert json.loads(zlib.decompress(small, 31))["features"] == json.loads(large)["features"]
    refused, _body = ask(client, PARCELS, Accept_Encoding="gzip;q=0")
    assert "Content-Encoding" not in refused


def test_rings_run_as_geojson_has_them(client: Client, db: None) -> None:
    for layer in ("parcels", "forest_plots", "communes", "mining_concessions"):
        shape = read(client, f"/ogc/collections/{layer}/items", limit=1)["features"][0]["geometry"]
        ring = shape["coordinates"][0] if shape["type"] == "Polygon" else shape["coordinates"][0][0]
        area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring))
        assert area > 0


def test_values_are_numbers_dates_and_words_not_texts_of_them(client: Client, db: None) -> None:
    parcel = read(client, PARCELS, limit=1)["features"][0]["properties"]
    assert isinstance(parcel["legal_area_m2"], float) and isinstance(parcel["sheet"], int)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", parcel["valid_from"])
    fix = read(client, FIXES, limit=1)["features"][0]["properties"]
    assert re.fullmatch(r"2024-\d\d-\d\dT\d\d:00:00(Z|[+]00:00)", fix["time"])


def open_cursors() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE 'stream_%'")
        count: int = cursor.fetchone()[0]
    return count


def pieces_of(query: str) -> Iterator[str]:
    asked = read_items(QueryDict(query), declared()["parcels"], Viewer.public())
    return Page(declared()["parcels"], Viewer.public(), asked, QueryDict(query), str).text()


def test_the_first_byte_leaves_before_the_last_row_is_read(db: None) -> None:
    """The first feature is out while the database still has the rest; going away ends the query."""
    pieces = pieces_of("limit=10000")
    assert next(pieces).startswith('{"type":"FeatureCollection"')
    assert next(pieces).count('"type":"Feature"') == 1
    assert open_cursors() == 1
    pieces.close()  # type: ignore[attr-defined]
    assert open_cursors() == 0


def test_an_answer_that_nobody_began_to_read_leaves_nothing_open(db: None) -> None:
    pieces = pieces_of("limit=10000")
    assert open_cursors() == 1
    del pieces
    assert open_cursors() == 0


def test_the_first_feature_is_not_held_back_by_packing(db: None) -> None:
    packed = zipped(piece.encode() for piece in pieces_of("limit=10000"))
    unpack = zlib.decompressobj(31)
    assert unpack.decompress(next(packed)).startswith(b'{"type":"FeatureCollection"')
    assert open_cursors() == 1
    del packed
    assert open_cursors() == 0


def test_an_error_of_the_query_is_told_as_one(client: Client, db: None) -> None:
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SET LOCAL enable_indexscan = off")
    answer = client.get(f"{PARCELS}?limit=10000")
    assert answer.status_code == 503
    assert json.loads(answer.content)["type"] == "urn:halong:problem:unavailable"


def test_the_description_of_the_interface_is_true(client: Client, db: None) -> None:
    api = read(client, "/ogc/api")
    assert api["openapi"].startswith("3.0.")
    assert client.get("/ogc/api")["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert set(re.findall(r'"\$ref": ?"([^"#]*)#', json.dumps(api))) == {""}
    for reference in set(re.findall(r'"\$ref": "#/components/([^"]+)"', json.dumps(api))):
        part, name = reference.split("/")
        assert name in api["components"][part]
    for path in (path for path in api["paths"] if "{" not in path):
        answer, _body = ask(client, f"/ogc{path.rstrip('/')}")
        described = api["paths"][path]["get"]["responses"]["200"]["content"]
        assert [answer["Content-Type"]] == list(described)
    limit = api["components"]["parameters"]["limit"]["schema"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 10000, 100)


def test_features_have_the_properties_that_the_description_names(client: Client, db: None) -> None:
    schemas = read(client, "/ogc/api")["components"]["schemas"]
    for layer in all_layers(Viewer.public()):
        feature = read(client, f"/ogc/collections/{layer.name}/items", limit=1)["features"][0]
        described = schemas[f"{layer.name}.feature"]["properties"]["properties"]["properties"]
        assert list(feature["properties"]) == list(described)


def test_reading_a_page_asks_the_database_little(client: Client, db: None, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(6):
        read(client, PARCELS, limit=10000)
