"""What a waste dump cannot be, whoever writes: the app's role, the loader's, plain SQL, one row or many."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from gis.actions.guards import sentences
from gis.database.copy import copy_rows
from mines.models import Concession, WasteDump

ROLES = ("default", "loader")
SQUARE = "POLYGON((440000 2320000,440100 2320000,440100 2320100,440000 2320100,440000 2320000))"
BOW = "POLYGON((440000 2320000,440100 2320100,440100 2320000,440000 2320100,440000 2320000))"
TURNED = "POLYGON((2320000 440000,2320000 440100,2320100 440100,2320100 440000,2320000 440000))"
FAR = "POLYGON((640000 2320000,640100 2320000,640100 2320100,640000 2320100,640000 2320000))"
GOOD: dict[str, Any] = {
    "code": "T-BT-1", "name": "Bãi thải thử", "status": "dang_do", "height_m": 120, "volume_m3": 4_000_000,
    "concession": None, "commune": "06685", "geom": SQUARE, "source": "test",
}  # fmt: skip
INSERT = """
INSERT INTO mines_wastedump (code, name, status, height_m, volume_m3, concession_id, commune_id, geom, source)
VALUES (%(code)s, %(name)s, %(status)s, %(height_m)s, %(volume_m3)s, %(concession)s, %(commune)s,
    ST_GeomFromText(%(geom)s, 5899), %(source)s)
"""
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"status": "bo_hoang"}, "waste_dump_status_known"),
    ({"status": ""}, "waste_dump_status_known"),
    ({"height_m": 0}, "waste_dump_height_plausible"),
    ({"height_m": -1}, "waste_dump_height_plausible"),
    ({"height_m": 500.1}, "waste_dump_height_plausible"),
    ({"volume_m3": 0}, "waste_dump_volume_plausible"),
    ({"volume_m3": 10**10 + 1}, "waste_dump_volume_plausible"),
    ({"geom": BOW}, "waste_dump_is_a_valid_polygon"),
    ({"geom": "POLYGON EMPTY"}, "waste_dump_is_a_valid_polygon"),
    ({"geom": TURNED}, "waste_dump_inside_the_grid"),
    ({"geom": FAR}, "waste_dump_inside_the_grid"),
]


@pytest.fixture(params=ROLES)
def role(request: pytest.FixtureRequest, fresh_roles: None) -> str:
    return str(request.param)


@pytest.fixture
def fresh_roles(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Both roles in transactions that are rolled back."""
    with django_db_blocker.unblock():
        blocks = [transaction.atomic(using=alias) for alias in ROLES]
        for block in blocks:
            block.__enter__()
        yield
        for alias, block in zip(ROLES, blocks, strict=True):
            transaction.set_rollback(True, using=alias)
            block.__exit__(None, None, None)


def run(role: str, statement: str, parameters: Any = None) -> int:
    """Run one statement as *role*; how many rows it wrote."""
    with transaction.atomic(using=role), connections[role].cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def refusal(role: str, statement: str, parameters: Any = None) -> str:
    """Name of the rule that refuses the statement."""
    with pytest.raises(DatabaseError) as refused:
        run(role, statement, parameters)
    cause: Any = refused.value.__cause__
    return str(cause.diag.constraint_name or cause)


def test_a_good_dump_is_stored_at_the_limits_too(role: str) -> None:
    assert run(role, INSERT, GOOD) == 1
    assert run(role, INSERT, {**GOOD, "code": "T-BT-2", "height_m": 500, "volume_m3": 10**10}) == 1


@pytest.mark.parametrize(("wrong", "rule"), REFUSED)
def test_a_wrong_dump_is_refused_with_a_sentence(role: str, wrong: dict[str, Any], rule: str) -> None:
    assert refusal(role, INSERT, GOOD | wrong) == rule
    assert rule in sentences


@pytest.mark.parametrize(("wrong", "rule"), REFUSED)
def test_a_good_dump_cannot_be_made_wrong(role: str, wrong: dict[str, Any], rule: str) -> None:
    run(role, INSERT, GOOD)
    ((name, value),) = wrong.items()
    written = "ST_GeomFromText(%s, 5899)" if name == "geom" else "%s"
    assert refusal(role, f"UPDATE mines_wastedump SET {name} = {written} WHERE code = 'T-BT-1'", [value]) == rule


def test_a_code_is_given_once(role: str) -> None:
    run(role, INSERT, GOOD)
    assert "code" in refusal(role, INSERT, GOOD)


def test_one_wrong_row_refuses_a_whole_statement(role: str) -> None:
    run(role, INSERT, GOOD)
    before = WasteDump.objects.using(role).count()
    many = INSERT.rstrip() + ", ('T-BT-9', '', 'dang_do', 1, 1, NULL, '06685', ST_GeomFromText(%(bow)s, 5899), '')"
    assert refusal(role, many, {**GOOD, "code": "T-BT-8", "bow": BOW}) == "waste_dump_is_a_valid_polygon"
    assert WasteDump.objects.using(role).count() == before


def test_copy_is_guarded_like_any_other_way(fresh_roles: None) -> None:
    columns = ("code", "name", "status", "height_m", "volume_m3", "commune_id", "geom", "source")
    row = ("T-BT-7", "", "dang_do", 1, 1, "06685", f"SRID=5899;{BOW}", "")
    refused = pytest.raises(Exception, match="waste dump is a valid polygon")
    with refused, transaction.atomic(using="loader"), connections["loader"].cursor() as cursor:
        copy_rows(cursor, "mines_wastedump", columns, [row])


def test_a_licence_stays_while_a_dump_names_it(role: str) -> None:
    licence = Concession.objects.using(role).filter(dumps__isnull=False).first()
    assert licence is not None
    rule = refusal(role, "DELETE FROM mines_concession WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE", [licence.pk])
    assert "concession" in rule


def test_an_unknown_commune_or_licence_is_refused(role: str) -> None:
    immediate = INSERT + "; SET CONSTRAINTS ALL IMMEDIATE"
    assert "commune" in refusal(role, immediate, {**GOOD, "commune": "99999"})
    assert "concession" in refusal(role, immediate, {**GOOD, "concession": -1})


def test_the_app_cannot_go_round_the_guard(fresh_roles: None) -> None:
    assert "must be owner" in refusal("default", "ALTER TABLE mines_wastedump DISABLE TRIGGER dump_guarded")
    assert "permission denied" in refusal("default", "SET session_replication_role = replica")
    assert "permission denied" in refusal("default", "TRUNCATE mines_wastedump")
