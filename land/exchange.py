"""Parcels of an initial register from a vector file: sheet by sheet, each whole or not at all.

Rows wait in a file on disk until all are read, so that a sheet's parcels come together wherever they stand in the
source; memory holds one sheet.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import shapely
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.access.viewer import Viewer
from gis.actions.merging import Fate
from gis.exchange.importing import Progress, reason_of, rows_of
from gis.exchange.intake import Intake, Row, Target
from gis.exchange.ledger import Ledger, RowsRefused
from gis.exchange.mappings import Mapping
from gis.exchange.vectors import Feature, VectorFile
from gis.problems import Forbidden, Invalid, Problem, SignInNeeded, Unavailable
from land.actions.load_sheet import LARGEST_SHEET, Loaded, load_sheet
from land.codes import WRITERS
from land.models import Parcel
from land.sheets import Method, NewParcel

COMMAND = "import_parcels"
TABLE = """
CREATE TABLE parcel (
    row INTEGER PRIMARY KEY, sheet INTEGER NOT NULL, number INTEGER NOT NULL, land_use TEXT NOT NULL, area TEXT,
    identifier TEXT NOT NULL, shape BLOB NOT NULL
);
CREATE INDEX by_sheet ON parcel (sheet, row);
CREATE INDEX by_identifier ON parcel (identifier) WHERE identifier <> '';
"""
TWICE = """
SELECT later.row, later.sheet, later.identifier, min(earlier.row) FROM parcel AS later
JOIN parcel AS earlier ON earlier.identifier = later.identifier AND earlier.row < later.row
WHERE later.identifier <> '' AND earlier.identifier <> '' GROUP BY later.row ORDER BY later.row
"""
ANALYZE_AFTER = 500
"""Parcels after which the database looks at its tables again, then at twice as many: its guards' plans rest on that."""

Storing = Callable[[Iterable[Sequence[Any]], int], Iterable[Sequence[Any]]]
"""Wraps sheets, out of so many rows, to show how far they are."""


class Parcels(Intake):
    """What a file tells of a parcel. Not among the layers' intakes: a document, a day and an officer are asked for."""

    layer = "parcels"
    title = gettext_lazy("Land parcels")
    model = Parcel
    fields = ("sheet", "number", "land_use", "legal_area_m2", "identifier", "commune")
    optional = ("legal_area_m2", "identifier", "commune")
    key = "identifier"
    geometry = "Polygon"
    aliases = {
        "sheet": ("to", "soto", "so_to", "so_hieu_to", "sohieutobando", "tobd"),
        "number": ("thua", "sothua", "so_thua", "sothututhua"),
        "land_use": ("mdsd", "mdsdd", "loaidat", "loai_dat", "kh2003", "kyhieuloaidat"),
        "legal_area_m2": ("dientich", "dien_tich", "dtich", "dientichphaply"),
        "identifier": ("ma_dinh_danh", "madinhdanh"),
        "commune": ("maxa", "ma_xa", "xa"),
    }

    def store(self, actor: Viewer, rows: Sequence[Row], *, source: str) -> list[Fate]:
        raise NotImplementedError("Sheets are stored whole: see import_parcels.")


@dataclass
class SheetsLedger(Ledger):
    """The account of a register: beside its rows, what became of sheets and corners."""

    how: Method = field(default_factory=Method)
    sheets: Counter[str] = field(default_factory=Counter)
    corners: Counter[str] = field(default_factory=Counter)
    farthest_m: float = 0

    def take(self, loaded: Loaded) -> None:
        self.count(loaded.fate, loaded.parcels)
        self.sheets[loaded.fate] += 1
        for name in ("new_points", "shared_points", "moved", "nodes", "neighbours", "others", "doubled_numbers"):
            self.corners[name] += getattr(loaded, name)
        self.farthest_m = max(self.farthest_m, loaded.farthest_m)

    def account(self) -> Iterator[str]:
        yield from super().account()
        sheets = {fate: self.sheets[fate] for fate in ("stored", "unchanged", "held")}
        yield _("Sheets: %(stored)d stored, %(unchanged)d unchanged, %(held)d held back.") % sheets
        if not self.sheets["stored"]:
            return
        figures = {"limit": self.how.tolerance_m * 1000, "farthest": self.farthest_m * 1000, **self.corners}
        yield (
            _("Corners: %(new_points)d new boundary points, %(shared_points)d shared with those that stood.") % figures
        )
        yield (
            _("Corners nearer than %(limit)g mm became one: %(moved)d moved, the farthest by %(farthest).1f mm.")
            % figures
        )
        yield _("Nodes put on boundaries that a neighbour's corner lies on: %(nodes)d.") % figures
        if figures["neighbours"]:
            yield _("Standing parcels beside them got nodes, and so a new version: %(neighbours)d.") % figures
        if figures["others"]:
            yield (
                _("Standing parcels of other communes lack nodes that their officers must give: %(others)d.") % figures
            )
        if figures["doubled_numbers"]:
            yield _("Numbers that stand on a sheet more than once, as in the file: %(doubled_numbers)d.") % figures


@dataclass(frozen=True)
class Register:
    """The register that is loaded: whose, from which document, in force since when."""

    commune: str
    document: str
    valid_from: date
    how: Method = field(default_factory=Method)


def import_parcels(
    source: VectorFile,
    mapping: Mapping,
    register: Register,
    *,
    actor: Viewer,
    dry_run: bool = False,
    reading: Progress = iter,
    storing: Storing = lambda sheets, _total: sheets,
) -> SheetsLedger:
    """Load the sheets of *source*, each in a transaction of its own; returns the account.

    A sheet with a row at fault is left out whole; a row whose sheet cannot be told keeps all out. Raises
    `SignInNeeded` or `Forbidden` before anything is read, and `RowsRefused` at the end where a row was refused. A
    second run finds what the first has stored, and stores the rest.
    """
    actor.require(WRITERS, register.commune)
    ledger = SheetsLedger(how=register.how)
    with closing(Waiting(register.commune)) as waiting, transaction.atomic() if dry_run else nullcontext():
        waiting.take(reading(source.batches()), mapping, ledger)
        waiting.tell_apart(ledger)
        for _sheet in storing(_stored(waiting, register, actor, ledger), waiting.count()):
            pass
        if dry_run:
            transaction.set_rollback(True)
    if not dry_run:
        ledger.save(COMMAND, source)
    if ledger.refused:
        raise RowsRefused(ledger)
    return ledger


class Waiting:
    """Rows that fit, by their sheets, in a file on disk that goes when it is closed."""

    def __init__(self, commune: str) -> None:
        self._commune = commune
        self._file = sqlite3.connect("")  # an empty name: on disk, and gone with the connection
        self._file.executescript(TABLE)
        self._kept_out: set[int] = set()
        self.sheet_unknown = False
        """Of a row at fault: any sheet may lack it."""

    def close(self) -> None:
        self._file.close()

    def take(self, batches: Iterable[Sequence[Feature]], mapping: Mapping, ledger: Ledger) -> None:
        intake = Parcels()
        for batch in batches:
            rows = list(rows_of(batch, intake, mapping, ledger))
            fitting = {row.number for row in rows}
            for feature in batch:
                if feature.number not in fitting:
                    self._keep_out(feature, mapping, intake.targets["sheet"])
            self._file.executemany(
                "INSERT INTO parcel VALUES (?, ?, ?, ?, ?, ?, ?)",
                (_spooled(row) for row in rows if self._is_ours(row, ledger)),
            )

    def _keep_out(self, feature: Feature, mapping: Mapping, sheet: Target) -> None:
        try:
            self._kept_out.add(int(sheet.value(mapping["sheet"].text(feature.values))))
        except Invalid:
            self.sheet_unknown = True

    def _is_ours(self, row: Row, ledger: Ledger) -> bool:
        told = row.values.get("commune_id") or self._commune
        if told != self._commune:
            ledger.skip(_("parcels of the commune %s") % told)
        return bool(told == self._commune)

    def tell_apart(self, ledger: Ledger) -> None:
        """Refuse rows whose identifier an earlier row of the file has."""
        again = self._file.execute(TWICE).fetchall()
        for row, sheet, identifier, first in again:
            told = _("%(key)s stands in row %(first)d already.") % {"key": identifier, "first": first}
            ledger.refuse(row, told, "identifier")
            self._kept_out.add(sheet)
        self._file.executemany("DELETE FROM parcel WHERE row = ?", ((row,) for row, *_rest in again))

    def count(self) -> int:
        (count,) = self._file.execute("SELECT count(*) FROM parcel").fetchone()
        return int(count)

    def sheets(self) -> list[tuple[int, int, int]]:
        """(number, rows, first row) of each sheet."""
        return self._file.execute(
            "SELECT sheet, count(*), min(row) FROM parcel GROUP BY sheet ORDER BY sheet"
        ).fetchall()

    def may_be_stored(self, sheet: int) -> bool:
        return not self.sheet_unknown and sheet not in self._kept_out

    def parcels(self, sheet: int) -> list[NewParcel]:
        rows = self._file.execute("SELECT * FROM parcel WHERE sheet = ? ORDER BY row", [sheet])
        return [
            NewParcel(row, number, use, shapely.from_wkb(shape), None if area is None else Decimal(area), identifier)
            for row, _sheet, number, use, area, identifier, shape in rows
        ]


def _spooled(row: Row) -> tuple[Any, ...]:
    values = row.values
    area = values.get("legal_area_m2") or None
    told = values["sheet"], values["number"], values["land_use_id"], None if area is None else str(area)
    return row.number, *told, values.get("identifier") or "", shapely.to_wkb(row.shape)


def _stored(waiting: Waiting, register: Register, actor: Viewer, ledger: SheetsLedger) -> Iterator[Sequence[None]]:
    """Each sheet once it is dealt with, as so many rows."""
    stored, looked = 0, ANALYZE_AFTER
    for sheet, rows, first in waiting.sheets():
        if not waiting.may_be_stored(sheet):
            _hold(ledger, rows)
        elif rows > LARGEST_SHEET:
            told = _("Sheet %(sheet)d has %(rows)d parcels, more than %(limit)d: is the column the right one?")
            ledger.refuse(first, told % {"sheet": sheet, "rows": rows, "limit": LARGEST_SHEET}, "sheet")
            _hold(ledger, rows - 1)
        else:
            _store(sheet, waiting.parcels(sheet), register, actor, ledger)
        stored = ledger.counts["stored"]
        if stored >= looked:
            looked = 2 * stored
            _look_at_tables()
        yield [None] * rows


def _store(sheet: int, parcels: list[NewParcel], register: Register, actor: Viewer, ledger: SheetsLedger) -> None:
    try:
        loaded = load_sheet(
            actor,
            register.commune,
            sheet,
            parcels,
            document=register.document,
            valid_from=register.valid_from,
            how=register.how,
        )
    except (Unavailable, SignInNeeded, Forbidden):
        raise
    except Problem as problem:
        faults = problem.extra.get("faults") or [(parcels[0].row, "sheet", f"{sheet}: {reason_of(problem)}")]
        for row in dict.fromkeys(row for row, _field, _reason in faults):
            mine = [(name, reason) for number, name, reason in faults if number == row]
            ledger.refuse(row, " ".join(reason for _name, reason in mine), mine[0][0])
        _hold(ledger, len(parcels) - len({row for row, _field, _reason in faults}))
    else:
        ledger.take(loaded)


def _hold(ledger: SheetsLedger, rows: int) -> None:
    ledger.sheets["held"] += 1
    ledger.count("held", rows)


def _look_at_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT halong_analyze('land_parcel'), halong_analyze('boundary_point')")
