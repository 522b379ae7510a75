"""Reference systems and the one datum operation that every engine of the house must agree on.

Legal geometry is stored in EPSG:5899 (VN-2000 / TM-3 107°45′, metres, E then N). Two operations from
VN-2000 to WGS 84 are registered and differ by 0.68 m at Hạ Long; Halong uses EPSG:6960, the seven
parameters of Decision 05/2007/QĐ-BTNMT, Article 1 (coordinate-frame rotation).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.database import query_crs_info
from pyproj.enums import PJType

LEGAL_SRID = 5899
"""VN-2000 / TM-3 107-45: parcels, plots, concessions, outlines."""
WGS84_SRID = 4326
"""Storms and positions, stored lon/lat."""
WEB_SRID = 3857
"""Web Mercator, for tiles."""

HELMERT = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"
"""EPSG:6960 as PROJ's `+towgs84` wants it: position-vector signs, the decision's rotations negated."""

LEGAL_PROJ = (
    "+proj=tmerc +lat_0=0 +lon_0=107.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84"
    f" +towgs84={HELMERT} +units=m +no_defs +type=crs"
)
"""EPSG:5899 with its datum operation written out, for engines that would pick another."""


PROVINCE_BOX = (330_000.0, 2_270_000.0, 600_000.0, 2_420_000.0)
"""The province's part of the legal grid: least easting and northing, greatest easting and northing. Guards in the
database hold the same figures."""


class CheckPoint(NamedTuple):
    """A point in WGS 84 degrees and where the legal grid must put it (metres)."""

    lon: float
    lat: float
    easting: float
    northing: float


CHECK_POINT = CheckPoint(107.08, 20.95, 430127.566, 2317566.472)
"""Hạ Long; computed independently with pyproj and EPSG:6960."""
CHECK_TOLERANCE_M = 0.002
"""The reverse seven-parameter formula is linearised: engines answer up to 1 mm apart, another operation 0.68 m."""


@lru_cache(maxsize=64)
def transformer(source: int, target: int) -> Transformer:
    """A transformer between EPSG codes with x = lon or E, y = lat or N on both sides.

    Between the legal grid and another datum the pinned operation is used; within VN-2000 none is needed.
    Safe to share between threads (pyproj keeps a context per thread).
    """
    return Transformer.from_crs(_pinned(source, target), _pinned(target, source), always_xy=True)


def _pinned(srid: int, other: int) -> CRS:
    if srid == LEGAL_SRID and _datum(other) != _datum(srid):
        return CRS.from_user_input(LEGAL_PROJ)
    return CRS.from_epsg(srid)


def _datum(srid: int) -> str:
    if not srid:  # a system without a code, of another datum
        return ""
    geodetic = CRS.from_epsg(srid).geodetic_crs
    return geodetic.name if geodetic else ""


Axis = NDArray[np.float64]
Mapping = Callable[[Axis, Axis], tuple[Axis, Axis]]
"""From x and y in one system (lon or E, lat or N) to those in another."""

VN2000_NAMES = ("vn-2000", "vn_2000", "vn2000", "vietnam 2000", "vietnam_2000")


def on_vn2000(system: CRS) -> bool:
    """Whether *system* stands on the national datum, by any of the names that programs give it."""
    geodetic = system.geodetic_crs
    names = [system.name, geodetic.name if geodetic else "", system.datum.name if system.datum else ""]
    return any(known in name.lower() for known in VN2000_NAMES for name in names)


def mapping(source: CRS, target: int) -> Mapping:
    """From *source*, which a file described and which may have no code, to the EPSG code *target*.

    A system of VN-2000's datum meets another datum only through the legal grid and its pinned operation, also where
    the file brings parameters of its own along (`TOWGS84`).
    """
    plain = source.source_crs if source.is_bound and source.source_crs else source
    if not on_vn2000(plain):
        code = plain.to_epsg(min_confidence=70)
        known = transformer(code, target) if code else Transformer.from_crs(source, _pinned(target, 0), always_xy=True)
        return known.transform
    to_legal = Transformer.from_crs(plain, CRS.from_epsg(LEGAL_SRID), always_xy=True)
    if target == LEGAL_SRID:
        return to_legal.transform
    onwards = transformer(LEGAL_SRID, target)
    return lambda x, y: onwards.transform(*to_legal.transform(x, y))


def latitude_first(srid: int) -> bool:
    """Whether the authority's axis order is north (or latitude) before east: EPSG:4326 is, EPSG:5899 is not."""
    return CRS.from_epsg(srid).axis_info[0].direction == "north"


@lru_cache(maxsize=64)
def domain(srid: int) -> tuple[float, float, float, float]:
    """(west, south, east, north) in degrees: where the system is of use, with a degree to spare around a zone."""
    area = CRS.from_epsg(srid).area_of_use
    if srid == WEB_SRID:
        return -180.0, -85.06, 180.0, 85.06
    if area is None or area.east - area.west > 90:
        return -180.0, -90.0, 180.0, 90.0
    return area.west - 1, area.south - 1, area.east + 1, area.north + 1


@lru_cache(maxsize=1)
def vn2000_systems() -> dict[int, str]:
    """The plane systems of the national datum, EPSG code → name: its zones, one for each meridian."""
    found = query_crs_info("EPSG", pj_types=[PJType.PROJECTED_CRS])
    return {int(one.code): one.name for one in found if one.name.startswith("VN-2000")}
