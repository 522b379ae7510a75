"""Tables of storm tracks, read into storms with an account of every row, and stored storm by storm."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
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


def _agree(earlier: Told, later: Told) -> None:
    for attribute, column in COMPARED.items():
        ours, theirs = getattr(earlier, attribute), getattr(later, attribute)
        if ours != theirs:
            time = f"{later.time:%Y-%m-%d %H:%MZ}"
            raise BadLine(column, str(theirs), "same", earlier=ours, time=time)


@dataclass
class TrackLedger(Ledger):
    """The account of a table, with its storms and what is to be said of them."""

    by_ident: dict[str, TrackStorm] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def storms(self) -> list[TrackStorm]:
        """Those with rows to store, the newest season first: open maps are told of it alone, not of each in turn."""
        standing = [storm for storm in self.by_ident.values() if storm.rows]
        return sorted(standing, key=lambda storm: storm.identifier[4:], reverse=True)

    def account(self) -> Iterator[str]:
        yield from super().account()
        yield from self.notes

    def hold_back(self) -> None:
        """Count the rows that are right as held back for the others."""
        self.count("held", sum(len(storm.rows) for storm in self.storms))


def read_jtwc(source: TextFile, centre: str) -> TrackLedger:
    """The storms of a table of JTWC's, their fixes by *centre*."""
    ledger = TrackLedger()
    for number, cells in _table(source, ledger):
        with_row(ledger, number, cells, lambda cells: jtwc_csv.told(cells, centre))
    for storm in ledger.storms:
        storm.identifier = storm.ident
    return ledger


def read_ibtracs(source: TextFile, named: Mapping[str, str]) -> TrackLedger:
    """The storms of an IBTrACS table, each known by its identifier; rows of one that has none are refused.

    *named*: identifiers that somebody tells, by SID.
    """
    ledger = TrackLedger()
    identifiers: dict[str, str] = dict(named)

    def told(cells: Cells) -> list[Told]:
        found = ibtracs.told(cells)
        identifier = ibtracs.identifier(cells)
        earlier = identifiers.setdefault(found[0].storm, identifier) or identifier
        if identifier and identifier != earlier and cells["sid"] not in named:
            raise BadLine(ibtracs.ID_COLUMN, identifier, "as_in_id", given=earlier, identifier=found[0].storm)
        identifiers[found[0].storm] = earlier
        return found

    for number, cells in _table(source, ledger):
        if not ibtracs.is_units(cells):
            with_row(ledger, number, cells, told)
    for storm in ledger.storms:
        storm.identifier = identifiers.get(storm.ident, "") or _recognised(storm, ledger)
        if not storm.identifier:
            _refuse_storm(storm, ledger)
    return ledger


def _table(source: TextFile, ledger: Ledger) -> Iterator[tuple[int, Cells]]:
    (_number, first), *lines = source.lines
    columns = header(first)
    for number, text in lines:
        try:
            yield number, row(columns, text)
        except BadLine as fault:
            ledger.refuse(number, told_fault(fault), fault.column)


def with_row(ledger: TrackLedger, number: int, cells: Cells, read: Callable[[Cells], list[Told]]) -> None:
    """Give a row to its storm, or refuse it."""
    try:
        told = read(cells)
        for one in told:
            check_fix(new_fix(one))
        storm = ledger.by_ident.setdefault(told[0].storm, TrackStorm(told[0].storm))
        storm.take(number, told)
    except BadLine as fault:
        ledger.refuse(number, told_fault(fault), fault.column)
    except Invalid as problem:
        ledger.refuse(number, str(problem), problem.field or "")


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
    ledger.notes.append(
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


def _refuse_storm(storm: TrackStorm, ledger: TrackLedger) -> None:
    called = f"{storm.ident} {storm.name}".strip()
    fault = BadLine("sid", called, "number", columns=ibtracs.ID_COLUMN.upper())
    for number in storm.rows:
        ledger.refuse(number, told_fault(fault), fault.column)
    told = _(
        "%(storm)s (%(rows)d rows) has no number by the warning centre, and no stored storm was there at its times:"
        " import its best track first, or tell the number with --storm %(sid)s=WP122024."
    )
    ledger.notes.append(told % {"storm": called, "rows": len(storm.rows), "sid": storm.ident})
    storm.rows.clear()


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
