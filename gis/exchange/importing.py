"""Features of a file into a layer, in one transaction: all right ones, or nothing; each row accounted for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import shapely
from django.db import DataError, connections, transaction
from django.utils.translation import gettext as _

from gis.access.viewer import Viewer
from gis.exchange.intake import Intake, Row
from gis.exchange.ledger import Ledger, RowsRefused
from gis.exchange.mappings import Mapping
from gis.exchange.vectors import GEOMETRY, LINE, Feature
from gis.problems import Forbidden, Invalid, Problem, SignInNeeded, Unavailable


class Features(Protocol):
    """A file of features or rows, open to be read once."""

    @property
    def name(self) -> str: ...

    @property
    def digest(self) -> str: ...

    def batches(self, size: int = ...) -> Iterator[list[Feature]]: ...


Progress = Callable[[Iterable[list[Feature]]], Iterable[Sequence[Feature]]]
"""Wraps batches of features, to show how far they are."""

SEEN_SQL = "CREATE TEMPORARY TABLE exchange_seen (key text PRIMARY KEY, row integer NOT NULL) ON COMMIT DROP"
"""Keys of a file are told apart in the database, so that memory stays flat."""
SEE_SQL = """
INSERT INTO exchange_seen (key, row) SELECT * FROM unnest(%s::text[], %s::integer[])
ON CONFLICT (key) DO NOTHING RETURNING row
"""


def import_features(
    intake: Intake,
    source: Features,
    mapping: Mapping,
    *,
    actor: Viewer,
    skip_refused: bool = False,
    dry_run: bool = False,
    progress: Progress = iter,
    command: str = "",
    origin: str = "",
) -> Ledger:
    """Store the features of *source* by *intake*; returns the account, which is kept unless it is a *dry_run*.

    Raises `RowsRefused` when a row is refused and *skip_refused* is not set: then only the account is stored. Whatever
    ends the process in between, nothing is stored: running it again does all. *origin*: whose the rows are, for
    the history; the file's name if not given.
    """
    ledger = Ledger()
    command = command or f"import_layer {intake.layer}"
    with transaction.atomic(using=intake.using):
        with connections[intake.using].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [intake.layer])
            cursor.execute(SEEN_SQL)
        for batch in progress(source.batches(intake.batch)):
            rows = _told_apart(rows_of(batch, intake, mapping, ledger), intake, ledger)
            _store(rows, intake, actor, origin or source.name, ledger)
        with connections[intake.using].cursor() as cursor:
            cursor.execute("DROP TABLE exchange_seen")
        refused = bool(ledger.refused) and not skip_refused
        if dry_run or refused:
            transaction.set_rollback(True, using=intake.using)
        else:
            ledger.save(command, source, using=intake.using)
    if refused:
        ledger.hold()
        if not dry_run:
            ledger.save(command, source)
        raise RowsRefused(ledger)
    return ledger


def rows_of(batch: Sequence[Feature], intake: Intake, mapping: Mapping, ledger: Ledger) -> Iterator[Row]:
    """The rows of *batch* that fit the layer; the others are refused by their first fault."""
    for feature in batch:
        faults = [fault for fault in feature.faults if fault[0] in (GEOMETRY, LINE) or _is_used(fault[0], mapping)]
        if faults:
            field, reason = faults[0]
            ledger.refuse(feature.number, reason, field[:60])
            continue
        try:
            values = _values(feature, intake, mapping)
            shape = fitting(feature.shape, intake.geometry) if intake.geometry else None
        except Invalid as fault:
            ledger.refuse(feature.number, reason_of(fault), (fault.field or "")[:60])
            continue
        yield Row(feature.number, values, shape)


def _is_used(column: str, mapping: Mapping) -> bool:
    return any(origin.column == column for origin in mapping.values())


def _values(feature: Feature, intake: Intake, mapping: Mapping) -> dict[str, Any]:
    values = {}
    for name, origin in mapping.items():
        target = intake.targets[name]
        values[target.column] = target.value(origin.text(feature.values))
    return values


def fitting(shape: Any, wanted: str) -> Any:
    """*shape* as a geometry of the type *wanted*, where it is one. Raises `Invalid`."""
    kind = shape.geom_type
    if kind == wanted:
        return shape
    if f"Multi{kind}" == wanted:
        return shapely.multipolygons([shape]) if kind == "Polygon" else shapely.multilinestrings([shape])
    if kind == f"Multi{wanted}" and shapely.get_num_geometries(shape) == 1:
        return shapely.get_geometry(shape, 0)
    raise Invalid(_("The geometry is a %s.") % kind, field=GEOMETRY, expected=wanted)


def _told_apart(rows: Iterable[Row], intake: Intake, ledger: Ledger) -> list[Row]:
    """*rows* without those whose key another row of the file has; they are refused by the number of that one."""
    batch = list(rows)
    keys = [intake.key_of(row) for row in batch]
    with connections[intake.using].cursor() as cursor:
        cursor.execute(SEE_SQL, [keys, [row.number for row in batch]])
        new = {number for (number,) in cursor.fetchall()}
        again = [key for key, row in zip(keys, batch, strict=True) if row.number not in new]
        cursor.execute("SELECT key, row FROM exchange_seen WHERE key = ANY (%s)", [again])
        first = dict(cursor.fetchall())
    for key, row in zip(keys, batch, strict=True):
        if row.number not in new:
            told = _("%(key)s stands in row %(first)d already.") % {"key": key, "first": first[key]}
            ledger.refuse(row.number, told, intake.key)
    return [row for row in batch if row.number in new]


def _store(rows: list[Row], intake: Intake, actor: Viewer, source: str, ledger: Ledger) -> None:
    """Store *rows*; where they are refused together, halves of them, down to the row at fault."""
    if not rows:
        return
    try:
        with transaction.atomic(using=intake.using):
            fates = intake.store(actor, rows, source=source)
    except (Unavailable, SignInNeeded, Forbidden):
        raise
    except (Problem, DataError) as problem:
        if len(rows) == 1:
            _refuse(rows[0], problem, ledger)
            return
        half = len(rows) // 2
        _store(rows[:half], intake, actor, source, ledger)
        _store(rows[half:], intake, actor, source, ledger)
        return
    for fate in fates:
        ledger.count(fate)


def _refuse(row: Row, problem: Problem | DataError, ledger: Ledger) -> None:
    if isinstance(problem, Problem):
        ledger.refuse(row.number, reason_of(problem), (problem.field or "")[:60])
    else:
        ledger.refuse(row.number, _("A value does not fit the database."))


def reason_of(problem: Problem) -> str:
    """*problem* for the ledger, with what was measured and what is expected."""
    measured = problem.extra.get("measured")
    expected = _(" (expected: %s)") % problem.expected if problem.expected else ""
    return problem.detail + (f" [{measured}]" if measured else "") + expected
