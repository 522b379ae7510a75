"""Best tracks in the format of the Automated Tropical Cyclone Forecasting system (b-decks).

Columns by their place between commas: basin, number, YYYYMMDDHH, minutes, technique, tau, latitude and
longitude in tenths of a degree with their hemisphere, wind (kt, 1-minute), pressure (hPa), stage,
threshold (kt), quadrant code and four radii (nm), and in the 28th the name. One line for each threshold
of a time. A zero wind, pressure or threshold means unknown; `NEQ` lists the quadrants from the north-east
clockwise, `AAA` is one radius all round.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from disaster.science.radii import Radii

AVERAGING_MINUTES = 1
"""Of JTWC's winds."""
BASINS = ("WP", "IO", "SH", "CP", "EP", "AL")
BEST = "BEST"
THRESHOLDS = (34, 50, 64)
COMPARED = {
    "latitude": "lat",
    "longitude": "lon",
    "wind": "wind_kt",
    "pressure": "pressure_hpa",
    "stage": "kind",
}
"""Columns that all lines of one time agree in, and their names here."""
FEWEST_COLUMNS = 11


class BadLine(ValueError):
    """A value of a line that is not as the format has it.

    *expected* is a code for which `disaster.exchange` has the words: "columns", "choice", "integer", "time",
    "degrees", "letters" or "same"; *figures* go into them.
    """

    def __init__(self, column: str, value: str, expected: str, **figures: object) -> None:
        self.column, self.value, self.expected, self.figures = column, value, expected, figures
        super().__init__(f"{column}: {value!r} ({expected} {figures})")


@dataclass(frozen=True)
class Line:
    """One line of a b-deck."""

    basin: str
    number: int
    time: datetime
    lon: float
    lat: float
    wind_kt: int | None
    pressure_hpa: int | None
    kind: str
    name: str
    threshold_kt: int | None = None
    radii: Radii | None = None


@dataclass
class Fix:
    """All that the lines of one time say."""

    first: Line
    radii: dict[int, Radii] = field(default_factory=dict)


def parse_line(text: str) -> Line:
    """Read one line. Raises `BadLine` naming the column."""
    cells = [cell.strip() for cell in text.split(",")]
    if len(cells) < FEWEST_COLUMNS:
        raise BadLine("line", text[:40], "columns", columns=FEWEST_COLUMNS)
    basin = cells[0].upper()
    _one_of("basin", basin, BASINS)
    _one_of("technique", cells[4], (BEST,))
    _one_of("tau", cells[5] or "0", ("0",))
    threshold, radii = _radii(cells)
    return Line(
        basin=basin,
        number=_integer("number", cells[1], 1, 99),
        time=_time(cells[2], cells[3]),
        lat=_degrees("latitude", cells[6], "NS", 90),
        lon=_degrees("longitude", cells[7], "EW", 180),
        wind_kt=_integer("wind", cells[8] or "0", 0, 250) or None,
        pressure_hpa=_pressure(cells[9]),
        kind=_kind(cells[10]),
        name=_name(cells),
        threshold_kt=threshold,
        radii=radii,
    )


def _one_of(column: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise BadLine(column, value, "choice", choices=" | ".join(choices))


def _integer(column: str, value: str, lowest: int, highest: int) -> int:
    if not re.fullmatch(r"\d{1,5}", value) or not lowest <= int(value) <= highest:
        raise BadLine(column, value, "integer", lowest=lowest, highest=highest)
    return int(value)


def _pressure(value: str) -> int | None:
    if value in ("", "0"):
        return None
    return _integer("pressure", value, 850, 1050)


def _time(value: str, minutes: str) -> datetime:
    try:
        moment = datetime.strptime(value, "%Y%m%d%H").replace(tzinfo=UTC)
    except ValueError:
        raise BadLine("time", value, "time") from None
    return moment.replace(minute=_integer("minutes", minutes, 0, 59) if minutes else 0)


def _degrees(column: str, value: str, hemispheres: str, highest: int) -> float:
    match = re.fullmatch(rf"(\d{{1,4}})([{hemispheres}])", value.upper())
    if match is None or int(match[1]) > highest * 10:
        raise BadLine(column, value, "degrees", highest=highest, letters=" | ".join(hemispheres))
    degrees = int(match[1]) / 10
    return -degrees if match[2] == hemispheres[1] else degrees


def _kind(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{0,2}", value):
        raise BadLine("stage", value, "letters")
    return value


def _radii(cells: list[str]) -> tuple[int | None, Radii | None]:
    cells = cells + [""] * (17 - len(cells))
    if cells[11] in ("", "0"):
        return None, None
    _one_of("threshold", cells[11], tuple(map(str, THRESHOLDS)))
    _one_of("quadrant code", cells[12], ("NEQ", "AAA"))
    values = [None if cell == "" else _integer("radius", cell, 0, 1500) for cell in cells[13:17]]
    ne, se, sw, nw = values if cells[12] == "NEQ" else [values[0]] * 4
    return int(cells[11]), (ne, se, sw, nw)


NAME_COLUMN = 27
WORDS_FOR_UNNAMED = re.compile(
    r"INVEST|GENESIS\d*|NONAME|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|ELEVEN|TWELVE|[A-Z]+TEEN|"
    r"(TWENTY|THIRTY|FORTY)(-?[A-Z]+)?"
)


def _name(cells: list[str]) -> str:
    """The storm's name; a number in words, which the centre writes before there is one, is none."""
    name = cells[NAME_COLUMN].upper() if len(cells) > NAME_COLUMN else ""
    return "" if WORDS_FOR_UNNAMED.fullmatch(name) else name[:40]


Row = tuple[int, Line]
"""A line with its number in the file."""

NEW_STORM_AFTER = timedelta(days=30)
"""Lines of one basin and number that lie further apart belong to storms of two seasons."""


def storms(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows of each storm, by time. A storm that lives over New Year stays one."""
    storm: list[Row] = []
    for row in sorted(rows, key=lambda row: (row[1].basin, row[1].number, row[1].time, row[0])):
        if storm and not _same_storm(storm[-1][1], row[1]):
            yield storm
            storm = []
        storm.append(row)
    if storm:
        yield storm


def season(first: Line) -> int:
    """The season of the storm that begins with *first*: the year; in the south it begins in July."""
    southern = first.basin == "SH" and first.time.month >= 7
    return first.time.year + southern


def _same_storm(earlier: Line, later: Line) -> bool:
    same = (earlier.basin, earlier.number) == (later.basin, later.number)
    return same and later.time - earlier.time <= NEW_STORM_AFTER


def merged(storm: Iterable[Row]) -> Iterator[tuple[int, Fix | BadLine]]:
    """Gather the rows of one storm into fixes: each row's number with the fix it belongs to.

    A row that contradicts an earlier one of its time comes with the `BadLine` that says so.
    """
    fixes: dict[datetime, Fix] = {}
    for number, line in storm:
        fix = fixes.setdefault(line.time, Fix(line))
        fault = _contradiction(fix, line)
        if fault:
            yield number, fault
            continue
        if line.threshold_kt and line.radii:
            fix.radii[line.threshold_kt] = line.radii
        yield number, fix


def _contradiction(fix: Fix, line: Line) -> BadLine | None:
    time = f"{line.time:%Y-%m-%d %H:%MZ}"
    for column, name in COMPARED.items():
        ours, theirs = getattr(fix.first, name), getattr(line, name)
        if ours != theirs:
            return BadLine(column, str(theirs), "same", earlier=ours, time=time)
    earlier = fix.radii.get(line.threshold_kt or 0)
    if earlier and earlier != line.radii:
        return BadLine("radius", str(line.radii), "same", earlier=earlier, time=time)
    return None
