"""The register as of a day, as known at a moment: over the layer's hook, the one query and OGC API Features."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.contrib.gis.geos import Polygon
from django.db import connection
from django.test import Client
from django.utils import timezone

from gis.access.viewer import PROVINCE, Viewer
from gis.layers import Past
from gis.layers.query import LayerQuery
from gis.layers.registry import declared
from land.models import Parcel
from support.databases import copy_of, point_connections_at
from support.fabric import EMPTY_PLACE, account, at, done, parcel, points
from support.features import ask, walk

WEST, EAST, BARRACKS = "900000000001", "900000000002", "900000000003"
BEFORE, SPLIT_DAY, BETWEEN, UNDONE_DAY, AFTER = (date(2025, month, 1) for month in (8, 9, 10, 11, 12))


@pytest.fixture(scope="module")
def moments(province: str, database_prefix: str, django_db_blocker: Any) -> Iterator[dict[str, datetime]]:
    """Committed one after another: two parcels of 400 m²; the west one split, so that the east one is refined by a
    node; the split undone. And one that became defence land. Moments after each."""
    before = connection.settings_dict["NAME"]
    with copy_of(province, f"{database_prefix}_as_of") as name, django_db_blocker.unblock():
        point_connections_at(name)
        yield _made()
        point_connections_at(before)


def _made() -> dict[str, datetime]:
    a, b, c, d, e, f = points((0, 0), (20, 0), (40, 0), (40, 20), (20, 20), (0, 20))
    parcel(WEST, [a, b, e, f], legal_area_m2=400, sheet=900, number=1)
    parcel(EAST, [b, c, d, e], legal_area_m2=400, sheet=900, number=2)
    moments = {"loaded": timezone.now()}
    split = done({"op": "split", "parcel": WEST, "line": [at(0, 10), at(20, 10)]}, SPLIT_DAY)
    moments["split"] = timezone.now()
    done({"op": "undo", "change": split.pk}, UNDONE_DAY)
    moments["undone"] = timezone.now()
    ring = points((60, 0), (80, 0), (80, 20), (60, 20))
    civil = parcel(BARRACKS, ring, sheet=900, number=3)
    moments["civil"] = timezone.now()
    Parcel.objects.filter(pk=civil.pk).update(recorded_to=timezone.now())
    parcel(BARRACKS, ring, sheet=900, number=3, version=2, valid_to=BETWEEN)
    parcel(BARRACKS, ring, sheet=900, number=3, version=3, valid_from=BETWEEN, land_use_id="CQP")
    return moments


def held(first: date | None, last: date | None, known: datetime | None = None, areas: str = "") -> dict[str, Any]:
    """What lies in the place of the test: {identifier, or "child": [(m² of the plane, corners)]}."""
    box = (EMPTY_PLACE[0] - 1, EMPTY_PLACE[1] - 1, EMPTY_PLACE[0] + 99, EMPTY_PLACE[1] + 99)
    place = Polygon.from_bbox(box)
    place.srid = 5899
    found: dict[str, Any] = {}
    rows = declared()["parcels"].rows_at(areas, Past(first, last, known)).filter(geom__bboverlaps=place)
    for row in rows:
        name = row.identifier if row.identifier in (WEST, EAST, BARRACKS) else "child"
        found.setdefault(name, []).append((round(row.area_m2), len(row.ring)))
    return {name: sorted(shapes) for name, shapes in found.items()}


PLAIN = {WEST: [(400, 4)], EAST: [(400, 4)]}
REFINED = {WEST: [(400, 6)], EAST: [(400, 5)]}


def test_a_split_and_its_undoing_are_seen_on_their_days(moments: dict[str, datetime]) -> None:
    known = moments["undone"]
    assert held(BEFORE, BEFORE, known)[WEST] == [(400, 4)]
    split = held(BETWEEN, BETWEEN, known)
    assert split["child"] == [(200, 4), (200, 4)] and WEST not in split
    undone = held(AFTER, AFTER, known)
    assert undone[WEST][0][0] == 400 and "child" not in undone
    assert held(date(2020, 1, 1), date(2020, 1, 1)) == {}


def test_what_was_not_yet_known_is_not_told(moments: dict[str, datetime]) -> None:
    assert held(BETWEEN, BETWEEN, moments["loaded"]) == PLAIN
    assert held(AFTER, AFTER, moments["loaded"]) == PLAIN
    assert "child" in held(AFTER, AFTER, moments["split"])
    assert held(AFTER, AFTER, datetime(2020, 1, 1, tzinfo=timezone.get_default_timezone())) == {}


def test_a_refinement_changes_what_is_known_and_no_day(moments: dict[str, datetime]) -> None:
    """The east parcel got a node from the split beside it: for every day, but only for who asks after it."""
    for day in (BEFORE, BETWEEN, AFTER):
        assert held(day, day, moments["loaded"])[EAST] == [(400, 4)]
        assert held(day, day, moments["split"])[EAST] == [(400, 5)]


def test_a_span_has_the_newest_version_of_each_parcel_once(moments: dict[str, datetime]) -> None:
    known = moments["undone"]
    assert set(held(None, BEFORE, known)) == {WEST, EAST}
    assert held(BETWEEN, BETWEEN, known)["child"] == held(BETWEEN, AFTER, known)["child"]
    everything = held(None, None, known)
    assert {name: len(shapes) for name, shapes in everything.items()} == {WEST: 1, EAST: 1, "child": 2}
    assert held(None, BETWEEN, known)[WEST] == [(400, 4)]


def test_hidden_land_has_no_past_either(moments: dict[str, datetime]) -> None:
    for day in (BEFORE, AFTER):
        assert BARRACKS not in held(day, day)
        assert BARRACKS in held(day, day, areas=PROVINCE)
        assert BARRACKS in held(day, day, areas="06685")
        assert BARRACKS not in held(day, day, areas="06688")
    assert BARRACKS not in held(BEFORE, BEFORE, moments["civil"])


def items(query: str, username: str = "") -> list[Any]:
    client = Client()
    if username:
        client.force_login(account(username))
    return walk(client, f"/ogc/collections/parcels/items?sheet=900&{query}")


def test_features_are_asked_as_of_a_day_as_known_at_a_moment(moments: dict[str, datetime]) -> None:
    ids = [feature["id"] for feature in items(f"datetime={BETWEEN}&limit=2")]
    assert len(ids) == 3 and WEST not in ids and EAST in ids
    assert sorted(row["id"] for row in items(f"datetime={AFTER}")) == [WEST, EAST]
    known = moments["loaded"].isoformat().replace("+", "%2B")
    assert [row["id"] for row in items(f"datetime={BETWEEN}T05:00:00Z&known={known}")] == [WEST, EAST]
    assert [row["id"] for row in items(f"known={known}")] == [WEST, EAST]
    assert items("known=2020-01-01") == []
    assert {row["id"] for row in items(f"datetime=../{BEFORE}", "land.halong")} == {WEST, EAST, BARRACKS}
    assert {row["id"] for row in items(f"datetime={AFTER}/..", "land.halong")} == {WEST, EAST, BARRACKS}
    # The day is the province's: 18:00 UTC on the day before the split is already its first day there.
    assert WEST not in [row["id"] for row in items("datetime=2025-08-31T18:00:00Z")]


@pytest.mark.parametrize(
    ("query", "field"),
    [("known=yesterday", "known"), ("known=2025-02-30", "known"), ("known=2025-01-01T00:00:00", "known"),
     ("datetime=2025-02-30", "datetime"), ("datetime=2025-02-01/2025-01-01", "datetime")],
)  # fmt: skip
def test_a_time_that_is_none_is_refused(moments: Any, query: str, field: str) -> None:
    answer, body = ask(Client(), f"/ogc/collections/parcels/items?{query}")
    assert answer.status_code == 400 and f'"field": "{field}"'.encode() in body.replace(b'":"', b'": "')


def test_a_layer_without_a_past_does_not_know_the_parameter(moments: Any) -> None:
    assert ask(Client(), "/ogc/collections/communes/items?known=2025-01-01")[0].status_code == 400


def test_the_past_of_a_place_is_found_by_its_index(moments: Any) -> None:
    layer = declared()["parcels"]
    rows = layer.rows_at("", Past(BETWEEN, BETWEEN)).filter(geom__bboverlaps=Polygon.from_bbox((1, 1, 2, 2)))
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        plan = rows.explain()
        cursor.execute("RESET enable_seqscan")
    assert "Index Scan using parcel_place" in plan, plan
    assert LayerQuery(layer, Viewer.public(), past=Past(BETWEEN, BETWEEN)).count() is not None
