"""The audit sees every write, by whatever way, and finds what was done past it or to it, by the owner too."""

import io
import threading
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from gis.actions.models import AuditAnchor, AuditEntry
from land.models import Parcel
from support.databases import copy_of, point_connections_at, role_urls
from support.fabric import COMMUNE, account, at, document, done, parcel, points

APP, OWNER, LOADER, RENDER = "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_LOADER_URL", "DATABASE_RENDER_URL"
WEST, EAST = "900000000001", "900000000002"
SHEET = 900


@pytest.fixture(scope="module")
def audited(province: str, database_prefix: str, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the province with two parcels of which one was split, by an officer through an action."""
    before = connection.settings_dict["NAME"]
    with copy_of(province, f"{database_prefix}_audited") as name, django_db_blocker.unblock():
        point_connections_at(name)
        a, b, c, d, e, f = points((0, 0), (20, 0), (40, 0), (40, 20), (20, 20), (0, 20))
        parcel(WEST, [a, b, e, f], legal_area_m2=400, sheet=SHEET, number=1)
        parcel(EAST, [b, c, d, e], legal_area_m2=400, sheet=SHEET, number=2)
        done({"op": "split", "parcel": WEST, "line": [at(0, 10), at(20, 10)]})
        yield name
        point_connections_at(before)


def sql(database: str, role: str, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    session = psycopg2.connect(role_urls(database)[role])
    try:
        with session, session.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []
    finally:
        session.close()


def verified(*options: str) -> str:
    """What `verify_audit` says; its faults where it fails."""
    told = io.StringIO()
    try:
        call_command("verify_audit", *options, stdout=told)
    except CommandError as error:
        return f"{told.getvalue()}{error}"
    return told.getvalue()


def intact(told: str) -> bool:
    return "all as they were written" in told and "faults" not in told


def test_each_row_of_a_change_stands_in_the_chain_of_its_sheet(audited: str) -> None:
    entries = AuditEntry.objects.filter(commune=COMMUNE, sheet=SHEET, action="land.carry_out")
    assert {(row.record_table, row.verb) for row in entries} == {
        ("land_parcel", "insert"), ("land_parcel", "update"), ("boundary_point", "insert"),
        ("land_parcelchange", "insert"), ("land_descent", "insert"),
    }  # fmt: skip
    approver = account("land.halong2")
    assert {(row.actor_id, row.actor_name, row.role) for row in entries} == {
        (approver.pk, "land.halong2", "halong_app")
    }
    closed = entries.get(record_table="land_parcel", verb="update", before__identifier=WEST)
    assert (closed.before["recorded_to"], closed.after["recorded_to"] is not None) == (None, True)
    assert intact(verified())


def test_the_first_register_is_one_entry_for_each_sheet(audited: str) -> None:
    loads = AuditEntry.objects.filter(record_table="land_parcel", verb="load")
    sheets = set(Parcel.objects.exclude(sheet=SHEET).values_list("commune_id", "sheet"))
    assert {(row.commune, row.sheet) for row in loads} == sheets
    assert loads.count() == len(sheets)
    assert {row.role for row in loads} == {"halong_loader"}
    loaded = Parcel.objects.exclude(sheet=SHEET).filter(version=1).count()
    assert sum(row.after["rows"] for row in loads) == loaded


@pytest.mark.parametrize("role", [APP, OWNER, LOADER])
def test_plain_sql_leaves_an_entry_whoever_connects(audited: str, role: str) -> None:
    key = document(f"SQL {role}").pk
    sql(audited, role, "UPDATE land_sourcedocument SET title = 'SQL' WHERE id = %s", [key])
    entry = AuditEntry.objects.filter(record_table="land_sourcedocument", record=str(key)).latest("id")
    assert (entry.verb, entry.action, entry.actor_id) == ("update", "", None)
    assert entry.role == {APP: "halong_app", OWNER: "halong_owner", LOADER: "halong_loader"}[role]
    assert (entry.before["title"], entry.after["title"]) == ("", "SQL")
    assert intact(verified())


def test_what_is_rolled_back_leaves_nothing(audited: str) -> None:
    before = AuditEntry.objects.count()
    session = psycopg2.connect(role_urls(audited)[APP])
    with session.cursor() as cursor:
        cursor.execute("UPDATE boundary_point SET accuracy_m = 9 WHERE id = (SELECT min(id) FROM boundary_point)")
    session.rollback()
    session.close()
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO actions_auditentry SELECT * FROM actions_auditentry",
        "UPDATE actions_auditentry SET actor_name = 'x'",
        "DELETE FROM actions_auditentry",
        "DELETE FROM actions_auditpending",
        "UPDATE actions_auditchain SET length = 0",
        "DELETE FROM actions_auditanchor",
        "TRUNCATE actions_auditentry",
        "ALTER TABLE land_parcel DISABLE TRIGGER audited",
        "DROP TRIGGER audited ON land_parcel",
        "SET session_replication_role = replica",
        "SELECT nextval('actions_auditentry_id_seq')",
        (
            "CREATE TEMP TABLE land_parcel (id int, sheet int);"
            "CREATE TRIGGER forged AFTER INSERT ON land_parcel FOR EACH ROW EXECUTE FUNCTION halong_audit_row()"
        ),
    ],
)
@pytest.mark.parametrize("role", [APP, LOADER, RENDER])
def test_no_role_at_run_time_touches_the_audit(audited: str, role: str, statement: str) -> None:
    with pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ReadOnlySqlTransaction)):
        sql(audited, role, statement)


ONE = "(SELECT id FROM actions_auditentry WHERE sheet = 900 AND place = 4)"
DEEDS = [
    ("actions_auditentry", f"UPDATE actions_auditentry SET actor_name = 'x' WHERE id = {ONE}", "it was doctored"),
    ("actions_auditentry", f"DELETE FROM actions_auditentry WHERE id = {ONE}", "the 1 before it were removed"),
    (
        "actions_auditentry",
        "DELETE FROM actions_auditentry WHERE id = (SELECT max(id) FROM actions_auditentry WHERE sheet = 900)",
        "the chain ends at place",
    ),
    (
        "actions_auditentry",
        ("INSERT INTO actions_auditentry SELECT (jsonb_populate_record(entry, jsonb_build_object('id', 900000, 'place',"
        f" 90))).* FROM actions_auditentry AS entry WHERE id = {ONE}"),
        "doctored or put in",
    ),
    (
        "actions_auditentry",
        (f"UPDATE actions_auditentry SET actor_name = 'x' WHERE id = {ONE};"
        "UPDATE actions_auditentry AS entry SET hash = sha256(previous || halong_audit_content(entry))"
        f" WHERE id = {ONE}"),
        "it is not chained to the one before it",
    ),
    (
        "land_parcel",
        f"UPDATE land_parcel SET legal_area_m2 = 500 WHERE identifier = '{EAST}' AND recorded_to IS NULL",
        "it was changed past the audit",
    ),
    ("land_draft", "SELECT 1", "not audited any more"),
    (
        "land_parcel",
        "UPDATE land_parcel SET legal_area_m2 = 500 WHERE id = (SELECT min(id) FROM land_parcel)",
        "a row was changed past the audit",
    ),
    (
        "boundary_point",
        "UPDATE boundary_point SET geom = ST_Translate(geom, 1, 0) WHERE id = 77",
        "a row was changed past the audit",
    ),
    (
        "boundary_point",
        "DELETE FROM boundary_point WHERE id = 77",
        "rows are left of the",
    ),
    (
        "land_sourcedocument",
        ("INSERT INTO land_sourcedocument (kind, number, issued_on, issuer, title)"
        " VALUES ('other', '1', '2026-01-01', 'x', '')"),
        "rows came past the audit",
    ),
]  # fmt: skip


@pytest.fixture
def as_owner(audited: str) -> Iterator[None]:
    """Django's connection is the owner's, in a transaction that is rolled back."""
    settings = connection.settings_dict
    before = {name: settings[name] for name in ("USER", "PASSWORD")}
    connection.close()
    settings.update({name: connections["owner"].settings_dict[name] for name in before})
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    connection.close()
    settings.update(before)


@pytest.mark.parametrize(("table", "statement", "found"), DEEDS, ids=[deed[2] + " in " + deed[0] for deed in DEEDS])
def test_what_the_owner_does_past_the_triggers_is_found(as_owner: None, table: str, statement: str, found: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
    told = verified()
    assert found in told and not intact(told)


def aged(days: int) -> None:
    """As if everything so far had happened *days* ago, hashed as it would have been."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE actions_auditentry DISABLE TRIGGER USER;"
            "UPDATE actions_auditentry SET day = day - %s; UPDATE actions_auditchain SET day = day - %s",
            [days, days],
        )
        cursor.execute("SELECT id FROM actions_auditentry ORDER BY commune, sheet, day, place")
        for (key,) in cursor.fetchall():
            cursor.execute(
                "UPDATE actions_auditentry AS entry SET previous = coalesce((SELECT hash FROM actions_auditentry AS o"
                " WHERE (o.commune, o.sheet, o.day, o.place)"
                " = (entry.commune, entry.sheet, entry.day, entry.place - 1)), '') WHERE id = %s;"
                "UPDATE actions_auditentry AS entry SET hash ="
                " sha256(previous || halong_audit_content(entry)) WHERE id = %s",
                [key, key],
            )
        cursor.execute(
            "UPDATE actions_auditchain AS chain SET head = (SELECT hash FROM actions_auditentry AS o WHERE"
            " (o.commune, o.sheet, o.day, o.place) = (chain.commune, chain.sheet, chain.day, chain.length))"
        )


def test_each_day_that_is_over_is_anchored_once_and_the_anchors_are_printed(as_owner: None) -> None:
    aged(3)
    assert intact(verified())
    printed = io.StringIO()
    call_command("anchor_audit", stdout=printed)
    lines = [line.split() for line in printed.getvalue().splitlines()]
    assert len(lines) == 3 and [line[1:3] for line in lines[1:]] == [["0", "0"], ["0", "0"]]
    first = AuditAnchor.objects.earliest("day")
    assert lines[0] == [str(first.day), str(first.chains), str(AuditEntry.objects.count()), bytes(first.hash).hex()]
    again = io.StringIO()
    call_command("anchor_audit", stdout=again)
    assert again.getvalue() == ""
    call_command("anchor_audit", since=first.day, stdout=again)
    assert again.getvalue() == printed.getvalue()
    assert intact(verified())


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        # A whole chain is replaced, hashes, end and all: only the anchor of its day knows better.
        (
            "DELETE FROM actions_auditentry WHERE sheet = 900; DELETE FROM actions_auditchain WHERE sheet = 900",
            "the chains of the day are no longer those that were anchored",
        ),
        (
            "DELETE FROM actions_auditanchor WHERE day = (SELECT min(day) + 1 FROM actions_auditanchor)",
            "one was removed or replaced",
        ),
        ("UPDATE actions_auditanchor SET entries = entries + 1", "it does not say what was hashed"),
        (
            "DELETE FROM actions_auditanchor WHERE day = (SELECT min(day) FROM actions_auditanchor)",
            "it is the first, and chained to one that was removed",
        ),
    ],
)
def test_what_the_owner_does_to_a_day_that_was_anchored_is_found(as_owner: None, statement: str, found: str) -> None:
    aged(3)
    call_command("anchor_audit", stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE actions_auditanchor DISABLE TRIGGER USER")
        cursor.execute(statement)
    assert found in verified("--chains-only")


def test_two_writers_at_once_make_one_chain(audited: str) -> None:
    """Both write before either commits; neither waits while it writes, and their entries follow one another."""
    sessions = [psycopg2.connect(role_urls(audited)[APP]) for _ in range(2)]
    for number, session in enumerate(sessions):
        with session.cursor() as cursor:
            cursor.execute(
                "INSERT INTO land_sourcedocument (kind, number, issued_on, issuer, title)"
                " VALUES ('other', %s, '2026-01-01', 'race', '')",
                [str(number)],
            )
    racers = [threading.Thread(target=session.commit) for session in sessions]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(30)
    for session in sessions:
        session.close()
    newest = list(AuditEntry.objects.order_by("-id")[:2])
    assert {row.after["issuer"] for row in newest} == {"race"}
    assert newest[0].place == newest[1].place + 1
    assert intact(verified())
