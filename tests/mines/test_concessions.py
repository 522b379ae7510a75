"""The area of a concession is that of its numbered corners."""

from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import DatabaseError, connection, transaction

from mines.models import Concession, ConcessionCorner

VALUES = {
    "holder": "Công ty minh họa",
    "mineral": "Than",
    "kind": "khai_thac",
    "method": "ham_lo",
    "status": "hieu_luc",
    "commune_id": "06685",
    "granted_on": "2020-01-01",
    "expires_on": "2030-01-01",
    "top_level_m": 40,
    "bottom_level_m": -150,
    "licensed_area_ha": 1,
    "source": "test",
}


def concession(number: str = "T-1", **values: Any) -> Concession:
    return Concession.objects.create(licence_number=number, **VALUES | values)


def corners(of: Concession, places: list[tuple[float, float]]) -> None:
    ConcessionCorner.objects.bulk_create(
        ConcessionCorner(concession=of, number=number, geom=Point(440_000 + x, 2_320_000 + y, srid=5899))
        for number, (x, y) in enumerate(places, 1)
    )
    settle()


def settle() -> None:
    """Let the guards run that wait for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_corners_make_the_area_in_the_order_of_their_numbers(db: None) -> None:
    made = concession()
    corners(made, [(0, 0), (100, 0), (100, 100), (0, 100)])
    made.refresh_from_db()
    assert made.geom is not None and made.geom.area == pytest.approx(10_000)
    ConcessionCorner.objects.filter(concession=made, number=3).update(geom=Point(440_150, 2_320_100, srid=5899))
    settle()
    made.refresh_from_db()
    assert made.geom is not None and made.geom.area == pytest.approx(12_500)


def test_fewer_than_three_corners_are_no_area(db: None) -> None:
    made = concession()
    corners(made, [(0, 0), (100, 0)])
    made.refresh_from_db()
    assert made.geom is None


@pytest.mark.parametrize(
    ("places", "rule"),
    [
        ([(0, 0), (100, 100), (100, 0), (0, 100)], "concession_corners_make_a_simple_polygon"),
        ([(0, 0), (100, 0), (-400_000, 100)], "concession_inside_the_grid"),
    ],
    ids=["bow-tie", "outside"],
)
def test_a_wrong_table_of_corners_is_refused(db: None, places: list[tuple[float, float]], rule: str) -> None:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        corners(concession(), places)
    assert refusal.value.__cause__.diag.constraint_name == rule  # type: ignore[union-attr]


def test_nobody_writes_an_area_apart_from_its_corners(db: None) -> None:
    made = concession()
    with pytest.raises(DatabaseError, match="change those"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mines_concession SET geom = 'SRID=5899;POLYGON((0 0,1 0,1 1,0 0))' WHERE id = %s", [made.pk]
        )


@pytest.mark.parametrize(
    "values",
    [
        {"top_level_m": -200},
        {"expires_on": "2019-01-01"},
        {"licensed_area_ha": 0},
    ],
)
def test_levels_times_and_areas_are_possible_ones(db: None, values: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        concession(**values)


def test_a_licence_number_is_given_once(db: None) -> None:
    concession()
    with pytest.raises(DatabaseError), transaction.atomic():
        concession()
