"""Storms from files: every row of a best track ends as stored, merged, unchanged or refused."""

from collections.abc import Callable, Iterable
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from disaster.actions.record_fixes import SERVICE, NewFix, StormName, record_fixes
from disaster.science.atcf import AVERAGING_MINUTES, BadLine, Fix, Line, merged, parse_line
from gis.exchange.files import TextFile
from gis.exchange.ledger import Ledger

Rows = list[tuple[int, Line]]
Progress = Callable[[Iterable[tuple[int, str]]], Iterable[tuple[int, str]]]


class RowsRefused(Exception):
    """Some rows cannot be stored, and none were; the ledger says which and why."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        super().__init__(len(ledger.refusals))


def import_best_track(
    source: TextFile, *, centre: str = "JTWC", skip_refused: bool = False, progress: Progress = iter
) -> Ledger:
    """Store the fixes of an ATCF b-deck, in one transaction.

    Raises `RowsRefused` when a row is refused and *skip_refused* is not set: then nothing is stored.
    """
    ledger = Ledger()
    rows = _parsed(progress(source.lines), ledger)
    storms = [list(group) for _key, group in groupby(sorted(rows, key=_storm_key), key=_storm_key)]
    gathered = [_gathered(storm, ledger) for storm in storms]
    if ledger.refusals and not skip_refused:
        raise RowsRefused(ledger)
    with transaction.atomic():
        for fixes in gathered:
            _store(fixes, centre, ledger)
        ledger.save("import_storms", source)
    return ledger


def _parsed(lines: Iterable[tuple[int, str]], ledger: Ledger) -> Rows:
    rows = []
    for number, text in lines:
        try:
            rows.append((number, parse_line(text)))
        except BadLine as fault:
            ledger.refuse(number, _told(fault), fault.column)
    return rows


def _storm_key(row: tuple[int, Line]) -> tuple[str, int, int]:
    _number, line = row
    return line.basin, line.season, line.number


def _gathered(rows: Rows, ledger: Ledger) -> list[tuple[Fix, int]]:
    """The storm's fixes in order of time, each with the number of rows that made it."""
    counts: dict[int, tuple[Fix, int]] = {}
    for number, _line, outcome in merged(rows):
        if isinstance(outcome, BadLine):
            ledger.refuse(number, _told(outcome), outcome.column)
        else:
            _fix, so_far = counts.get(id(outcome), (outcome, 0))
            counts[id(outcome)] = outcome, so_far + 1
    return sorted(counts.values(), key=lambda pair: pair[0].first.time)


def _store(fixes: list[tuple[Fix, int]], centre: str, ledger: Ledger) -> None:
    if not fixes:
        return
    last = fixes[-1][0].first
    name = next((fix.first.name for fix, _rows in reversed(fixes) if fix.first.name), "")
    storm = StormName(last.basin, fixes[0][0].first.season, last.number, name)
    recorded = record_fixes(SERVICE, storm, [_new_fix(fix) for fix, _rows in fixes], source=centre)
    for (_fix, rows), fate in zip(fixes, recorded.fates, strict=True):
        ledger.count("unchanged" if fate == "unchanged" else "stored")
        ledger.count("merged", rows - 1)


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


def _told(fault: BadLine) -> str:
    return _("%(value)r does not fit here, expected: %(expected)s") % {"value": fault.value, "expected": fault.expected}
