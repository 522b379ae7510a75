"""Tables of storm tracks, read into storms with an account of every row, and stored storm by storm."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median

from django.utils.translation import gettext as _

from disaster.actions.record_fixes import NewFix, StormName, check_fix, record_fixes
from disaster.models import Storm, StormFix
from disaster.science import ibtracs, jtwc_csv
from disaster.science.atcf import BadLine
from disaster.science.track_csv import Cells, Told, header, of_atcf_id, row
from disaster.track_words import told_fault
from gis.access.viewer import SERVICE
from gis.exchange.files import TextFile
from gis.exchange.ledger import Ledger
from gis.geometry.geodesic import distance_m
from gis.problems import Invalid

SAME_STORM_M = 150_000
"""Two tracks whose places at common times lie no farther apart, in the middle of all, are one storm's."""
COMMON_TIMES = 2
"""At the least, to tell that."""
COMPARED = {
    "lon": "lon", "lat": "lat", "wind_kt": "wind", "pressure_hpa": "pressure", "kind": "stage", "radii": "radius",
}  # fmt: skip
"""What rows of one time agree in, and its name in a refusal."""

TOLD_NOTES = 20
WAITING = """
CREATE TABLE waiting (storm TEXT NOT NULL, season TEXT NOT NULL, row INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE INDEX by_storm ON waiting (storm, row);
"""

Key = tuple[str, datetime]
"""Source and time of a fix."""


@dataclass
class TrackStorm:
    """A storm of a table: its fixes, and which rows tell of which. *identifier*: the warning centre's, WP122024."""

    ident: str
    identifier: str = ""
    name: str = ""
    fixes: dict[Key, Told] = field(default_factory=dict)
    rows: dict[int, tuple[list[Key], bool]] = field(default_factory=dict)
    """By row: the fixes it tells of, and whether an earlier row had told them all."""
    last: datetime | None = None

    def take(self, number: int, told: list[Told]) -> None:
        """Add what a row tells. Raises `BadLine` where it is out of order or contradicts an earlier row."""
        time = told[0].time
        if self.last and time < self.last:
            raise BadLine("time", f"{time:%Y-%m-%d %H:%MZ}", "order", earlier=f"{self.last:%Y-%m-%d %H:%MZ}")
        keys = [(one.source, one.time) for one in told]
        standing = [self.fixes.get(key) for key in keys]
        for earlier, one in zip(standing, told, strict=True):
            if earlier:
                _agree(earlier, one)
        self.fixes.update(zip(keys, told, strict=True))
        self.rows[number] = (keys, all(standing))
        self.last = time
        self.name = told[0].name or self.name
        self.identifier = told[0].identifier or self.identifier


def _agree(earlier: Told, later: Told) -> None:
    for attribute, column in COMPARED.items():
        ours, theirs = getattr(earlier, attribute), getattr(later, attribute)
        if ours != theirs:
            time = f"{later.time:%Y-%m-%d %H:%MZ}"
            raise BadLine(column, str(theirs), "same", earlier=ours, time=time)


@dataclass
class TrackLedger(Ledger):
    """The account of a table, with what is to be said of its storms."""

    notes: list[str] = field(default_factory=list)
    more_notes: int = 0

    def note(self, text: str) -> None:
        if len(self.notes) < TOLD_NOTES:
            self.notes.append(text)
        else:
            self.more_notes += 1

    def account(self) -> Iterator[str]:
        yield from super().account()
        yield from self.notes
        if self.more_notes:
            yield _("… and %d more remarks.") % self.more_notes


class Waiting:
    """Rows of a table by their storms, in a file on disk that goes when it is closed: memory holds one storm."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("")  # an empty name: on disk, and gone with the connection
        self._file.executescript(WAITING)

    def close(self) -> None:
        self._file.close()

    def take(self, rows: Iterable[tuple[str, str, int, str]]) -> None:
        """Add rows: the storm's identifier in the file, its season, the number of the row, its text."""
        self._file.executemany("INSERT INTO waiting VALUES (?, ?, ?, ?)", rows)

    def drop(self, rows: Iterable[int]) -> None:
        self._file.executemany("DELETE FROM waiting WHERE row = ?", ((row,) for row in rows))

    def count(self) -> int:
        (count,) = self._file.execute("SELECT count(*) FROM waiting").fetchone()
        return int(count)

    def storms(self) -> list[str]:
        """Identifiers, the newest season first: open maps are told of it alone, not of each in turn."""
        ordered = "SELECT storm FROM waiting GROUP BY storm ORDER BY max(season) DESC, min(row)"
        return [storm for (storm,) in self._file.execute(ordered)]

    def rows(self, storm: str) -> list[tuple[int, str]]:
        return self._file.execute("SELECT row, text FROM waiting WHERE storm = ? ORDER BY row", [storm]).fetchall()


Read = Callable[[Cells], list[Told]]
"""What a row tells. Raises `BadLine` or `ibtracs.NotOurs`."""


class Table:
    """A table of tracks: its rows storm by storm, checked before anything is stored."""

    storm_column: str
    season_column = "season"

    def __init__(self, source: TextFile) -> None:
        lines = iter(source.lines)
        _number, first = next(lines)
        self.columns = header(first)
        self._lines = lines

    def checked(self, waiting: Waiting, ledger: TrackLedger) -> dict[str, str]:
        """Fill *waiting* with the rows that can be stored, and count the others; identifiers by storm of the file."""
        waiting.take(self._rows(ledger))
        found = {}
        for ident in waiting.storms():
            storm = self.storm(ident, waiting, ledger)
            identifier = self.identified(storm, ledger)
            if identifier and storm.rows:
                found[ident] = identifier
            else:
                waiting.drop(storm.rows)
        return found

    def _rows(self, ledger: Ledger) -> Iterator[tuple[str, str, int, str]]:
        for number, text in self._lines:
            try:
                cells = row(self.columns, text)
            except BadLine as fault:
                ledger.refuse(number, told_fault(fault), fault.column)
                continue
            if not ibtracs.is_units(cells):
                yield cells[self.storm_column].upper(), cells[self.season_column], number, text

    def storm(self, ident: str, waiting: Waiting, ledger: TrackLedger) -> TrackStorm:
        """The storm of the rows that wait; those that cannot be stored are counted and wait no longer."""
        storm, read = TrackStorm(ident), self.reader()
        left = [
            number
            for number, text in waiting.rows(ident)
            if not with_row(storm, number, row(self.columns, text), read, ledger)
        ]
        waiting.drop(left)
        return storm

    def reader(self) -> Read:
        """Reads the rows of one storm."""
        raise NotImplementedError

    def identified(self, storm: TrackStorm, ledger: TrackLedger) -> str:
        """The warning centre's identifier; "" where there is none, and the rows are counted."""
        raise NotImplementedError


class JtwcTable(Table):
    storm_column = "atcf_id"

    def __init__(self, source: TextFile, centre: str) -> None:
        super().__init__(source)
        self._centre = centre

    def reader(self) -> Read:
        return lambda cells: jtwc_csv.told(cells, self._centre)

    def identified(self, storm: TrackStorm, ledger: TrackLedger) -> str:
        return storm.identifier


class IbtracsTable(Table):
    """*named*: identifiers that somebody tells, by SID."""

    storm_column = "sid"

    def __init__(self, source: TextFile, named: Mapping[str, str]) -> None:
        super().__init__(source)
        self._named = named

    def reader(self) -> Read:
        told_before = ""

        def read(cells: Cells) -> list[Told]:
            nonlocal told_before
            sid = cells["sid"]
            found = ibtracs.told(cells)
            told_before = told_before or self._named.get(sid, "")
            identifier = ibtracs.identifier(cells)
            if identifier and told_before and identifier != told_before and sid not in self._named:
                raise BadLine(ibtracs.ID_COLUMN, identifier, "as_in_id", given=told_before, identifier=sid)
            told_before = told_before or identifier
            return [replace(one, identifier=told_before) for one in found]

        return read

    def identified(self, storm: TrackStorm, ledger: TrackLedger) -> str:
        identifier = storm.identifier or (_recognised(storm, ledger) if storm.rows else "")
        if storm.rows and not identifier:
            _skip_storm(storm, ledger)
        return identifier


def with_row(storm: TrackStorm, number: int, cells: Cells, read: Read, ledger: TrackLedger) -> bool:
    """Give a row to its storm; False where it cannot be stored, and is counted."""
    try:
        told = read(cells)
        for one in told:
            check_fix(new_fix(one))
        storm.take(number, told)
    except ibtracs.NotOurs:
        agencies = ", ".join(agency.prefix.upper() for agency in ibtracs.AGENCIES)
        ledger.skip(_("lacking %s") % (_("a place, wind or pressure by one of %(agencies)s") % {"agencies": agencies}))
    except BadLine as fault:
        ledger.refuse(number, told_fault(fault), fault.column)
    except Invalid as problem:
        ledger.refuse(number, str(problem), problem.field or "")
    else:
        return True
    return False


def _recognised(storm: TrackStorm, ledger: TrackLedger) -> str:
    """The identifier of the stored storm that was where *storm* was; empty where there is none."""
    places = {told.time: (told.lon, told.lat) for told in reversed(storm.fixes.values())}
    distances: dict[int, dict[datetime, float]] = {}
    stored = StormFix.objects.filter(storm__exercise=False, time__in=places).values_list("storm", "time", "position")
    for key, time, position in stored:
        apart = distance_m(*places[time], position.x, position.y)
        at = distances.setdefault(key, {})
        at[time] = min(apart, at.get(time, apart))
    near = {key: median(at.values()) for key, at in distances.items() if len(at) >= COMMON_TIMES}
    best = min(near, key=near.__getitem__, default=None)
    if best is None or near[best] > SAME_STORM_M:
        return ""
    found = Storm.objects.get(pk=best)
    identifier = f"{found.basin}{found.number:02d}{found.season}"
    told = _("%(sid)s %(name)s is taken for %(identifier)s %(stored)s: %(count)d common times, %(km)d km apart.")
    ledger.note(
        told
        % {
            "sid": storm.ident,
            "name": storm.name or "–",
            "identifier": identifier,
            "stored": found.name or "–",
            "count": len(distances[best]),
            "km": round(near[best] / 1000),
        }
    )
    return identifier


def _skip_storm(storm: TrackStorm, ledger: TrackLedger) -> None:
    called = f"{storm.ident} {storm.name}".strip()
    lacking = _("a storm whose number by the warning centre is known (%(columns)s)")
    ledger.skip(_("lacking %s") % (lacking % {"columns": ibtracs.ID_COLUMN.upper()}), len(storm.rows))
    told = _(
        "%(storm)s (%(rows)d rows) has no number by the warning centre, and no stored storm was there at its times:"
        " import its best track first, or tell the number with --storm %(sid)s=WP122024."
    )
    ledger.note(told % {"storm": called, "rows": len(storm.rows), "sid": storm.ident})


def store(storm: TrackStorm, ledger: Ledger) -> None:
    """Record the fixes of *storm* source by source, and count its rows."""
    name = _name(storm)
    fates: dict[Key, str] = {}
    for source in dict.fromkeys(source for source, _time in storm.fixes):
        told = [one for (by, _time), one in storm.fixes.items() if by == source]
        recorded = record_fixes(SERVICE, name, map(new_fix, told), source=source)
        fates |= {(source, one.time): fate for one, fate in zip(told, recorded.fates, strict=True)}
    for keys, told_before in storm.rows.values():
        news = any(fates[key] != "unchanged" for key in keys)
        ledger.count("unchanged" if not news else "merged" if told_before else "stored")


def _name(storm: TrackStorm) -> StormName:
    """A compilation names a storm that has no name, and renames none."""
    basin, season, number = of_atcf_id(storm.identifier)
    name = storm.name
    if storm.ident != storm.identifier:
        standing = Storm.objects.filter(basin=basin, season=season, number=number, exercise=False)
        name = standing.values_list("name", flat=True).first() or name
    return StormName(basin, season, number, name)


def new_fix(told: Told) -> NewFix:
    return NewFix(
        time=told.time,
        lon=told.lon,
        lat=told.lat,
        wind_kt=told.wind_kt,
        wind_averaging_minutes=told.averaging_minutes,
        pressure_hpa=told.pressure_hpa,
        kind=told.kind,
        radii=dict(told.radii),
    )
