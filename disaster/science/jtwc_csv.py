"""JTWC best tracks as one table of many storms: a row for each fix, with its radii in columns.

Columns: atcf_id, season, cyclone_no, name, time_utc, lat, lon, vmax_kt_1min, mslp_hpa, type, and for 34, 50
and 64 knots r34_ne_nm … r64_nw_nm. Others are not read.
"""

import re

from disaster.science.atcf import AVERAGING_MINUTES, THRESHOLDS, BadLine
from disaster.science.track_csv import Cells, Told, atcf_id, of_atcf_id, storm_name

MARK = "vmax_kt_1min"
"""A column that no other format has."""
NEEDED = ("atcf_id", "season", "cyclone_no", "name", "time_utc", "lat", "lon", MARK, "mslp_hpa", "type")
RADII = {kt: (f"r{kt}_ne_nm", f"r{kt}_se_nm", f"r{kt}_sw_nm", f"r{kt}_nw_nm") for kt in THRESHOLDS}


def told(cells: Cells, centre: str) -> list[Told]:
    """The fix of a row, by *centre*. Raises `BadLine`."""
    identifier = atcf_id("atcf_id", cells["atcf_id"])
    _basin, season, number = of_atcf_id(identifier)
    for column, expected in (("season", season), ("cyclone_no", number)):
        if cells.whole(column, 0, 9999) != expected:
            raise BadLine(column, cells[column], "as_in_id", given=expected, identifier=identifier)
    kind = cells["type"].upper()
    if not re.fullmatch(r"[A-Z]{0,2}", kind):
        raise BadLine("type", cells["type"], "letters")
    wind = cells.wind(MARK)
    lon, lat = cells.place()
    fix = Told(
        storm=identifier,
        name=storm_name(cells["name"]),
        source=centre,
        time=cells.time("time_utc"),
        lon=lon,
        lat=lat,
        wind_kt=wind,
        averaging_minutes=AVERAGING_MINUTES if wind is not None else None,
        pressure_hpa=cells.pressure("mslp_hpa"),
        kind=kind,
        radii=cells.radii(RADII),
        identifier=identifier,
    )
    return [fix]
