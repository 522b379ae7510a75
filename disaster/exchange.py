"""Storms from files: every row of a best track ends as stored, merged, unchanged, refused or held back."""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disaster.actions.record_fixes import SERVICE, NewFix, StormName, record_fixes
from disaster.science.atcf import AVERAGING_MINUTES, BadLine, Fix, Row, merged, parse_line, season, storms
from gis.exchange.files import TextFile
from gis.exchange.ledger import Ledger, RowsRefused

Progress = Callable[[list[tuple[int, str]]], Iterable[tuple[int, str]]]
Rows = list[int]
"""Numbers of the rows that made a fix."""

EXPECTED = {
    "columns": gettext_lazy("at least %(columns)d columns between commas, as in an ATCF b-deck"),
    "choice": gettext_lazy("%(choices)s"),
    "integer": gettext_lazy("a whole number from %(lowest)d to %(highest)d"),
    "time": gettext_lazy("year, month, day and hour as 2024090706"),
    "degrees": gettext_lazy("tenths of a degree up to %(highest)d°, then %(letters)s"),
    "letters": gettext_lazy("at most two letters, as TY"),
    "same": gettext_lazy("%(earlier)s, as an earlier row of %(time)s has it"),
}
"""Words for what `atcf.BadLine` expected."""


def import_best_track(
    source: TextFile, *, centre: str = "JTWC", skip_refused: bool = False, progress: Progress = iter
) -> Ledger:
    """Store the fixes of an ATCF b-deck by the warning centre *centre*, in one transaction.

    Raises `RowsRefused` when a row is refused and *skip_refused* is not set: then only the account is stored.
    """
    ledger = Ledger()
    gathered = [_gathered(storm, ledger) for storm in storms(_parsed(progress(source.lines), ledger))]
    if ledger.refusals and not skip_refused:
        ledger.count("held", sum(len(rows) for fixes in gathered for _fix, rows in fixes))
        ledger.save("import_storms", source)
        raise RowsRefused(ledger)
    with transaction.atomic():
        for fixes in gathered:
            _store(fixes, centre, ledger)
        ledger.save("import_storms", source)
    return ledger


def _parsed(lines: Iterable[tuple[int, str]], ledger: Ledger) -> list[Row]:
    rows = []
    for number, text in lines:
        try:
            rows.append((number, parse_line(text)))
        except BadLine as fault:
            ledger.refuse(number, _told(fault), fault.column)
    return rows


def _gathered(storm: list[Row], ledger: Ledger) -> list[tuple[Fix, Rows]]:
    """The storm's fixes in order of time, each with the rows that made it."""
    made: dict[int, tuple[Fix, Rows]] = {}
    for number, outcome in merged(storm):
        if isinstance(outcome, BadLine):
            ledger.refuse(number, _told(outcome), outcome.column)
        else:
            made.setdefault(id(outcome), (outcome, []))[1].append(number)
    return list(made.values())


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


def _told(fault: BadLine) -> str:
    expected = EXPECTED[fault.expected] % fault.figures
    told = _("%(value)r does not fit here, expected: %(expected)s")
    return told % {"value": fault.value, "expected": expected}
