"""Looks the audit over: chains of entries, anchors of days, and whether the tables are what the audit says they are.

The triggers of `sql/020_audit.sql` write. Here no function of the database is believed, which its owner could replace:
what an entry says is spelt out once more.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from gis.database.streaming import stream

CONTENT = (
    "convert_to(jsonb_build_array(commune, sheet, day, place, extract(epoch FROM at), actor_id, actor_name, action,"
    " role, address, record_table, record, verb, before, after)::text, 'UTF8')"
)
TRIGGERS = ("audited", "audited_inserts", "audited_loads", "audited_emptying")
CHAIN_FAULTS = f"""
SELECT id, commune, sheet, day, place, verb, record_table, record, behind, unlinked, doctored FROM (
    SELECT *, lag(place, 1, 0) OVER chain AS behind,
           previous <> lag(hash, 1, ''::bytea) OVER chain AS unlinked,
           hash <> sha256(previous || {CONTENT}) AS doctored
    FROM actions_auditentry WHERE day >= %s
    WINDOW chain AS (PARTITION BY day, commune, sheet ORDER BY place)
) AS linked WHERE doctored OR unlinked OR place <> behind + 1
"""
ENDS = """
SELECT DISTINCT ON (day, commune, sheet) day, commune, sheet, place AS length, hash AS head FROM actions_auditentry
WHERE day >= %s ORDER BY day DESC, commune DESC, sheet DESC, place DESC
"""
END_FAULTS = f"""
SELECT coalesce(found.day, noted.day), coalesce(found.commune, noted.commune), coalesce(found.sheet, noted.sheet),
       coalesce(found.length, 0), coalesce(noted.length, 0)
FROM ({ENDS}) AS found
FULL JOIN (SELECT * FROM actions_auditchain WHERE day >= %s) AS noted USING (day, commune, sheet)
WHERE (found.length, found.head) IS DISTINCT FROM (noted.length, noted.head)
"""
DAYS = f"""
SELECT day, count(*), sum(length), sha256(convert_to(string_agg(
    format('%%s/%%s %%s %%s', commune, sheet, length, encode(head, 'hex')), E'\\n' ORDER BY commune COLLATE "C", sheet
), 'UTF8')) FROM ({ENDS}) AS ends GROUP BY day
"""
EMPTY_DAY = (0, 0, hashlib.sha256(b"").digest())
SETTLED = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL work_mem = '128MB'"
"""In which texts of rows were hashed."""


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was written: where, and what is wrong with it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def settle() -> None:
    """Prepare the transaction under way for the questions below."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLED)


def entries(since: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM actions_auditentry WHERE day >= %s", [since])
        return int(cursor.fetchone()[0])


def chain_faults(since: date) -> Iterator[Fault]:
    """Entries that were changed, removed or put in, of the chains of the days from *since*."""
    for row in stream(CHAIN_FAULTS, [since]):
        key, commune, sheet, day, place, verb, table, record, behind, unlinked, doctored = row
        where = f"entry {key} ({_chain(commune, sheet, day)}, place {place}: {verb} {table} {record})"
        if doctored:
            yield Fault(where, "it does not say what was hashed: it was doctored or put in")
        elif place != behind + 1:
            yield Fault(where, f"the {place - behind - 1} before it were removed")
        elif unlinked:
            yield Fault(where, "it is not chained to the one before it, which was replaced")
    for day, commune, sheet, found, noted in stream(END_FAULTS, [since, since]):
        yield Fault(_chain(commune, sheet, day), f"the chain ends at place {found}, not as noted at {noted}")


def anchor_faults(since: date) -> Iterator[Fault]:
    """Anchors that were changed or removed, and days whose chains are no longer those that were anchored."""
    days = {day: (chains, int(length), bytes(heads)) for day, chains, length, heads in _all(DAYS, [since])}
    before: tuple[date, bytes] | None = None
    anchors = "SELECT day, chains, entries, heads, previous, hash FROM actions_auditanchor WHERE day >= %s ORDER BY day"
    for day, chains, length, heads, previous, sealed in _all(anchors, [since]):
        where = f"anchor of {day}"
        told = f"{day} {chains} {length} ".encode()
        if bytes(sealed) != hashlib.sha256(bytes(previous) + told + bytes(heads)).digest():
            yield Fault(where, "it does not say what was hashed: it was doctored")
        if before is None and since == date.min and bytes(previous):
            yield Fault(where, "it is the first, and chained to one that was removed")
        if before and (before[0].toordinal() + 1, before[1]) != (day.toordinal(), bytes(previous)):
            yield Fault(where, f"it is not chained to that of {before[0]}: one was removed or replaced")
        if (chains, length, bytes(heads)) != days.get(day, EMPTY_DAY):
            yield Fault(where, "the chains of the day are no longer those that were anchored")
        before = day, bytes(sealed)


def table_faults(since: date | None) -> Iterator[Fault]:
    """Rows of audited tables that are not what the audit says; with *since* only of those written since then."""
    for table, columns, keys, enabled in _audited_tables():
        missing = set(TRIGGERS) - set(enabled)
        if missing:
            yield Fault(table, f"it is not audited any more: {', '.join(sorted(missing))} missing or switched off")
        yield from _rows_unlike_their_entries(table, since)
        if since is None:
            yield from _rows_unlike_their_load(table, columns, keys)


def _audited_tables() -> list[tuple[str, str, str, list[str]]]:
    """Each table that was ever audited, the columns and keys of its loads, and the triggers that always fire."""
    names = _all(
        "SELECT record_table FROM actions_auditentry UNION SELECT tgrelid::regclass::text FROM pg_trigger"
        " WHERE tgfoid = to_regproc('halong_audit_row') ORDER BY 1",
        [],
    )
    found = []
    for (table,) in names:
        rows = _all(
            "SELECT tgname, tgenabled, tgargs FROM pg_trigger WHERE tgrelid = to_regclass(quote_ident(%s))", [table]
        )
        arguments = next((bytes(args).split(b"\0") for name, _on, args in rows if name == "audited_loads"), [b"", b""])
        found.append(
            (table, arguments[0].decode(), arguments[1].decode(), [name for name, on, _args in rows if on == "A"])
        )
    return found


def _rows_unlike_their_entries(table: str, since: date | None) -> Iterator[Fault]:
    """A row is what its last entry says, in the columns that the entry knows; one that was deleted is not there."""
    name = connection.ops.quote_name(table)
    unlike = (
        f"WITH last AS (SELECT DISTINCT ON (record) id, record::bigint AS key, verb, after, day FROM actions_auditentry"
        f" WHERE record_table = %s AND verb IN ('insert', 'update', 'delete') AND id > {_EMPTIED}"
        f" ORDER BY record, id DESC)"
        f" SELECT last.id, key, verb, present.id IS NULL FROM last LEFT JOIN {name} AS present ON present.id = key"
        f" WHERE day >= %s AND CASE WHEN verb = 'delete' THEN present.id IS NOT NULL ELSE"
        f" present.id IS NULL OR (SELECT jsonb_object_agg(known, to_jsonb(present)->known)"
        f" FROM jsonb_object_keys(after) AS known) <> after END"
    )
    for entry, key, verb, gone in stream(unlike, [table, table, since or date.min]):
        what = "was removed" if gone else "is there again" if verb == "delete" else "was changed"
        yield Fault(f"{table} {key}", f"it {what} past the audit, whose last word on it is entry {entry}")


def _rows_unlike_their_load(table: str, columns: str, keys: str) -> Iterator[Fault]:
    """The rows of each load, as they were before anything was done to them, have the digest that was noted."""
    name = connection.ops.quote_name(table)
    names = ", ".join(f"r.{column}" for column in columns.split(", "))
    unlike = (
        f"WITH first AS (SELECT DISTINCT ON (record) record::bigint AS id, verb, before FROM actions_auditentry"
        f" WHERE record_table = %s AND verb IN ('insert', 'update', 'delete') AND id > {_EMPTIED} ORDER BY record, id),"
        f" original AS (SELECT {names} FROM {name} AS r WHERE NOT EXISTS (SELECT FROM first WHERE first.id = r.id)"
        f" UNION ALL SELECT {names} FROM first, jsonb_populate_record(NULL::{name}, before) AS r"
        f" WHERE verb <> 'insert'),"
        f" loads AS (SELECT id AS entry, after->>'group' AS key, (after->>'rows')::bigint AS rows,"
        f" (after->>'first')::bigint AS low, (after->>'last')::bigint AS high, after->>'digest' AS digest"
        f" FROM actions_auditentry WHERE record_table = %s AND verb = 'load' AND id > {_EMPTIED}),"
        f" seen AS (SELECT entry, min(original.id) AS low, max(original.id) AS high, count(*) AS rows,"
        f" encode(sha256(convert_to(string_agg(ROW({columns})::text, E'\\n' ORDER BY original.id), 'UTF8')), 'hex')"
        f" AS digest FROM original LEFT JOIN loads ON loads.key = ROW({keys})::text AND original.id BETWEEN"
        f" loads.low AND loads.high GROUP BY entry)"
        f" SELECT loads.entry, loads.low, loads.high, loads.rows, coalesce(seen.rows, 0) FROM loads"
        f" LEFT JOIN seen USING (entry) WHERE (seen.rows, seen.digest) IS DISTINCT FROM (loads.rows, loads.digest)"
        f" UNION ALL SELECT NULL, low, high, 0, rows FROM seen WHERE entry IS NULL"
    )
    for entry, low, high, loaded, present in stream(unlike, [table, table, table, table]):
        where = f"{table} {low} to {high}"
        if entry is None:
            yield Fault(where, f"{present} rows came past the audit")
        elif loaded != present:
            yield Fault(where, f"{present} rows are left of the {loaded} of entry {entry}")
        else:
            yield Fault(where, f"a row was changed past the audit: they are not what entry {entry} loaded")


_EMPTIED = "coalesce((SELECT max(id) FROM actions_auditentry WHERE verb = 'truncate' AND record_table = %s), 0)"


def _chain(commune: str, sheet: int, day: date) -> str:
    return f"{commune or 'no commune'}/{sheet} on {day}"


def _all(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
