"""Coordinates as people type them: VN-2000 in either order, decimal degrees, degrees with minutes and seconds."""

import re
from typing import NamedTuple

from gis.geometry.crs import LEGAL_SRID, WGS84_SRID, transformer


class Place(NamedTuple):
    """Degrees of WGS 84."""

    lon: float
    lat: float


EASTINGS = (330_000, 600_000)
NORTHINGS = (2_270_000, 2_420_000)
"""Metres of the legal grid in and around the province."""
LONGITUDES = (90, 150)
LATITUDES = (0, 45)
"""Degrees of the seas and lands that the map shows."""

GAP = r"[\s.\u00a0\u2009]?"
NORTHING = re.compile(rf"(?<!\d)(2{GAP}[234]\d\d{GAP}\d{{3}}(?:[.,]\d{{1,4}})?)(?!\d)")
EASTING = re.compile(rf"(?<!\d)([3456]\d\d{GAP}\d{{3}}(?:[.,]\d{{1,4}})?)(?!\d)")
GRID_WORDS = re.compile(r"^(?:vn-?2000|epsg:5899|[xyenbđ]|[\s:;,=/()]|107°45[′'])*$")
"""What may stand beside the two numbers."""

NUMBER = r"\d{1,3}(?:[.,]\d{1,10})?"
ANGLE = re.compile(
    r"(?P<before>[nsewbđt])?\s*(?P<degrees>\d{1,3})\s*°?"
    r"(?:\s*(?P<minutes>\d{1,2}(?:[.,]\d{1,8})?)\s*['′’]?"
    r"(?:\s*(?P<seconds>\d{1,2}(?:[.,]\d{1,6})?)\s*(?:\"|″|”|'')?)?)?"
    r"\s*(?P<after>[nsewbđt])?"
)
DECIMAL = re.compile(rf"(?P<before>[nsewbđt])?\s*(?P<degrees>{NUMBER})\s*°?\s*(?P<after>[nsewbđt])?")
VIETNAMESE = frozenset("bđt")
"""Bắc, Đông, Tây: beside one of these N means Nam, the south."""
LONGEST = 80


def read_coordinates(text: str) -> Place | None:
    """The place that *text* names by its coordinates alone; None where it is something else or far away."""
    text = text.strip().casefold()
    if len(text) > LONGEST:
        return None
    return _in_grid(text) or _in_degrees(text)


def _in_grid(text: str) -> Place | None:
    """Easting and northing have different sizes here, so their order does not matter."""
    north = NORTHING.search(text)
    if north is None:
        return None
    rest = f"{text[: north.start()]};{text[north.end() :]}"
    east = EASTING.search(rest)
    if east is None or not GRID_WORDS.match(f"{rest[: east.start()]} {rest[east.end() :]}"):
        return None
    easting, northing = _metres(east[1]), _metres(north[1])
    if not (_within(easting, EASTINGS) and _within(northing, NORTHINGS)):
        return None
    lon, lat = transformer(LEGAL_SRID, WGS84_SRID).transform(easting, northing)
    return Place(lon, lat)


def _metres(written: str) -> float:
    """The last of its separators is a decimal one where other than three digits follow it, or it is a comma."""
    found = re.fullmatch(r"(.*?)(?:,(\d+)|\.(\d{1,2}|\d{4}))?", written)
    assert found is not None
    whole = re.sub(r"\D", "", found[1])
    if len(whole) > 7:  # 2317566.472: the point was a decimal one
        whole, fraction = re.sub(r"\D", "", found[1][:-4]), found[1][-3:]
    else:
        fraction = found[2] or found[3] or "0"
    return float(f"{whole}.{fraction}")


def _in_degrees(text: str) -> Place | None:
    for form in (DECIMAL, ANGLE):
        for between in (r"\s*[;,/]\s+|\s*[;/]\s*|\s+", r"\s*,\s*", r"(?<=[^\d\s.,])\s*"):
            pair = re.fullmatch(f"(?P<first>{_bare(form)})(?:{between})(?P<second>{_bare(form)})", text)
            place = pair and _pair(form, pair["first"], pair["second"])
            if place:
                return place
    return None


def _bare(form: re.Pattern[str]) -> str:
    return re.sub(r"\?P<\w+>", "?:", form.pattern)


def _pair(form: re.Pattern[str], first: str, second: str) -> Place | None:
    one, other = form.fullmatch(first), form.fullmatch(second)
    if one is None or other is None:
        return None
    letters = [(match["before"] or "") + (match["after"] or "") for match in (one, other)]
    values = [_angle(match) for match in (one, other)]
    if any(len(letter) > 1 for letter in letters) or None in values:
        return None
    vietnamese = bool(VIETNAMESE & set("".join(letters)))
    axes = [_axis(letter, vietnamese) for letter in letters]
    return _place(*((value * axis[1], axis[0]) for value, axis in zip(values, axes, strict=True) if value is not None))


def _angle(match: re.Match[str]) -> float | None:
    parts = match.groupdict()
    minutes, seconds = (float((parts.get(name) or "0").replace(",", ".")) for name in ("minutes", "seconds"))
    if minutes >= 60 or seconds >= 60:
        return None
    return float(parts["degrees"].replace(",", ".")) + minutes / 60 + seconds / 3600


def _axis(letter: str, vietnamese: bool) -> tuple[str, int]:
    """The axis that a hemisphere's letter names, and its sign; no axis where there is no letter."""
    if letter == "n" and vietnamese:
        return "lat", -1
    return {"n": ("lat", 1), "b": ("lat", 1), "s": ("lat", -1), "e": ("lon", 1), "đ": ("lon", 1),
            "w": ("lon", -1), "t": ("lon", -1)}.get(letter, ("", 1))  # fmt: skip


def _place(first: tuple[float, str], second: tuple[float, str]) -> Place | None:
    """Without letters the size tells which is which: longitudes of this coast are beyond 90°."""
    if first[1] and first[1] == second[1]:
        return None
    lat_first = first[1] == "lat" or second[1] == "lon" if first[1] or second[1] else first[0] <= second[0]
    lat, lon = (first[0], second[0]) if lat_first else (second[0], first[0])
    return Place(lon, lat) if _within(lat, LATITUDES) and _within(lon, LONGITUDES) else None


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
