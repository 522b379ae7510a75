"""What lies over what: areas as PostGIS has them, of what the viewer may see, as grave as dated rows say."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forests.models import ForestPlot
from gis.access.viewer import Viewer
from gis.actions.models import Record
from gis.layers import registry
from gis.overlay.engine import overlaps, taking_part
from gis.overlay.models import OverlapRule
from land.models import Parcel
from mines.models import Concession
from support.fabric import account, at, parcel, points, previewed

LOT = "900000000001"
OWN_WORD = """
SELECT code, ST_Area(ST_Intersection(geom, ST_GeomFromText(%s, 5899))) FROM forests_forestplot
WHERE ST_Area(ST_Intersection(geom, ST_GeomFromText(%s, 5899))) >= 0.01
"""


def plot(**values: Any) -> ForestPlot:
    """A made-up copy of a plot, in the empty corner."""
    row = ForestPlot.objects.order_by("pk").first()
    assert row is not None
    row.pk, row.code, row.plot = None, "TEST-1", "zz"
    for name, value in values.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(*at(west, south), *at(east, north))


def stored(shape: shapely.Geometry) -> Any:
    return GEOSGeometry(memoryview(shapely.MultiPolygon([shape]).wkb), srid=5899)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_areas_are_those_of_postgis_for_whatever_shape(db: None, data: st.DataObject) -> None:
    middle = ForestPlot.objects.order_by("code")[data.draw(st.integers(0, 50))].geom.centroid
    corners = data.draw(st.lists(st.tuples(st.floats(-800, 800), st.floats(-800, 800)), min_size=3, max_size=9))
    shape = shapely.MultiPoint([(middle.x + east, middle.y + north) for east, north in corners]).convex_hull
    if shape.geom_type != "Polygon":
        return
    found = overlaps({"shape": shape}, viewer=Viewer.public(), against=["forest_plots"])
    with connection.cursor() as cursor:
        cursor.execute(OWN_WORD, [shape.wkt, shape.wkt])
        expected = dict(cursor.fetchall())
    assert {one.key: one.area_m2 for one in found} == {
        key: pytest.approx(area, abs=1e-3) for key, area in expected.items()
    }
    assert all(one.where.area == pytest.approx(one.area_m2, abs=1e-3) for one in found)
    assert [one.area_m2 for one in found] == sorted((one.area_m2 for one in found), reverse=True)


def test_many_shapes_are_asked_about_in_one_statement_a_layer(
    db: None, django_assert_num_queries: Callable[[int], Any]
) -> None:
    plots = list(ForestPlot.objects.order_by("code")[:20])
    shapes = {row.code: shapely.from_wkb(bytes(row.geom.wkb)) for row in plots}
    with django_assert_num_queries(2):
        found = overlaps(shapes, viewer=Viewer.public(), against=["forest_plots"])
    own = {one.shape: one.area_m2 for one in found if one.key == one.shape}
    assert own == {row.code: pytest.approx(row.geom.area, abs=1e-3) for row in plots}


def test_layers_take_part_that_declare_it(db: None) -> None:
    names = {layer.name for layer in taking_part(Viewer.public())}
    assert names == {"parcels", "forest_plots", "mining_concessions", "waste_dumps"}
    assert {name for name, layer in registry.declared().items() if layer.overlay is not None} == names


def test_what_merely_touches_overlaps_nothing(db: None) -> None:
    plot(geom=stored(box(0, 0, 100, 100)))
    asked = {"beside": box(100, 0, 200, 100), "over": box(99, 0, 200, 100)}
    assert [(one.shape, one.area_m2) for one in overlaps(asked, viewer=Viewer.public())] == [("over", 100.0)]


def test_a_draft_is_told_what_its_parcels_lie_over_with_area_and_place(db: None) -> None:
    plot(geom=stored(box(10, 0, 100, 100)), forest_type=2)
    parcel(LOT, points((0, 0), (20, 0), (20, 20), (0, 20)), legal_area_m2=400, sheet=900)
    cut = {"op": "split", "parcel": LOT, "line": [at(-1, 5), at(21, 5)]}
    found = [one for one in previewed(cut).findings if one.rule.startswith("overlap/")]
    assert [(one.rule, one.severity, one.measured) for one in found] == [
        ("overlap/forest_plots/TEST-1", "warns", "150.00 m²"),
        ("overlap/forest_plots/TEST-1", "warns", "50.00 m²"),
    ]
    assert found[0].where is not None and found[0].where.equals(box(10, 5, 20, 20))
    assert previewed(cut, by="land.halong").hash == previewed(cut).hash
    OverlapRule.objects.create(
        layer="parcels", against="forest_plots", kind="2", severity="refuses", document="Luật Lâm nghiệp",
        article="Điều 1", effective_from=date(2025, 8, 1),
    )  # fmt: skip
    refused = previewed(cut, on=date(2025, 8, 1))
    assert not refused.possible
    assert "Điều 1, Luật Lâm nghiệp" in {one.citation for one in refused.findings}
    assert previewed(cut, on=date(2025, 7, 31)).possible


def test_the_most_particular_row_says_how_grave_it_is(db: None) -> None:
    plot(geom=stored(box(0, 0, 100, 100)), forest_type=1)

    def grave(layer: str) -> tuple[str, str]:
        (one,) = overlaps({"": box(0, 0, 10, 10)}, viewer=Viewer.public(), layer=layer, on=date(2025, 9, 1))
        return one.severity, one.citation

    assert grave("parcels") == ("warns", "")
    row = {"against": "forest_plots", "effective_from": date(2025, 7, 1)}
    OverlapRule.objects.create(**row, severity="tells", document="all")
    OverlapRule.objects.create(**row, severity="refuses", document="protection forest alone", kind="2")
    assert grave("parcels") == ("tells", "all")
    OverlapRule.objects.create(**row, severity="refuses", document="special-use", kind="1")
    assert grave("parcels") == ("refuses", "special-use")
    OverlapRule.objects.create(**row, severity="warns", document="concessions", layer="mining_concessions")
    assert (grave("mining_concessions")[1], grave("parcels")[1]) == ("concessions", "special-use")


def asked(username: str, **body: Any) -> Any:
    client = Client(headers={"Accept": "application/json"})
    if username:
        client.force_login(account(username))
    return client.post("/api/overlaps", json.dumps(body), content_type="application/json")


def drawn(shape: shapely.Polygon) -> dict[str, Any]:
    return json.loads(json.dumps(shapely.geometry.mapping(shape)))


def test_hidden_parcels_are_told_of_to_those_who_may_see_them_alone(db: None) -> None:
    parcel(LOT, points((0, 0), (20, 0), (20, 20), (0, 20)), legal_area_m2=400, sheet=900, land_use_id="CQP")
    body = {"geometry": drawn(box(10, 10, 30, 30)), "against": ["parcels"]}
    for username in ("", "viewer", "land.mongcai", "mines"):
        assert asked(username, **body).json()["overlaps"] == []
        assert asked(username, layer="parcels", key=LOT).status_code == 404
    (told,) = asked("land.halong", **body).json()["overlaps"]
    assert (told["key"], told["area_m2"]) == (LOT, 100.0)


def test_private_fields_are_in_no_answer(db: None) -> None:
    row = plot(geom=stored(box(0, 0, 100, 100)), owner_name="Nguyễn Thị Bí Mật")
    answer = asked("", geometry=drawn(box(0, 0, 10, 10)))
    assert answer.json()["overlaps"][0]["key"] == row.code
    assert "Bí Mật" not in answer.content.decode()


def test_a_concession_is_compared_with_parcels_and_forest_but_not_with_itself(db: None) -> None:
    licence = Concession.objects.filter(geom__isnull=False).order_by("licence_number").first()
    assert licence is not None and licence.geom is not None
    answer = asked("", layer="mining_concessions", key=licence.licence_number).json()
    assert answer["area_m2"] == pytest.approx(licence.geom.area, abs=1e-3)
    told = {(one["layer"], one["key"]): one["area_m2"] for one in answer["overlaps"]}
    assert ("mining_concessions", licence.licence_number) not in told
    expected = {
        ("forest_plots", row.code): row.geom.intersection(licence.geom).area
        for row in ForestPlot.objects.filter(geom__intersects=licence.geom)
    } | {
        ("parcels", row.identifier): row.geom.intersection(licence.geom).area
        for row in Parcel.objects.current().visible_in("").filter(geom__intersects=licence.geom)
    }
    told = {pair: area for pair, area in told.items() if pair[0] in ("forest_plots", "parcels")}
    assert told == {pair: pytest.approx(area, abs=1e-3) for pair, area in expected.items() if area >= 0.01}


def polygon(ring: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 404, "layer"),
        ({"layer": "no_such_layer", "key": "1"}, 404, "layer"),
        ({"layer": "communes", "key": "06685"}, 422, "layer"),
        ({"layer": "parcels", "key": "000000000000"}, 404, "key"),
        ({"geometry": {"type": "Point", "coordinates": [440_000, 2_290_000]}}, 422, "geometry"),
        ({"geometry": polygon([[0, 0], ["x", 1], [1, 1]])}, 422, "geometry"),
        ({"geometry": polygon([[107, 21], [108, 21], [108, 22], [107, 21]])}, 422, "geometry"),
        ({"geometry": None}, 422, "geometry"),
        ({"geometry": polygon([at(0, 0), at(9, 9), at(9, 0), at(0, 9), at(0, 0)])}, 422, "geometry"),
        ({"geometry": polygon([at(0, 0), at(9, 0), at(9, 9), at(0, 0)]), "against": "x"}, 422, "against"),
        ({"shape": 1}, 422, "shape"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_with_its_field(db: None, body: Any, status: int, field: str) -> None:
    answer = asked("", **body)
    assert (answer.status_code, answer.json().get("field")) == (status, field), answer.content


def test_lawyers_keep_the_rules_and_a_rule_is_only_closed(db: None) -> None:
    client = Client()
    client.force_login(account("lawyer"))
    form = {
        "layer": "parcels", "against": "forest_plots", "kind": "1", "severity": "refuses", "document": "Luật",
        "article": "Điều 1", "effective_from": "2025-10-01", "note": "",
    }  # fmt: skip
    enter = "/admin/overlay/overlaprule/do/enter-rule/"
    assert client.post(enter, form | {"against": "communes"}).status_code == 422
    assert client.post(enter, form).status_code == 302
    rule = OverlapRule.objects.get()
    assert Record.objects.get(target=f"overlap_rule:{rule.pk}").changes["kind"] == [None, "1"]
    with pytest.raises(DatabaseError), transaction.atomic():
        OverlapRule.objects.update(severity="tells")
    close = {"effective_to": "2026-01-01", "reason": "2/2026/QH15"}
    assert client.post(f"/admin/overlay/overlaprule/{rule.pk}/do/close-rule/", close).status_code == 302
    assert not OverlapRule.objects.in_force(date(2026, 1, 1)) and OverlapRule.objects.in_force(date(2025, 12, 31))
    operator = Client()
    operator.force_login(account("operator"))
    assert operator.get("/admin/overlay/overlaprule/").status_code == 200
    assert operator.post(enter, form).status_code == 403
