"""Approvers who race, and processes that are killed in the middle of a commit: one wins, and all or nothing stands."""

import threading
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connection, connections
from django.db.models import Q

from gis.problems import NotFound, Stale
from land.actions.carry_out import carry_out
from land.models import Descent, Parcel, ParcelChange
from support.databases import copy_of, point_connections_at, role_urls
from support.fabric import (
    EMPTY_PLACE,
    OFFICER,
    TODAY,
    account,
    actor,
    at,
    document,
    judged,
    parcel,
    points,
    previewed,
)

WEST, EAST = "900000000001", "900000000002"
PLACE = (EMPTY_PLACE[0] - 5, EMPTY_PLACE[1] - 5, EMPTY_PLACE[0] + 500, EMPTY_PLACE[1] + 100)


@pytest.fixture(scope="module")
def committed(province: str, database_prefix: str, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the province that the tests commit to; each builds in a place of its own."""
    before = connection.settings_dict["NAME"]
    with copy_of(province, f"{database_prefix}_race") as name, django_db_blocker.unblock():
        point_connections_at(name)
        document()
        yield name
        point_connections_at(before)


def block(east: float, first: int) -> tuple[str, str, list[int]]:
    """Two neighbours of 400 m² in force, *east* of the empty place: their identifiers, and the points they share."""
    a, b, c, d, e, f = points(*((east + x, y) for x, y in ((0, 0), (20, 0), (40, 0), (40, 20), (20, 20), (0, 20))))
    one, other = f"{930_000_000_000 + first}", f"{930_000_000_001 + first}"
    parcel(one, [a, b, e, f], legal_area_m2=400, sheet=900, number=first)
    parcel(other, [b, c, d, e], legal_area_m2=400, sheet=900, number=first + 1)
    return one, other, [b, e]


def raced(*operations: dict[str, Any]) -> list[Any]:
    """All previewed on the same fabric, then carried out at once by as many connections; what came of each."""
    hashes = [previewed(operation).hash for operation in operations]
    results: list[Any] = [None] * len(operations)
    together = threading.Barrier(len(operations))
    by, officer, paper = actor(), account(OFFICER), document()

    def run(number: int) -> None:
        together.wait(30)
        try:
            results[number] = carry_out(
                by,
                operations[number],
                preview_hash=hashes[number],
                document=paper,
                effective_on=TODAY,
                officer=officer,
            )
        except Exception as error:  # noqa: BLE001  (whatever it is, the test looks at it)
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(operations))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def whole() -> bool:
    """Nothing overlaps, nothing is broken, and each geometry is that of its points."""
    seen = judged(PLACE)
    return (seen["overlaps"], seen["broken"], seen["apart"]) == (0, 0, 0)


def split(identifier: str, east: float, height: float) -> dict[str, Any]:
    return {"op": "split", "parcel": identifier, "line": [at(east, height), at(east + 20, height)]}


def test_of_two_approvers_on_one_parcel_one_wins(committed: str) -> None:
    one, _other, _shared = block(0, 1)
    results = raced(split(one, 0, 8), split(one, 0, 12))
    won = [result for result in results if isinstance(result, ParcelChange)]
    lost = [result for result in results if not isinstance(result, ParcelChange)]
    assert len(won) == 1 and isinstance(lost[0], (Stale, NotFound)), results
    assert ParcelChange.objects.filter(operation__parcel=one).count() == 1
    assert Parcel.objects.current().filter(change=won[0]).exclude(identifier__startswith="93").count() == 2
    assert whole()


def test_of_two_approvers_on_neighbours_with_one_point_one_wins(committed: str) -> None:
    """One splits the west parcel up to the shared side, which gives the east one a node; the other moves the side."""
    one, _other, shared = block(100, 11)
    moved = {"op": "move_points", "points": {str(shared[0]): at(121, 0)}}
    results = raced(split(one, 100, 8), moved)
    assert sum(isinstance(result, ParcelChange) for result in results) == 1, results
    assert sum(isinstance(result, (Stale, NotFound)) for result in results) == 1, results
    assert whole()


def test_approvers_on_different_places_both_win(committed: str) -> None:
    first, _other, _shared = block(200, 21)
    second, _other, _shared = block(300, 31)
    results = raced(split(first, 200, 8), split(second, 300, 8))
    assert all(isinstance(result, ParcelChange) for result in results), results
    assert whole()


KILLED_AT = {
    "when the old version is closed": ("land_parcel", "AFTER UPDATE"),
    "when the new points are there": ("boundary_point", "AFTER INSERT"),
    "when the new parcels are there": ("land_descent", "AFTER INSERT"),
    "at the very commit": ("actions_auditentry", "AFTER INSERT"),
}


@pytest.mark.parametrize("where", KILLED_AT)
def test_a_backend_that_is_killed_in_a_commit_leaves_nothing_of_it(committed: str, where: str) -> None:
    """The session is stopped in the middle by a trigger of the test's, and its backend terminated there."""
    number = list(KILLED_AT).index(where)
    one, _other, _shared = block(400, 41) if number == 0 else (f"{930_000_000_041}", "", [])
    table, moment = KILLED_AT[where]
    owner = psycopg2.connect(role_urls(committed)["DATABASE_OWNER_URL"])
    owner.autocommit = True
    before = _state()
    with owner.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION wait_to_be_killed() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';"
            f"DROP TRIGGER IF EXISTS zz_killed ON {table};"
            f"CREATE TRIGGER zz_killed {moment} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION wait_to_be_killed()"
        )
        killer = threading.Thread(target=_kill_sleeper, args=(role_urls(committed)["DATABASE_URL"],))
        killer.start()
        (result,) = raced(split(one, 400, 8))
        killer.join(60)
        cursor.execute(f"DROP TRIGGER zz_killed ON {table}")
    owner.close()
    assert isinstance(result, Exception) and not isinstance(result, (Stale, NotFound)), result
    assert _state() == before
    assert whole()
    if number == len(KILLED_AT) - 1:  # and what was not done can be done
        (again,) = raced(split(one, 400, 8))
        assert isinstance(again, ParcelChange), again


def _state() -> tuple[int, ...]:
    here = Parcel.objects.all()
    open_rows = here.filter(Q(valid_to__isnull=True, recorded_to__isnull=True)).count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM boundary_point), (SELECT count(*) FROM actions_auditentry)")
        points_and_entries = cursor.fetchone()
    return (here.count(), open_rows, ParcelChange.objects.count(), Descent.objects.count(), *points_and_entries)


def _kill_sleeper(url: str) -> None:
    """End the one backend of the test's database that sleeps in the trigger, as its own role may."""
    session = psycopg2.connect(url)
    session.autocommit = True
    with session.cursor() as cursor:
        for _ in range(300):
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)), pg_sleep(0.05) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event = 'PgSleep' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0]:
                break
    session.close()
