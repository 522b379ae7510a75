"""IBTrACS (International Best Track Archive for Climate Stewardship, version 4) as CSV.

Every row is one time of one storm, with the figures of several agencies side by side. They average winds over
different periods, so that each agency becomes a source of its own with its period: none is compared with
another unconverted. Official files have their columns in capitals, a line of units under the header and
USA_LAT, USA_LON; extracts may have neither. Where an agency gives figures but no place of its own, its fix
stands at the place that IBTrACS merged from all (LAT, LON).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from disaster.science.atcf import THRESHOLDS, BadLine
from disaster.science.track_csv import Cells, Told, atcf_id, storm_name

COMPILATION = "IBTrACS"
"""How the names of its sources begin."""
NEEDED = ("sid", "season", "name", "lat", "lon")
TIMES = ("iso_time", "time_utc")
UNITS = ("degrees_north", "degrees_east")
ID_COLUMN = "usa_atcf_id"


class NotOurs(Exception):
    """A row of the format that none of our agencies tells anything in: other oceans' rows are like that."""


@dataclass(frozen=True)
class Agency:
    """An agency's columns. *stages*: its codes of development, in letters as the others write them."""

    source: str
    prefix: str
    averaging_minutes: int
    stage: str
    stages: Mapping[str, str] = field(default_factory=dict)
    radii: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"{self.prefix}_{column}" for column in ("lat", "lon", "wind", "pres"))


AGENCIES = (
    Agency(f"{COMPILATION} JTWC", "usa", 1, "usa_status", radii=True),
    Agency(
        f"{COMPILATION} JMA",
        "tokyo",
        10,
        "tokyo_grade",
        {"1": "", "2": "TD", "3": "TS", "4": "STS", "5": "TY", "6": "EX", "7": "TS", "8": "", "9": "TC"},
    ),
    Agency(
        f"{COMPILATION} CMA",
        "cma",
        2,
        "cma_cat",
        {"0": "LO", "1": "TD", "2": "TS", "3": "STS", "4": "TY", "5": "STY", "6": "SUTY", "9": "EX"},
    ),
    Agency(f"{COMPILATION} HKO", "hko", 10, "hko_cat", {"SuperT": "SUTY", "ST": "STY", "T": "TY", "LW": "LO"}),
)
"""The United States' agency for this ocean is JTWC: 1 minute. Tokyo and Hong Kong average over 10, China over 2."""


def is_units(cells: Cells) -> bool:
    """Whether a row is the line of units under the header."""
    return cells["lat"].lower() == UNITS[0] or cells["lon"].lower() == UNITS[1]


def told(cells: Cells) -> list[Told]:
    """What the agencies tell in a row; never empty. Raises `BadLine`, and `NotOurs` where none tells anything."""
    sid = cells["sid"]
    if not (sid.isascii() and sid.isalnum() and 5 <= len(sid) <= 20):
        raise BadLine("sid", sid, "sid")
    cells.whole("season", 1840, 2200)
    time = cells.time(next(column for column in TIMES if column in cells))
    merged = cells.place()
    name = storm_name(cells["name"])
    found = [_fix(agency, cells, sid, name, time, merged) for agency in AGENCIES if _tells(agency, cells)]
    if not found:
        raise NotOurs
    return found


def identifier(cells: Cells) -> str:
    """The warning centre's identifier of the row's storm; empty where the row names none. Raises `BadLine`."""
    value = cells[ID_COLUMN]
    return atcf_id(ID_COLUMN, value) if value else ""


def _tells(agency: Agency, cells: Cells) -> bool:
    return any(cells[column] for column in agency.columns)


def _fix(agency: Agency, cells: Cells, sid: str, name: str, time: datetime, merged: tuple[float, float]) -> Told:
    own = cells[f"{agency.prefix}_lat"] or cells[f"{agency.prefix}_lon"]
    lon, lat = cells.place(f"{agency.prefix}_") if own else merged
    wind = cells.wind(f"{agency.prefix}_wind")
    return Told(
        storm=sid,
        name=name,
        source=agency.source,
        time=time,
        lon=lon,
        lat=lat,
        wind_kt=wind,
        averaging_minutes=agency.averaging_minutes if wind is not None else None,
        pressure_hpa=cells.pressure(f"{agency.prefix}_pres"),
        kind=_stage(agency, cells[agency.stage]),
        radii=cells.radii(_radius_columns(cells)) if agency.radii else {},
    )


def _stage(agency: Agency, value: str) -> str:
    letters = agency.stages.get(value, value)
    if len(letters) > 4 or not ((letters.isascii() and letters.isalpha()) or letters == ""):
        raise BadLine(agency.stage, value, "stage", known=" | ".join(agency.stages) or "TS")
    return letters.upper()


def _radius_columns(cells: Cells) -> dict[int, tuple[str, str, str, str]]:
    """Official columns are USA_R34_NE …; extracts write the unit behind."""
    unit = "_nm" if "usa_r34_ne_nm" in cells else ""
    heads = {kt: f"usa_r{kt}" for kt in THRESHOLDS}
    return {
        kt: (f"{one}_ne{unit}", f"{one}_se{unit}", f"{one}_sw{unit}", f"{one}_nw{unit}") for kt, one in heads.items()
    }
