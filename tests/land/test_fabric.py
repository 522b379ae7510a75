"""The parcel fabric keeps its laws against everybody, also against plain SQL."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psycopg2
import pytest
from django.contrib.gis.geos import Point
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from land.models import BoundaryPoint, Parcel
from support.databases import role_urls

SQUARE_KM_OF_SEA = (440000.0, 2290000.0)
"""A corner far from any parcel of the demo province (EPSG:5899)."""


@pytest.fixture
def corner(db: None) -> Callable[[float, float], int]:
    """`corner(10, 0)`: the id of a new boundary point, metres from an empty place."""

    def make(east: float, north: float) -> int:
        place = Point(SQUARE_KM_OF_SEA[0] + east, SQUARE_KM_OF_SEA[1] + north, srid=5899)
        return BoundaryPoint.objects.create(geom=place, method="gnss").pk

    return make


def parcel(identifier: str, ring: list[int], **values: Any) -> Parcel:
    """A parcel in force with *ring*; the database derives its geometry."""
    row: dict[str, Any] = {
        "identifier": identifier,
        "commune_id": "06685",
        "sheet": 1,
        "number": 1,
        "land_use_id": "ODT",
        "legal_area_m2": 100,
        "valid_from": "2025-07-01",
        "source": "test",
        "ring": ring,
        "geom": "SRID=5899;POLYGON((0 0,1 0,1 1,0 0))",
    } | values
    created = Parcel.objects.create(**row)
    created.refresh_from_db()
    return created


@pytest.fixture
def square(corner: Callable[[float, float], int]) -> list[int]:
    return [corner(0, 0), corner(10, 0), corner(10, 10), corner(0, 10)]


@pytest.fixture
def refused() -> Callable[[str], Any]:
    """`with refused("rule")`: the block is refused by that guard, and nothing of it stays."""

    class Refusal:
        def __init__(self, rule: str) -> None:
            self.rule = rule

        def __enter__(self) -> None:
            self.savepoint = transaction.atomic()
            self.savepoint.__enter__()

        def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
            self.savepoint.__exit__(kind, error, trace)
            assert isinstance(error, DatabaseError), f"{self.rule} let it pass"
            assert error.__cause__.diag.constraint_name == self.rule, error
            return True

    return Refusal


def test_a_parcels_geometry_is_that_of_its_points(square: list[int]) -> None:
    made = parcel("900000000001", square)
    assert made.geom.area == pytest.approx(100)
    assert made.area_m2 == pytest.approx(100)


def test_a_ring_after_a_zero_is_a_hole(square: list[int], corner: Callable[[float, float], int]) -> None:
    hole = [corner(3, 3), corner(3, 6), corner(6, 6)]
    field = parcel("900000000001", [*square, 0, *hole])
    pond = parcel("900000000002", list(reversed(hole)))
    assert field.area_m2 == pytest.approx(95.5)
    assert pond.area_m2 == pytest.approx(4.5)


def test_moving_a_shared_point_moves_both_neighbours_and_keeps_what_was(
    square: list[int], corner: Callable[[float, float], int]
) -> None:
    parcel("900000000001", square)
    parcel("900000000002", [square[1], corner(20, 0), corner(20, 10), square[2]])
    point = BoundaryPoint.objects.get(pk=square[1])
    point.geom = Point(point.geom.x + 0.5, point.geom.y, srid=5899)
    point.save()
    areas = dict(Parcel.objects.current().filter(identifier__startswith="90000").values_list("identifier", "area_m2"))
    assert areas == {"900000000001": pytest.approx(102.5), "900000000002": pytest.approx(97.5)}
    versions = Parcel.objects.filter(identifier="900000000001").order_by("version").values_list("version", "area_m2")
    assert list(versions) == [(1, pytest.approx(100)), (2, pytest.approx(102.5))]


def test_an_overlap_is_refused_whatever_its_identifier(
    square: list[int], corner: Callable[[float, float], int], refused: Any
) -> None:
    parcel("900000000001", square)
    with refused("parcels_do_not_overlap"):
        parcel("900000000002", [corner(5, 5), corner(15, 5), corner(15, 15), corner(5, 15)])
    with refused("parcels_do_not_overlap"):
        parcel("900000000003", [corner(2, 2), corner(4, 2), corner(4, 4)])


def test_an_overlap_by_moving_a_point_is_refused(
    square: list[int], corner: Callable[[float, float], int], refused: Any
) -> None:
    parcel("900000000001", square)
    parcel("900000000002", [corner(10, 0), corner(20, 0), corner(20, 10), corner(10, 10)])
    with refused("parcels_do_not_overlap"):
        BoundaryPoint.objects.filter(pk=square[1]).update(
            geom=Point(SQUARE_KM_OF_SEA[0] + 12, SQUARE_KM_OF_SEA[1], srid=5899)
        )


def test_neighbours_may_touch(square: list[int], corner: Callable[[float, float], int]) -> None:
    parcel("900000000001", square)
    parcel("900000000002", [square[1], corner(20, 0), corner(20, 10), square[2]])
    parcel("900000000003", [square[3], square[2], corner(10, 20)])
    assert Parcel.objects.current().filter(identifier__startswith="90000").count() == 3


@pytest.mark.parametrize(
    ("order", "rule"),
    [((0, 2, 1, 3), "parcel_ring_is_simple"), ((0, 3, 2, 1), "parcel_ring_is_simple")],
    ids=["bow-tie", "clockwise"],
)
def test_a_ring_that_is_not_simple_is_refused(
    square: list[int], order: tuple[int, ...], rule: str, refused: Any
) -> None:
    with refused(rule):
        parcel("900000000001", [square[place] for place in order])


def test_a_ring_names_points_that_exist(square: list[int], refused: Any) -> None:
    with refused("parcel_ring_of_known_points"):
        parcel("900000000001", [*square[:3], 999_999_999_999])


def test_an_identifier_is_in_force_once(square: list[int], corner: Callable[[float, float], int]) -> None:
    parcel("900000000001", square)
    with pytest.raises(DatabaseError, match="one_parcel_in_force_per_identifier"):
        parcel("900000000001", [corner(30, 0), corner(40, 0), corner(40, 10)], version=2)


@pytest.mark.parametrize("identifier", ["12345678901", "1234567890123", "12345678901x", "１２３４５６７８９０１２"])
def test_an_identifier_has_twelve_digits(square: list[int], identifier: str) -> None:
    with pytest.raises(DatabaseError):
        parcel(identifier, square)


def test_versions_are_only_closed(square: list[int], refused: Any) -> None:
    made = parcel("900000000001", square)
    for change in ({"sheet": 2}, {"legal_area_m2": 1}, {"valid_from": "2020-01-01"}):
        with refused("parcel_versions_are_only_closed"):
            Parcel.objects.filter(pk=made.pk).update(**change)
    with refused("parcel_versions_are_only_closed"):
        Parcel.objects.filter(pk=made.pk).delete()
    Parcel.objects.filter(pk=made.pk).update(recorded_to="2030-01-01T00:00Z")
    with refused("parcel_versions_are_only_closed"):
        Parcel.objects.filter(pk=made.pk).update(recorded_to=None)


def test_a_point_in_use_stays(square: list[int], corner: Callable[[float, float], int], refused: Any) -> None:
    parcel("900000000001", square)
    with refused("boundary_point_in_use_stays"):
        BoundaryPoint.objects.filter(pk=square[0]).delete()
    BoundaryPoint.objects.filter(pk=corner(50, 50)).delete()


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ((440000.0005, 2290000.0), "boundary_point_on_the_millimetre_grid"),
        ((2290000.0, 440000.0), "boundary_point_inside_the_grid"),
        ((107.08, 20.95), "boundary_point_inside_the_grid"),
        ((float("nan"), 2290000.0), "boundary_point_inside_the_grid"),
    ],
    ids=["half a millimetre", "axes swapped", "degrees", "not a number"],
)
def test_a_point_off_the_grid_is_refused(db: None, place: tuple[float, float], rule: str, refused: Any) -> None:
    with refused(rule), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO boundary_point (geom, method, source) VALUES (ST_SetSRID(ST_Point(%s, %s), 5899), 'gnss', '')",
            place,
        )


def test_the_recorded_time_is_the_clocks(square: list[int]) -> None:
    made = parcel("900000000001", square, recorded_from="1999-01-01T00:00Z")
    assert made.recorded_from.year >= 2026


def test_the_register_is_read_as_of_a_day_as_known_on_another(square: list[int]) -> None:
    made = parcel("900000000001", square)
    ours = Parcel.objects.filter(identifier="900000000001")
    assert ours.as_of(made.valid_from).count() == 1  # type: ignore[arg-type]
    assert not ours.as_of("2020-01-01")  # type: ignore[arg-type]
    assert not ours.as_of("2025-08-01", known="2025-08-01T00:00Z")  # type: ignore[arg-type]


@pytest.fixture
def two_connections(fresh_database: str) -> Iterator[tuple[Any, Any]]:
    """Two connections of the app role that commit."""
    url = role_urls(fresh_database)["DATABASE_URL"]
    pair = psycopg2.connect(url), psycopg2.connect(url)
    yield pair
    for each in pair:
        each.close()


SQUARE_SQL = """
WITH corners AS (
    INSERT INTO boundary_point (geom, method, source)
    SELECT ST_SetSRID(ST_Point(440000 + x, 2290000 + y), 5899), 'gnss', ''
    FROM (VALUES (1, %(at)s, 0), (2, %(at)s + 10, 0), (3, %(at)s + 10, 10), (4, %(at)s, 10)) AS c(place, x, y)
    ORDER BY place RETURNING id
) SELECT array_agg(id ORDER BY id) FROM corners
"""
PARCEL_SQL = """
INSERT INTO land_parcel (identifier, commune_id, sheet, number, land_use_id, legal_area_m2, ring, valid_from, version,
    source)
VALUES (%s, '06685', 1, 1, 'ODT', 100, %s, '2025-07-01', 1, 'race')
"""


@pytest.mark.parametrize(("second_at", "stored"), [(5, 1), (10, 2)], ids=["overlapping", "touching"])
def test_two_editors_at_once_cannot_make_an_overlap(
    two_connections: tuple[Any, Any], second_at: int, stored: int
) -> None:
    """Both insert before either commits; the second waits for the first and then sees its parcel."""
    first, second = two_connections
    errors: list[Exception] = []
    rings = []
    for editor, at in ((first, 0), (second, second_at)):
        with editor.cursor() as cursor:
            cursor.execute(SQUARE_SQL, {"at": at})
            rings.append(cursor.fetchone()[0])
        editor.commit()
    with first.cursor() as cursor:
        cursor.execute(PARCEL_SQL, ["910000000001", rings[0]])

    def insert_second() -> None:
        try:
            with second.cursor() as cursor:
                cursor.execute(PARCEL_SQL, ["910000000002", rings[1]])
            second.commit()
        except psycopg2.Error as error:
            second.rollback()
            errors.append(error)

    racer = threading.Thread(target=insert_second)
    racer.start()
    racer.join(0.3)
    first.commit()
    racer.join(10)
    with first.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM land_parcel WHERE source = 'race'")
        assert cursor.fetchone()[0] == stored
    assert len(errors) == 2 - stored
    if errors:
        assert errors[0].diag.constraint_name == "parcels_do_not_overlap"  # type: ignore[attr-defined]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(5, 20), st.integers(5, 20)),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_is_tried_the_fabric_never_overlaps(db: None, boxes: list[tuple[int, int, int, int]]) -> None:
    """Random quadrilaterals are accepted or refused; what stands shares no area (judged apart from the guard)."""
    with transaction.atomic():
        for place, (x, y, width, height) in enumerate(boxes):
            corners = [(x, y), (x + width, y + 1), (x + width, y + height), (x + 1, y + height)]
            ids = [
                BoundaryPoint.objects.create(
                    geom=Point(SQUARE_KM_OF_SEA[0] + e, SQUARE_KM_OF_SEA[1] + n, srid=5899), method="gnss"
                ).pk
                for e, n in corners
            ]
            with suppress(DatabaseError), transaction.atomic():
                parcel(f"92000000{place:04d}", ids)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(ST_Area(geom)), ST_Area(ST_Union(geom)) FROM land_parcel"
                " WHERE identifier LIKE '92000000%%' AND valid_to IS NULL AND recorded_to IS NULL"
            )
            total, together = cursor.fetchone()
        assert total == pytest.approx(together, abs=1e-3)
        transaction.set_rollback(True)
