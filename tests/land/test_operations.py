"""Operations on the fabric: what they make of parcels, what they refuse, and that nothing tears."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import shapely
from django.db import DatabaseError, connection, transaction

from gis.problems import Forbidden, Invalid, NotFound, RuleRefused, SignInNeeded, Stale
from land.actions.carry_out import carry_out
from land.models import BoundaryPoint, Descent, Parcel, ParcelChange
from land.operations.kinds import read_operation
from land.operations.preview import preview
from support.fabric import (
    APPROVER,
    COMMUNE,
    OFFICER,
    TODAY,
    account,
    actor,
    at,
    current,
    document,
    done,
    parcel,
    points,
    previewed,
)

WEST, EAST, NORTH = "900000000001", "900000000002", "900000000003"


@pytest.fixture
def block(db: None) -> dict[str, list[int]]:
    """Two squares of 20 m side by side, and a third parcel along both to the north, with a node between them."""
    a, b, c, d, e, f, g, h = points((0, 0), (20, 0), (40, 0), (40, 20), (20, 20), (0, 20), (40, 30), (0, 30))
    parcel(WEST, [a, b, e, f], legal_area_m2=400, sheet=900, number=1)
    parcel(EAST, [b, c, d, e], legal_area_m2=401, sheet=900, number=2)
    parcel(NORTH, [f, e, d, g, h], legal_area_m2=399, sheet=900, number=3)
    return {"west": [a, b, e, f], "east": [b, c, d, e], "north": [f, e, d, g, h]}


def children(change: ParcelChange) -> list[Parcel]:
    return list(change.versions.current().order_by("number", "identifier"))


def test_a_parcel_is_split_along_a_drawn_line_and_its_neighbours_get_the_nodes(block: Any) -> None:
    change = done({"op": "split", "parcel": WEST, "line": [at(8, 5), at(8, 15)]})
    new = [row for row in children(change) if row.identifier != NORTH]
    assert [row.number for row in new] == [4, 5]
    assert sorted(row.area_m2 for row in new) == [pytest.approx(160), pytest.approx(240)]
    assert sorted(row.legal_area_m2 for row in new) == [Decimal("160.0"), Decimal("240.0")]
    assert not Parcel.objects.current().filter(identifier=WEST)
    north = Parcel.objects.current().get(identifier=NORTH)
    assert len(north.ring) == 6 and north.valid_from == date(2025, 7, 1)
    shapes = [
        shapely.from_wkb(bytes(row.geom.wkb))
        for row in current([*(one.identifier for one in new), NORTH, EAST]).values()
    ]
    assert shapely.coverage_is_valid(shapes, gap_width=0.005)


def test_what_was_split_stays_in_the_register_of_the_days_before(block: Any) -> None:
    done({"op": "split", "parcel": WEST, "line": [at(8, 5), at(8, 15)]})
    assert [row.area_m2 for row in Parcel.objects.as_of(date(2025, 8, 31)).filter(identifier=WEST)] == [
        pytest.approx(400)
    ]
    assert not Parcel.objects.as_of(TODAY).filter(identifier=WEST)


def test_the_lineage_names_the_document_and_the_area_that_went_on(block: Any) -> None:
    change = done({"op": "split", "parcel": WEST, "line": [at(8, 5), at(8, 15)]})
    edges = Descent.objects.filter(change=change, parent__identifier=WEST)
    assert sorted(edge.area_m2 for edge in edges) == [pytest.approx(160), pytest.approx(240)]
    assert change.document == document()
    assert (change.officer.username, change.approver.username) == (OFFICER, APPROVER)


@pytest.mark.parametrize(
    ("operation", "areas"),
    [
        ({"op": "split_by_area", "side": (0, 1), "area_m2": 100}, [100, 300]),
        ({"op": "split_by_area", "side": (1, 2), "area_m2": "150.5"}, [150.5, 249.5]),
        ({"op": "split_equally", "side": (0, 1), "parts": 4}, [100, 100, 100, 100]),
        ({"op": "split_at_distance", "side": (0, 1), "distance_m": 5}, [100, 300]),
        ({"op": "split_at_distance", "side": (0, 1), "distance_m": 0, "towards": 2}, [200, 200]),
    ],
    ids=["area", "area along another side", "equal parts", "square to a side", "towards a corner"],
)
def test_a_parcel_is_divided_as_asked(block: Any, operation: dict[str, Any], areas: list[float]) -> None:
    ring = block["west"]
    asked = {**operation, "parcel": WEST, "side": [ring[place] for place in operation["side"]]}
    if "towards" in asked:
        asked["towards"] = ring[asked["towards"]]
    seen = previewed(asked)
    assert seen.possible, seen.findings
    assert sorted(one.area_m2 for one in seen.outcomes if one.born) == [pytest.approx(area, abs=0.02) for area in areas]


@pytest.mark.parametrize("layout", ["{n}\t{y}\t{x}", "{y} {x}", "{x};{y}", "{n}; {y_comma}; {x_comma}"])
def test_a_corner_table_is_read_whichever_axis_comes_first(block: Any, layout: str) -> None:
    lines = []
    for number, (east, north) in enumerate([(10, -1), (10, 12), (21, 12)], 1):
        x, y = at(east, north)
        told = {"x": f"{x:.3f}", "y": f"{y:.3f}"}
        told |= {f"{name}_comma": value.replace(".", ",") for name, value in told.items()}
        lines.append(layout.format(n=number, **told))
    seen = previewed({"op": "split_by_table", "parcel": WEST, "table": "\n".join(lines)})
    assert seen.possible, seen.findings
    assert sorted(one.area_m2 for one in seen.outcomes if one.born) == [pytest.approx(120), pytest.approx(280)]


def test_a_table_of_another_meridian_is_refused_with_the_one_that_fits(block: Any) -> None:
    from pyproj import Transformer

    shift = Transformer.from_crs(
        "EPSG:5899", "+proj=tmerc +lon_0=107.25 +k=0.9999 +x_0=500000 +ellps=WGS84", always_xy=True
    )
    table = "\n".join("{1:.3f} {0:.3f}".format(*shift.transform(*at(*place))) for place in [(10, -1), (10, 21)])
    [finding] = previewed({"op": "split_by_table", "parcel": WEST, "table": table}).findings
    assert finding.rule == "table_elsewhere"
    assert finding.limit == "107°15′"


def test_parcels_are_merged_and_their_areas_added(block: Any) -> None:
    change = done({"op": "merge", "parcels": [WEST, EAST]})
    [merged] = children(change)
    assert (merged.legal_area_m2, merged.area_m2) == (Decimal("801.0"), pytest.approx(800))
    assert merged.ring[0] and len(merged.ring) == 6


def test_parcels_that_only_meet_in_a_corner_are_not_merged(db: None) -> None:
    a, b, c, d, e, f, g = points((0, 0), (10, 0), (10, 10), (0, 10), (20, 10), (20, 20), (10, 20))
    parcel(WEST, [a, b, c, d])
    parcel(EAST, [c, e, f, g])
    [finding] = previewed({"op": "merge", "parcels": [WEST, EAST]}).findings
    assert finding.rule == "merge_parts_apart"


def test_a_moved_point_moves_every_parcel_that_uses_it(block: Any) -> None:
    change = done({"op": "move_points", "points": {str(block["west"][2]): at(22, 19)}})
    rows = current([WEST, EAST, NORTH])
    assert {row.change_id for row in rows.values()} == {change.pk}
    assert sum(row.area_m2 for row in rows.values()) == pytest.approx(1200)
    assert sum(row.legal_area_m2 for row in rows.values()) == Decimal("1200.0")
    assert rows[WEST].valid_from == TODAY
    before = Parcel.objects.as_of(date(2025, 8, 31)).get(identifier=WEST)
    assert before.area_m2 == pytest.approx(400)


@pytest.mark.parametrize("place", [(20, 31), (-5, 5)], ids=["over the far side", "out of the parcel"])
def test_a_point_is_not_moved_where_a_ring_would_cross_itself(block: Any, place: Any) -> None:
    seen = previewed({"op": "move_points", "points": {str(block["west"][2]): at(*place)}})
    assert not seen.possible
    assert {finding.rule for finding in seen.findings} == {"ring_meets_itself"}
    assert seen.findings[0].where is not None


@pytest.mark.parametrize(("east", "possible"), [(44.997, False), (45.003, False), (46, False), (44, True)], ids=str)
def test_a_point_neither_overlaps_a_neighbour_nor_leaves_a_thin_gap(block: Any, east: float, possible: bool) -> None:
    parcel("900000000004", points((45, 0), (60, 0), (60, 20), (45, 20)))
    seen = previewed({"op": "move_points", "points": {str(block["east"][1]): at(east, 10)}})
    assert seen.possible == possible, seen.findings
    assert possible or seen.findings[0].rule == "coverage_torn"


def test_a_point_is_put_into_a_side_and_taken_out_again(block: Any) -> None:
    first = done({"op": "insert_point", "parcel": WEST, "at": at(21, 10), "beside": at(20, 10)})
    rows = current([WEST, EAST])
    assert [len(row.ring) for row in rows.values()] == [5, 5]
    assert rows[WEST].area_m2 == pytest.approx(410)
    [point] = set(rows[WEST].ring) - set(block["west"])
    done({"op": "remove_point", "point": point})
    assert [row.area_m2 for row in current([WEST, EAST]).values()] == [pytest.approx(400)] * 2
    [finding] = previewed({"op": "remove_point", "point": block["west"][2]}).findings
    assert finding.rule == "parcels_meet_here"
    assert first.kind == "insert_point"


def test_a_survey_moves_what_it_finds_elsewhere_and_reports_its_residuals(block: Any) -> None:
    a, b, e, f = block["west"]
    positions = [{"point": a, "at": at(0, 0)}, {"point": b, "at": at(20, 0)}, {"point": f, "at": at(0, 20)}]
    distances = [
        {"points": [a, e], "metres": (20.05**2 + 20.02**2) ** 0.5},
        {"points": [b, e], "metres": (0.05**2 + 20.02**2) ** 0.5},
        {"points": [f, e], "metres": (20.05**2 + 0.02**2) ** 0.5},
    ]
    operation = {"op": "redefine", "points": [a, e], "distances": distances, "positions": positions}
    seen = previewed(operation)
    assert seen.possible, seen.findings
    moved = seen.as_json()["points"]
    assert [one["id"] for one in moved] == [e]
    assert moved[0]["at"] == pytest.approx(at(20.05, 20.02), abs=0.001)
    assert seen.as_json()["survey"]["freedom"] == 1
    distances[0]["metres"] += 1
    assert "measurement_blunder" in [finding.rule for finding in previewed(operation).findings]


def test_undoing_a_split_brings_back_the_parcel_itself(block: Any) -> None:
    before = Parcel.objects.current().get(identifier=WEST)
    change = done({"op": "split", "parcel": WEST, "line": [at(8, 5), at(8, 15)]})
    undone = done({"op": "undo", "change": change.pk}, date(2025, 10, 1))
    back = Parcel.objects.current().get(identifier=WEST)
    assert (back.legal_area_m2, back.area_m2, back.number) == (before.legal_area_m2, pytest.approx(400), before.number)
    assert undone.undoes == change
    assert not Parcel.objects.as_of(date(2025, 9, 15)).filter(identifier=WEST)
    [finding] = previewed({"op": "undo", "change": change.pk}).findings
    assert finding.rule == "undone_already"


def test_undoing_a_merger_brings_back_each_parcel_with_its_own_area(block: Any) -> None:
    change = done({"op": "merge", "parcels": [WEST, EAST]})
    done({"op": "undo", "change": change.pk}, date(2025, 10, 1))
    rows = current([WEST, EAST])
    assert {key: row.legal_area_m2 for key, row in rows.items()} == {WEST: Decimal(400), EAST: Decimal(401)}
    assert rows[WEST].ring == block["west"]


def test_undoing_a_move_puts_points_and_legal_areas_back(block: Any) -> None:
    change = done({"op": "move_points", "points": {str(block["west"][2]): at(22.3, 19)}})
    done({"op": "undo", "change": change.pk}, date(2025, 10, 1))
    rows = current([WEST, EAST, NORTH])
    assert {key: row.legal_area_m2 for key, row in rows.items()} == {
        WEST: Decimal(400), EAST: Decimal(401), NORTH: Decimal(399),
    }  # fmt: skip
    assert [row.area_m2 for row in rows.values()] == [pytest.approx(400)] * 3


def test_what_has_been_changed_again_is_not_undone(block: Any) -> None:
    change = done({"op": "split", "parcel": WEST, "line": [at(8, 5), at(8, 15)]})
    born = next(row for row in children(change) if row.identifier not in (NORTH, EAST))
    done({"op": "split_equally", "parcel": born.identifier, "side": born.ring[:2], "parts": 2})
    [finding] = previewed({"op": "undo", "change": change.pk}).findings
    assert finding.rule == "changed_since"


def test_only_what_was_previewed_is_carried_out(block: Any) -> None:
    operation = {"op": "split", "parcel": WEST, "line": [at(8, 5), at(8, 15)]}
    seen = previewed(operation)
    done({"op": "move_points", "points": {str(block["west"][2]): at(20.1, 20)}})
    with pytest.raises(Stale):
        carry_out(
            actor(),
            operation,
            preview_hash=seen.hash,
            document=document(),
            effective_on=TODAY,
            officer=account(OFFICER),
        )
    assert Parcel.objects.current().filter(identifier=WEST).exists()


def test_nobody_approves_what_he_drew(block: Any) -> None:
    operation = {"op": "merge", "parcels": [WEST, EAST]}
    with pytest.raises(Invalid, match=r"Không ai tự duyệt|Nobody approves"), transaction.atomic():
        carry_out(
            actor(),
            operation,
            preview_hash=previewed(operation).hash,
            document=document(),
            effective_on=TODAY,
            officer=account(APPROVER),
        )


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2999, 1, 1), "≤"), (date(2025, 6, 30), "≥ 2025-07-01")], ids=["future", "too early"]
)
def test_the_day_of_effect_is_neither_to_come_nor_before_the_last_change(block: Any, day: date, expected: str) -> None:
    with pytest.raises(Invalid) as refusal:
        done({"op": "merge", "parcels": [WEST, EAST]}, day)
    assert refusal.value.field == "effective_on"
    assert expected in str(refusal.value.expected)


def test_nobody_works_on_parcels_of_other_communes(block: Any) -> None:
    operation = {"op": "merge", "parcels": [WEST, EAST]}
    for username in ("land.mongcai", "viewer", "forest"):
        with pytest.raises(Forbidden):
            previewed(operation, by=username)
    with pytest.raises(Forbidden):
        carry_out(
            actor(OFFICER),
            operation,
            preview_hash=previewed(operation).hash,
            document=document(),
            effective_on=TODAY,
            officer=account(APPROVER),
        )
    from gis.access.viewer import Viewer

    with pytest.raises(SignInNeeded):
        preview(Viewer.public(), read_operation(operation), operation)


def test_a_node_on_the_side_of_a_neighbour_in_another_commune_needs_rights_there(block: Any) -> None:
    a, _b, _e, f = block["west"]
    other = points((-20, 0), (-20, 20))
    parcel("900000000009", [other[0], a, f, other[1]], commune_id="06712")
    with pytest.raises(Forbidden):
        previewed({"op": "split_at_distance", "parcel": WEST, "side": [f, a], "distance_m": 10})


def test_hidden_land_is_not_found_by_those_who_may_not_see_it(block: Any) -> None:
    ring = points((100, 0), (110, 0), (110, 10))
    parcel("900000000008", ring, land_use_id="CQP", commune_id="06712")
    with pytest.raises(NotFound):
        previewed({"op": "split_equally", "parcel": "900000000008", "side": ring[:2], "parts": 2})


BAD = [
    ({}, "operation.op"),
    ({"op": "bend"}, "operation.op"),
    ({"op": "split", "parcel": "12", "line": []}, "operation.parcel"),
    ({"op": "split", "parcel": WEST, "line": [[1, 2], [3, 4]]}, "operation.line[0]"),
    ({"op": "split", "parcel": WEST, "line": [[2290000.0, 440000.0], [2290001.0, 440001.0]]}, "operation.line[0]"),
    ({"op": "split", "parcel": WEST, "line": [[440000.0, 2290000.0, 5.0], [440001.0, 2290000.0]]}, "operation.line[0]"),
    ({"op": "split", "parcel": WEST, "line": [[float("nan"), 2290000.0], [440001.0, 1]]}, "operation.line[0][0]"),
    ({"op": "split", "parcel": WEST, "line": [[440000.0, 2290000.0]]}, "operation.line"),
    ({"op": "split", "parcel": WEST, "line": [{"point": 0}, {"point": 1}]}, "operation.line[0].point"),
    ({"op": "split_equally", "parcel": WEST, "side": [1, 2], "parts": 2.5}, "operation.parts"),
    ({"op": "split_by_area", "parcel": WEST, "side": [1], "area_m2": 5}, "operation.side"),
    ({"op": "split_by_area", "parcel": WEST, "side": [1, 2], "area_m2": -5}, "operation.area_m2"),
    ({"op": "merge", "parcels": [WEST]}, "operation.parcels"),
    ({"op": "merge", "parcels": [WEST, EAST], "why": "so"}, "operation.why"),
    ({"op": "move_points", "points": {"x": [440000.0, 2290000.0]}}, "operation.points"),
    ({"op": "undo", "change": "1"}, "operation.change"),
    ({"op": "redefine", "points": [1], "positions": [{"point": 1, "at": [1, 2]}]}, "operation.positions[0].at"),
]


@pytest.mark.parametrize(("operation", "field"), BAD, ids=[field for _, field in BAD])
def test_a_malformed_operation_is_refused_with_its_field(operation: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_operation(operation)
    assert refusal.value.field == field


def test_a_swapped_pair_of_coordinates_is_told_apart(db: None) -> None:
    with pytest.raises(Invalid) as refusal:
        read_operation({"op": "split", "parcel": WEST, "line": [[2290000.0, 440000.0], [2290001.0, 440001.0]]})
    assert "easting" in str(refusal.value.expected) or "đông" in str(refusal.value.expected)


def test_edits_and_their_undoing_drift_by_nothing(block: Any) -> None:
    point = block["west"][2]
    before = BoundaryPoint.objects.get(pk=point).geom.coords
    for number in range(10):
        change = done({"op": "move_points", "points": {str(point): at(20.001 + number / 1000, 20.007)}})
        done({"op": "undo", "change": change.pk})
    assert BoundaryPoint.objects.get(pk=point).geom.coords == before
    assert {row.area_m2 for row in current([WEST, EAST, NORTH]).values()} == {400.0}


def test_a_refused_operation_leaves_nothing_behind(block: Any) -> None:
    rows, changes = Parcel.objects.count(), ParcelChange.objects.count()
    with pytest.raises(RuleRefused) as refusal:
        done({"op": "split", "parcel": WEST, "line": [at(30, 5), at(35, 15)]})
    assert refusal.value.extra["rule"] == "cut_misses"
    assert (Parcel.objects.count(), ParcelChange.objects.count()) == (rows, changes)
    assert COMMUNE == "06685"


@pytest.mark.parametrize("table", ["land_parcelchange", "land_descent", "land_sourcedocument"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET id = id + 1"])
def test_a_change_and_its_document_stay_whatever_sql_says(block: Any, table: str, statement: str) -> None:
    done({"op": "merge", "parcels": [WEST, EAST]})
    with pytest.raises(DatabaseError) as refusal, connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert refusal.value.__cause__.diag.constraint_name in ("parcel_changes_stay", "document_of_a_change_stays")  # type: ignore[union-attr]
