"""The reference systems that clients may ask for, by the names they use, and their axis orders.

Everything below the protocols works in x, y (east before north, longitude before latitude); this is
where the order that a protocol prescribes is turned round, on the word of PROJ's axis list.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from gis.geometry.crs import WGS84_SRID, domain, latitude_first, transformer
from gis.layers.query import Box
from gis.ogc.common.parameters import invalid

Bounds = tuple[float, float, float, float]
"""minx, miny, maxx, maxy in x, y order."""

OFFERED_SRIDS = (4326, 3857, 5899, 4756, 3405, 32648)
"""WGS 84, Web Mercator, VN-2000: the province's grid, geographic, UTM 48N; WGS 84 UTM 48N."""


@dataclass(frozen=True)
class Crs:
    """A reference system under the name a protocol gives it; `flipped` = latitude (or north) comes first."""

    name: str
    srid: int
    flipped: bool

    @property
    def uri(self) -> str:
        """The identifier that OGC API uses."""
        if self.name == "CRS:84":
            return "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
        return f"http://www.opengis.net/def/crs/EPSG/0/{self.srid}"

    def ordered(self, box: Bounds) -> Bounds:
        """*box* turned from x, y into the authority's order, or back: the same swap."""
        first, second, third, fourth = box
        return (second, first, fourth, third) if self.flipped else box

    def around(self, box: Box) -> Bounds:
        """The box (x, y) in this system that holds *box*; of degrees, what lies in the system's domain."""
        west, south, east, north, srid = box
        if srid == self.srid:
            return west, south, east, north
        if srid == WGS84_SRID:
            west, south, east, north = _within((west, south, east, north), domain(self.srid))
        return transformer(srid, self.srid).transform_bounds(west, south, east, north, densify_pts=21)


CRS84 = Crs("CRS:84", 4326, False)


@lru_cache(maxsize=1)
def offered() -> tuple[Crs, ...]:
    """What the services advertise and accept, CRS:84 first."""
    return CRS84, *(Crs(f"EPSG:{srid}", srid, latitude_first(srid)) for srid in OFFERED_SRIDS)


NAMES = re.compile(
    r"(?:urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?"
    r"(?:EPSG(?::|::|:[0-9.]+:|/[0-9.]+/)(?P<code>[0-9]{4,6})"
    r"|(?:CRS:84|(?:OGC(?::|::|:1\.3:|/1\.3/|/0/))CRS:?84))",
    re.IGNORECASE,
)
"""EPSG:5899, urn:ogc:def:crs:EPSG::5899, http://www.opengis.net/def/crs/EPSG/0/5899, CRS:84, OGC:CRS84, …"""


def find_crs(name: str, *, field: str = "crs", code: str = "InvalidCRS") -> Crs:
    """The offered system called *name*; *code* is the protocol's word for an unknown one."""
    found = NAMES.fullmatch(name.strip())
    wanted = f"EPSG:{found['code']}" if found and found["code"] else "CRS:84"
    for crs in offered() if found else ():
        if crs.name == wanted:
            return crs
    raise invalid(field, ", ".join(crs.name for crs in offered()), code=code)


def _within(box: Bounds, limits: Bounds) -> Bounds:
    """*box* moved inside *limits*; a box wholly outside becomes a line or point on their edge."""
    west, south, east, north = limits
    return (
        min(max(box[0], west), east),
        min(max(box[1], south), north),
        min(max(box[2], west), east),
        min(max(box[3], south), north),
    )


def read_bounds(numbers: tuple[float, ...], *, field: str = "bbox") -> Bounds:
    """Four numbers as bounds whose upper corner lies beyond the lower one."""
    west, south, east, north = numbers
    if west >= east or south >= north:
        raise invalid(field, _("a lower corner before an upper corner"))
    return west, south, east, north
