"""Tables of storm tracks between commas: a header, cells, and what any of them can be wrong in.

Positions are WGS 84 degrees, winds knots, pressures hPa, radii nautical miles, times UTC. An empty cell
means unknown. Faults are `disaster.science.atcf.BadLine`, for which `disaster.exchange` has the words.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from disaster.science.atcf import BASINS, WORDS_FOR_UNNAMED, BadLine
from disaster.science.radii import Radii

HIGHEST_WIND_KT = 250
PRESSURES_HPA = (850, 1050)
LARGEST_RADIUS_NM = 1500
LONGEST_NAME = 40
SEPARATORS = (";", "\t", "|")
"""What stands between cells where it should be a comma."""
UNNAMED = {"UNNAMED", "NOT_NAMED", "NOT NAMED", "UNKNOWN"}
UNKNOWN = {"0", "-999"}
"""Besides the empty cell."""
ATCF_ID = re.compile(rf"({'|'.join(BASINS)})(\d\d)(\d{{4}})")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?")


@dataclass(frozen=True)
class Told:
    """What one row tells of a storm by one source. *storm*: its identifier in the file."""

    storm: str
    name: str
    source: str
    time: datetime
    lon: float
    lat: float
    wind_kt: int | None = None
    averaging_minutes: int | None = None
    pressure_hpa: int | None = None
    kind: str = ""
    radii: Mapping[int, Radii] = field(default_factory=dict)
    identifier: str = ""
    """The warning centre's, WP122024; empty where the file gives none."""


@dataclass(frozen=True)
class Cells:
    """The cells of a row by the names of their columns, lower case."""

    by_name: Mapping[str, str]

    def __contains__(self, column: str) -> bool:
        return column in self.by_name

    def __getitem__(self, column: str) -> str:
        return self.by_name.get(column, "")

    def whole(self, column: str, lowest: int, highest: int) -> int | None:
        """A whole number, None where the cell is empty."""
        value = self[column]
        if not value:
            return None
        if not re.fullmatch(r"-?\d{1,6}(\.0+)?", value) or not lowest <= float(value) <= highest:
            raise BadLine(column, value, "integer", lowest=lowest, highest=highest)
        return int(float(value))

    def decimal(self, column: str, lowest: float, highest: float) -> float:
        value = self[column]
        if not re.fullmatch(r"[+-]?\d{1,4}(\.\d{1,9})?", value) or not lowest <= float(value) <= highest:
            raise BadLine(column, value, "decimal", lowest=lowest, highest=highest)
        return float(value)

    def place(self, prefix: str = "") -> tuple[float, float]:
        """(lon, lat); longitudes counted eastwards beyond 180° are brought back."""
        lat, lon = self.decimal(f"{prefix}lat", -90, 90), self.decimal(f"{prefix}lon", -180, 360)
        return round(lon - 360, 9) if lon > 180 else lon, lat

    def wind(self, column: str) -> int | None:
        """A wind; zero and -999 stand for unknown, as in the best tracks."""
        return None if self[column] in UNKNOWN else self.whole(column, 0, HIGHEST_WIND_KT)

    def pressure(self, column: str) -> int | None:
        return None if self[column] in UNKNOWN else self.whole(column, *PRESSURES_HPA)

    def time(self, column: str) -> datetime:
        value = self[column]
        try:
            if not MOMENT.fullmatch(value):
                raise ValueError
            return datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=UTC)
        except ValueError:
            raise BadLine(column, value, "moment") from None

    def radii(self, columns: Mapping[int, tuple[str, str, str, str]]) -> dict[int, Radii]:
        """Radii by threshold, quadrants from the north-east clockwise; a threshold nobody tells of is left out."""
        found: dict[int, Radii] = {}
        for threshold, (ne, se, sw, nw) in columns.items():
            extents = (self._radius(ne), self._radius(se), self._radius(sw), self._radius(nw))
            if any(extent is not None for extent in extents):
                found[threshold] = extents
        return found

    def _radius(self, column: str) -> int | None:
        return self.whole(column, 0, LARGEST_RADIUS_NM)


def split(text: str) -> list[str]:
    """The cells of a row. Raises `BadLine` for quotes that are not closed."""
    try:
        (cells,) = csv.reader([text], strict=True)
    except (csv.Error, ValueError):
        raise BadLine("line", text[:40], "quotes") from None
    return [cell.strip() for cell in cells]


def header(text: str) -> list[str]:
    """Names of the columns, lower case; empty where *text* is no row between commas."""
    try:
        return [cell.lower() for cell in split(text)]
    except BadLine:
        return []


def row(columns: list[str], text: str) -> Cells:
    """The cells of a row under *columns*. Raises `BadLine` where there are more or fewer."""
    cells = split(text)
    if len(cells) != len(columns):
        raise BadLine("line", text[:40], "cells", found=len(cells), columns=len(columns))
    return Cells(dict(zip(columns, cells, strict=True)))


def missing(columns: Iterable[str], needed: Iterable[str]) -> list[str]:
    there = set(columns)
    return [column for column in needed if column not in there]


def storm_name(value: str) -> str:
    """The international name; a number in words, which a centre writes before there is one, is none."""
    name = value.upper()
    return "" if name in UNNAMED or WORDS_FOR_UNNAMED.fullmatch(name) else name[:LONGEST_NAME]


def atcf_id(column: str, value: str) -> str:
    """An identifier such as WP122024, checked. Raises `BadLine`."""
    found = ATCF_ID.fullmatch(value.upper())
    if not found or found[2] == "00":
        raise BadLine(column, value, "atcf_id")
    return found[0]


def of_atcf_id(identifier: str) -> tuple[str, int, int]:
    """(basin, season, number) of a checked identifier.

    >>> of_atcf_id("WP122024")
    ('WP', 2024, 12)
    """
    return identifier[:2], int(identifier[4:]), int(identifier[2:4])
