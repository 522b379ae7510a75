"""Best tracks in the format of the Automated Tropical Cyclone Forecasting system (b-decks).

Columns by their place between commas: basin, number, YYYYMMDDHH, minutes, technique, tau, latitude and longitude in
tenths of a degree with their hemisphere, wind (kt, 1-minute), pressure (hPa), stage, threshold (kt), quadrant code and
four radii (nm). One line for each threshold of a time. A zero wind, pressure or threshold means unknown; `NEQ` lists the
quadrants from the north-east clockwise, `AAA` is one radius all round.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from disaster.science.radii import Radii

AVERAGING_MINUTES = 1
"""Of JTWC's winds."""
BASINS = ("WP", "IO", "SH", "CP", "EP", "AL")
BEST = "BEST"
THRESHOLDS = (34, 50, 64)
FEWEST_COLUMNS = 11


class BadLine(ValueError):
    """A value of a line that is not as the format has it."""

    def __init__(self, column: str, value: str, expected: str) -> None:
        self.column, self.value, self.expected = column, value, expected
        super().__init__(f"{column}: {value!r}, expected {expected}")


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

    @property
    def season(self) -> int:
        """The storm's season; in the southern hemisphere it begins in July."""
        southern = self.basin == "SH" and self.time.month >= 7
        return self.time.year + southern


@dataclass
class Fix:
    """All that the lines of one time say."""

    first: Line
    radii: dict[int, Radii] = field(default_factory=dict)


def parse_line(text: str) -> Line:
    """Read one line. Raises `BadLine` naming the column."""
    cells = [cell.strip() for cell in text.split(",")]
    if len(cells) < FEWEST_COLUMNS:
        raise BadLine("line", text[:40], f"at least {FEWEST_COLUMNS} columns between commas (an ATCF b-deck)")
    basin = cells[0].upper()
    if basin not in BASINS:
        raise BadLine("basin", cells[0], " | ".join(BASINS))
    if cells[4] != BEST:
        raise BadLine("technique", cells[4], BEST)
    if cells[5] not in ("0", ""):
        raise BadLine("tau", cells[5], "0 in a best track")
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


def _integer(column: str, value: str, lowest: int, highest: int) -> int:
    if not re.fullmatch(r"\d{1,5}", value) or not lowest <= int(value) <= highest:
        raise BadLine(column, value, f"a whole number from {lowest} to {highest}")
    return int(value)


def _pressure(value: str) -> int | None:
    if value in ("", "0"):
        return None
    return _integer("pressure", value, 850, 1050)


def _time(value: str, minutes: str) -> datetime:
    try:
        moment = datetime.strptime(value, "%Y%m%d%H").replace(tzinfo=UTC)
    except ValueError:
        raise BadLine("time", value, "YYYYMMDDHH") from None
    return moment.replace(minute=_integer("minutes", minutes, 0, 59) if minutes else 0)


def _degrees(column: str, value: str, hemispheres: str, highest: int) -> float:
    expected = f"tenths of a degree up to {highest}°, then {' or '.join(hemispheres)}"
    match = re.fullmatch(rf"(\d{{1,4}})([{hemispheres}])", value.upper())
    if match is None or int(match[1]) > highest * 10:
        raise BadLine(column, value, expected)
    degrees = int(match[1]) / 10
    return -degrees if match[2] == hemispheres[1] else degrees


def _kind(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{0,2}", value):
        raise BadLine("stage", value, "two letters, as TY")
    return value


def _radii(cells: list[str]) -> tuple[int | None, Radii | None]:
    cells = cells + [""] * (17 - len(cells))
    if cells[11] in ("", "0"):
        return None, None
    threshold = _integer("threshold", cells[11], 1, 250)
    if threshold not in THRESHOLDS:
        raise BadLine("threshold", cells[11], " | ".join(map(str, THRESHOLDS)))
    if cells[12] not in ("NEQ", "AAA"):
        raise BadLine("quadrant code", cells[12], "NEQ | AAA")
    values = [None if cell == "" else _integer("radius", cell, 0, 1500) for cell in cells[13:17]]
    ne, se, sw, nw = values if cells[12] == "NEQ" else [values[0]] * 4
    return threshold, (ne, se, sw, nw)


NAME_COLUMN = 27
WORDS_FOR_UNNAMED = re.compile(
    r"INVEST|GENESIS\d*|NONAME|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|ELEVEN|TWELVE|[A-Z]+TEEN|"
    r"(TWENTY|THIRTY|FORTY)(-?[A-Z]+)?"
)


def _name(cells: list[str]) -> str:
    """The storm's name; a number in words, which the centre writes before there is one, is none."""
    name = cells[NAME_COLUMN].upper() if len(cells) > NAME_COLUMN else ""
    return "" if WORDS_FOR_UNNAMED.fullmatch(name) else name[:40]


def merged(lines: Iterable[tuple[int, Line]]) -> Iterator[tuple[int, Line, Fix | BadLine]]:
    """Gather (row number, line) of one storm into fixes: each row with the fix it belongs to.

    A row that contradicts an earlier one of its time comes with the `BadLine` that says so.
    """
    fixes: dict[tuple[str, int, datetime], Fix] = {}
    for row, line in lines:
        fix = fixes.setdefault((line.basin, line.number, line.time), Fix(line))
        fault = _contradiction(fix, line)
        if fault:
            yield row, line, fault
            continue
        if line.threshold_kt and line.radii:
            fix.radii[line.threshold_kt] = line.radii
        yield row, line, fix


def _contradiction(fix: Fix, line: Line) -> BadLine | None:
    for column in ("lat", "lon", "wind_kt", "pressure_hpa", "kind"):
        ours, theirs = getattr(fix.first, column), getattr(line, column)
        if ours != theirs:
            return BadLine(column, str(theirs), f"{ours}, as an earlier row of {line.time:%Y-%m-%d %H:%MZ} has it")
    earlier = fix.radii.get(line.threshold_kt or 0)
    if earlier and earlier != line.radii:
        return BadLine("radius", str(line.radii), f"{earlier}, as an earlier row of this threshold has it")
    return None
