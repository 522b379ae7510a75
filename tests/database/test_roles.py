"""What each role of the database can and cannot do, tried over plain SQL."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors

from support.databases import copy_of, role_urls

APP, OWNER, LOADER, RENDER = "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_LOADER_URL", "DATABASE_RENDER_URL"


@pytest.fixture(scope="module")
def database(province: str, database_prefix: str) -> Iterator[str]:
    """A copy of the province for all tests of this file: none of them commits."""
    with copy_of(province, f"{database_prefix}_roles") as name:
        yield name


@pytest.fixture
def run(database: str) -> Iterator[Callable[..., list[Any]]]:
    """`run(APP, sql)`: rows of statements in a session of that role, which is rolled back at the end."""
    sessions: dict[str, Any] = {}

    def execute(role: str, statement: str, parameters: Any = None) -> list[Any]:
        session = sessions.setdefault(role, psycopg2.connect(role_urls(database)[role]))
        with session.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    yield execute
    for session in sessions.values():
        session.close()


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE land_parcel",
        "TRUNCATE actions_record",
        "ALTER TABLE land_parcel DISABLE TRIGGER ALL",
        "DROP TRIGGER parcels_guarded ON land_parcel",
        "CREATE TABLE mine (id int)",
        "SET session_replication_role = replica",
        "UPDATE actions_record SET reason = 'other'",
        "DELETE FROM actions_record",
        "ALTER ROLE halong_app SUPERUSER",
        "SET ROLE halong_owner",
        "COPY land_parcel TO PROGRAM 'cat'",
    ],
)
@pytest.mark.parametrize("role", [APP, LOADER])
def test_neither_app_nor_loader_gets_round_the_guards(run: Any, role: str, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        run(role, statement)


@pytest.mark.parametrize("role", [APP, OWNER])
def test_nobody_rewrites_history(run: Any, role: str) -> None:
    insert = (
        "INSERT INTO actions_record (actor_name, action, target, commune, changes, reason)"
        " VALUES ('x', 'land.test', 'parcel:1', '', '{}', '')"
    )
    run(role, insert)
    with pytest.raises(psycopg2.Error, match=r"only added to|permission denied"):
        run(role, "UPDATE actions_record SET reason = 'other'")


@pytest.mark.parametrize("table", ["access_user", "access_grant", "django_session", "actions_record", "live_event"])
def test_the_drawing_role_is_blind_to_people_and_events(run: Any, table: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        run(RENDER, f"SELECT * FROM {table}")


def test_the_drawing_role_reads_and_never_writes(run: Any) -> None:
    assert run(RENDER, "SELECT count(*) FROM land_parcel")[0][0] == 3000
    with pytest.raises((errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege)):
        run(RENDER, "DELETE FROM land_landuse")


def test_the_drawing_role_has_a_time_limit(run: Any) -> None:
    assert run(RENDER, "SHOW statement_timeout")[0][0] == "15s"


SQUARE = """
WITH corners AS (
    INSERT INTO boundary_point (geom, method, source)
    SELECT ST_SetSRID(ST_Point(440000 + x, 2290000 + y), 5899), 'gnss', ''
    FROM (VALUES (1, {0}, 0), (2, {0} + 10, 0), (3, {0} + 10, 10), (4, {0}, 10)) AS c(place, x, y)
    ORDER BY place RETURNING id
) SELECT array_agg(id ORDER BY id) FROM corners
"""


def square(run: Any, at: float) -> tuple[list[int], str]:
    """A square's ring, and its polygon as the loader would give it."""
    ring = run(LOADER, SQUARE.format(at))[0][0]
    polygon = run(LOADER, "SELECT land_ring_polygon(%s)", [ring])[0][0]
    return ring, polygon


def load(run: Any, identifier: str, ring: list[int], polygon: str) -> None:
    run(
        LOADER,
        "INSERT INTO land_parcel (identifier, commune_id, sheet, number, land_use_id, legal_area_m2, ring, geom,"
        " valid_from, version, source) VALUES (%s, '06685', 1, 1, 'ODT', 100, %s, %s, '2025-07-01', 1, 'load')",
        [identifier, ring, polygon],
    )


def test_the_loader_cannot_bring_an_overlap(run: Any) -> None:
    load(run, "930000000001", *square(run, 0))
    load(run, "930000000002", *square(run, 10))
    with pytest.raises(psycopg2.Error) as refusal:
        load(run, "930000000003", *square(run, 5))
    assert refusal.value.diag.constraint_name == "parcels_do_not_overlap"


def test_the_loader_cannot_bring_a_geometry_apart_from_its_ring(run: Any) -> None:
    ring, _polygon = square(run, 0)
    _other, elsewhere = square(run, 20)
    with pytest.raises(psycopg2.Error) as refusal:
        load(run, "930000000001", ring, elsewhere)
    assert refusal.value.diag.constraint_name == "parcel_geometry_is_that_of_its_ring"
