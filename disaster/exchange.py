"""Storms from files: every row ends as stored, merged, unchanged, refused or held back.

Three formats: a b-deck of ATCF, JTWC best tracks as one table, and IBTrACS. Which one a file has is seen from
what stands in it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from disaster.actions.record_fixes import NewFix, StormName, check_fix, record_fixes
from disaster.science import ibtracs, jtwc_csv
from disaster.science.atcf import AVERAGING_MINUTES, BadLine, Fix, Row, merged, parse_line, season, storms
from disaster.science.track_csv import SEPARATORS, header, missing
from disaster.track_tables import IbtracsTable, JtwcTable, TrackLedger, Waiting, store
from disaster.track_words import told_fault
from gis.access.viewer import SERVICE
from gis.exchange.files import LARGEST_TEXT_BYTES, TextFile
from gis.exchange.ledger import Ledger, RowsRefused
from gis.problems import BadParameter, Invalid

Format = Literal["atcf", "jtwc-csv", "ibtracs"]
FORMATS: tuple[Format, ...] = ("atcf", "jtwc-csv", "ibtracs")
Progress = Callable[[Sequence[Any]], Iterable[Any]]
"""Wraps what is stored storm by storm, to show how far it is."""
Rows = list[int]
"""Numbers of the rows that made a fix."""
CENTRE = "JTWC"
COMMAND = "import_storms"


def expected_formats() -> str:
    """What `import_storms` reads, in words."""
    return _("an ATCF b-deck as bwp122024.dat, a JTWC best-track CSV, or an IBTrACS CSV (v04r01)")


def import_storms(
    source: TextFile,
    *,
    form: Format | None = None,
    centre: str = "",
    named: Mapping[str, str] | None = None,
    skip_refused: bool = False,
    progress: Progress = iter,
) -> Ledger:
    """Store the fixes of a file in one transaction: all, or none.

    *form*: its format, recognised where it is not given. *centre*: the source that fixes get, JTWC where not given;
    IBTrACS names its own. *named*: warning centre's identifiers (WP122024) of IBTrACS storms that the file gives
    none. Raises `BadParameter` for a file in none of the formats, `RowsRefused` when a row is refused and
    *skip_refused* is not set: then only the account is stored.
    """
    form = form or recognised(source)
    if form == "atcf":
        if source.size > LARGEST_TEXT_BYTES:
            told = _("The file is larger than %d MiB.") % (LARGEST_TEXT_BYTES // 2**20)
            raise BadParameter(told, field="file", expected=expected_formats())
        return import_best_track(source, centre=centre or CENTRE, skip_refused=skip_refused, progress=progress)
    _check_columns(source, form)
    if form == "ibtracs" and centre:
        told = _("IBTrACS names its agencies itself.")
        raise BadParameter(told, field="source", expected=_("no source with this format"))
    table = JtwcTable(source, centre or CENTRE) if form == "jtwc-csv" else IbtracsTable(source, named or {})
    ledger = TrackLedger()
    with closing(Waiting()) as waiting:
        identifiers = table.checked(waiting, ledger)
        if ledger.refused and not skip_refused:
            ledger.count("held", waiting.count())
            ledger.save(COMMAND, source)
            raise RowsRefused(ledger)
        with transaction.atomic():
            for ident in progress(list(identifiers)):
                storm = table.storm(ident, waiting, ledger)
                storm.identifier = identifiers[ident]
                store(storm, ledger)
            ledger.save(COMMAND, source)
    return ledger


def recognised(source: TextFile) -> Format:
    """The format that the content has. Raises `BadParameter` where it has none of them."""
    number, first = next(iter(source.lines))
    columns = header(first)
    if jtwc_csv.MARK in columns or "atcf_id" in columns:
        return "jtwc-csv"
    if "sid" in columns:
        return "ibtracs"
    for separator in SEPARATORS:
        cells = {cell.strip().strip('"').lower() for cell in first.split(separator)}
        if cells & {"sid", "atcf_id", jtwc_csv.MARK}:
            told = _("The cells of the header are separated by %r.") % separator
            raise BadParameter(told, field="file", expected=_("commas between cells"), row=number)
    if any(_like_a_deck(line) for _row, line in islice(source.lines, 50)):
        return "atcf"
    raise BadParameter(_("The format of %s is not known.") % source.name, field="file", expected=expected_formats())


def _like_a_deck(line: str) -> bool:
    cells = [cell.strip() for cell in line.split(",")]
    return len(cells) > 3 and len(cells[0]) == 2 and cells[0].isalpha() and cells[1].isdigit() and cells[2].isdigit()


def _check_columns(source: TextFile, form: Format) -> None:
    """Raise `BadParameter` for a header in which columns of *form* are missing or stand twice."""
    number, first = next(iter(source.lines))
    columns = header(first)
    needed = ibtracs.NEEDED if form == "ibtracs" else jtwc_csv.NEEDED
    lacking = missing(columns, needed)
    if form == "ibtracs" and not set(columns) & set(ibtracs.TIMES):
        lacking.append(" | ".join(ibtracs.TIMES))
    if lacking:
        told = _("Columns are missing in the header: %s.") % ", ".join(lacking)
        raise BadParameter(told, field="file", expected=_("the header of %s") % form, row=number)
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        told = _("Columns stand twice in the header: %s.") % ", ".join(twice)
        raise BadParameter(told, field="file", expected=_("the header of %s") % form, row=number)


def import_best_track(
    source: TextFile, *, centre: str = CENTRE, skip_refused: bool = False, progress: Progress = iter
) -> Ledger:
    """Store the fixes of an ATCF b-deck by the warning centre *centre*, in one transaction.

    Raises `RowsRefused` when a row is refused and *skip_refused* is not set: then only the account is stored.
    """
    ledger = Ledger()
    gathered = [_gathered(storm, ledger) for storm in storms(_parsed(source.lines, ledger))]
    gathered = [fixes for fixes in gathered if fixes]
    if ledger.refused and not skip_refused:
        ledger.count("held", sum(len(rows) for fixes in gathered for _fix, rows in fixes))
        ledger.save(COMMAND, source)
        raise RowsRefused(ledger)
    with transaction.atomic():
        for fixes in progress(gathered):
            _store(fixes, centre, ledger)
        ledger.save(COMMAND, source)
    return ledger


def _parsed(lines: Iterable[tuple[int, str]], ledger: Ledger) -> list[Row]:
    rows = []
    for number, text in lines:
        try:
            rows.append((number, parse_line(text)))
        except BadLine as fault:
            ledger.refuse(number, told_fault(fault), fault.column)
    return rows


def _gathered(storm: list[Row], ledger: Ledger) -> list[tuple[Fix, Rows]]:
    """The storm's fixes in order of time, each with the rows that made it."""
    made: dict[int, tuple[Fix, Rows]] = {}
    for number, outcome in merged(storm):
        if isinstance(outcome, BadLine):
            ledger.refuse(number, told_fault(outcome), outcome.column)
        else:
            made.setdefault(id(outcome), (outcome, []))[1].append(number)
    return [one for one in made.values() if _storable(*one, ledger)]


def _storable(fix: Fix, rows: Rows, ledger: Ledger) -> bool:
    """Whether a fix may be recorded; where not, its rows are refused."""
    try:
        check_fix(_new_fix(fix))
    except Invalid as problem:
        for number in rows:
            ledger.refuse(number, str(problem), problem.field or "")
        return False
    return True


def _store(fixes: list[tuple[Fix, Rows]], centre: str, ledger: Ledger) -> None:
    first = fixes[0][0].first
    name = next((fix.first.name for fix, _rows in reversed(fixes) if fix.first.name), "")
    storm = StormName(first.basin, season(first), first.number, name)
    recorded = record_fixes(SERVICE, storm, [_new_fix(fix) for fix, _rows in fixes], source=centre)
    for (_fix, rows), fate in zip(fixes, recorded.fates, strict=True):
        if fate == "unchanged":
            ledger.count("unchanged", len(rows))
        else:
            ledger.count("stored")
            ledger.count("merged", len(rows) - 1)


def _new_fix(fix: Fix) -> NewFix:
    line = fix.first
    return NewFix(
        time=line.time,
        lon=line.lon,
        lat=line.lat,
        wind_kt=line.wind_kt,
        wind_averaging_minutes=AVERAGING_MINUTES if line.wind_kt is not None else None,
        pressure_hpa=line.pressure_hpa,
        kind=line.kind,
        radii=dict(fix.radii),
    )


__all__ = ["FORMATS", "TrackLedger", "expected_formats", "import_best_track", "import_storms", "recognised"]
