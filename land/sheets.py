"""A map sheet as a file draws it, against the register: what of it cannot be stored, with figures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.contrib.gis.geos import Polygon
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis.geometry.coverage import LEAST_OVERLAP_WIDTH_M, Standing, Woven, gaps, is_clean, overlaps, polygon
from gis.geometry.crs import LEGAL_SRID, transformer, vn2000_systems
from gis.places.models import CommuneOutline
from land.codes import LARGEST_NUMBER
from land.models import BoundaryPoint, LandUse, Parcel

LARGEST_TOLERANCE_M = 0.05
LARGEST_GAP_M = 1.0
REACH_M = 2_000
"""How far from its commune's outline a parcel may lie; a wrong meridian puts it 26 km away or more."""
LARGEST_AREA_M2 = Decimal(10) ** 9


@dataclass(frozen=True)
class NewParcel:
    """A parcel as a file has it. *shape*: shapely polygon in EPSG:5899, metres.

    *identifier*: empty where it has none yet and gets one. *legal_area_m2*: that of the shape where not known.
    """

    row: int
    number: int
    land_use: str
    shape: Any
    legal_area_m2: Decimal | None = None
    identifier: str = ""


class Fault(NamedTuple):
    """Why a parcel keeps its sheet out: what was measured, and the limit, where there is one."""

    row: int
    field: str
    reason: str


@dataclass(frozen=True)
class Method:
    """How corners become boundary points, and what they are then."""

    tolerance_m: float = 0.01
    """Corners nearer than this become one."""
    gap_m: float = 0.1
    """Narrower strips between parcels are faults of the drawing."""
    method: str = BoundaryPoint.Method.DIGITISED
    accuracy_m: float | None = None


PLAIN = Method()
"""As digitised sheets need it."""


@dataclass
class Neighbours:
    """Standing parcels beside a sheet, and the points of their rings."""

    parcels: list[Parcel] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)


def not_as_standing(parcels: Sequence[NewParcel], there: list[Parcel], how: Method) -> Iterable[Fault]:
    """Of a sheet that stands: parcels that are not in the register as the file has them."""
    by_name: dict[str | int, list[Parcel]] = {}
    for standing in there:
        by_name.setdefault(standing.number, []).append(standing)
        by_name.setdefault(standing.identifier, []).append(standing)
    near = 2 * how.tolerance_m + 0.002
    for parcel in parcels:
        same = [
            standing
            for standing in by_name.get(parcel.identifier or parcel.number, [])
            if shapely.hausdorff_distance(_shape(standing), parcel.shape) <= near
        ]
        if not same:
            told = _("The sheet stands in the register, and this parcel is not on it so: only new sheets are loaded.")
            yield Fault(parcel.row, "sheet", told)
        elif not any(_same_values(parcel, standing) for standing in same):
            told = _("In the register this parcel is %(number)d, %(use)s, %(area)s m²: corrections are made there.")
            known = {"number": same[0].number, "use": same[0].land_use_id, "area": same[0].legal_area_m2}
            yield Fault(parcel.row, "number", told % known)


def _same_values(parcel: NewParcel, standing: Parcel) -> bool:
    area = standing.legal_area_m2 if parcel.legal_area_m2 is None else parcel.legal_area_m2
    theirs = parcel.number, parcel.land_use, area
    return theirs == (standing.number, standing.land_use_id, standing.legal_area_m2)


def faulty_values(parcels: Sequence[NewParcel]) -> Iterable[Fault]:
    uses = set(LandUse.objects.values_list("code", flat=True))
    for parcel in parcels:
        if parcel.land_use not in uses:
            yield Fault(parcel.row, "land_use", _("%r is none of the codes.") % parcel.land_use[:10])
        if not 1 <= parcel.number <= LARGEST_NUMBER:
            told = _("%(number)d is no number on a sheet (1–%(largest)d).")
            yield Fault(parcel.row, "number", told % {"number": parcel.number, "largest": LARGEST_NUMBER})
        area = parcel.legal_area_m2
        if area is not None and not 0 < area < LARGEST_AREA_M2:
            yield Fault(parcel.row, "legal_area_m2", _("%s m² is no legal area.") % area)


def faulty_identifiers(parcels: Sequence[NewParcel]) -> Iterable[Fault]:
    """An identifier belongs to one parcel for ever."""
    named = [parcel for parcel in parcels if parcel.identifier]
    times = Counter(parcel.identifier for parcel in named)
    known = Parcel.objects.filter(identifier__in=times).values_list("identifier", "commune", "sheet", "number")
    taken = {identifier: f"{commune} {sheet}/{number}" for identifier, commune, sheet, number in known}
    for parcel in named:
        if not (len(parcel.identifier) == 12 and parcel.identifier.isascii() and parcel.identifier.isdigit()):
            yield Fault(parcel.row, "identifier", _("%r is no identifier of twelve digits.") % parcel.identifier[:20])
        elif times[parcel.identifier] > 1:
            yield Fault(parcel.row, "identifier", _("%s stands on the sheet twice.") % parcel.identifier)
        elif parcel.identifier in taken:
            told = _("%(identifier)s is the identifier of another parcel: %(place)s.")
            place = {"identifier": parcel.identifier, "place": taken[parcel.identifier]}
            yield Fault(parcel.row, "identifier", told % place)


def faulty_places(parcels: Sequence[NewParcel], commune: str) -> Iterable[Fault]:
    """Parcels far from the outline of their commune."""
    held = CommuneOutline.objects.filter(commune=commune, valid_to=None).first()
    if held is None:
        return
    outline = shapely.from_wkb(bytes(held.geom.wkb))
    shapely.prepare(outline)
    shapes = np.array([parcel.shape for parcel in parcels], dtype=object)
    near = shapely.dwithin(outline, shapes, REACH_M)
    if near.all():
        return
    far = np.flatnonzero(~near)
    hint = _other_meridian(shapes[far[0]], outline)
    for place, away in zip(far.tolist(), shapely.distance(outline, shapes[far]).tolist(), strict=True):
        told = _("The parcel lies %(away).1f km from its commune (limit: %(limit).1f km).")
        reason = told % {"away": away / 1000, "limit": REACH_M / 1000}
        yield Fault(parcels[place].row, "geometry", f"{reason} {hint}".strip())


def _other_meridian(shape: Any, outline: Any) -> str:
    """A word on the meridian that the coordinates fit, where one of the national grid's puts them into the commune."""
    spot = shapely.get_coordinates(shape)[0]
    for code, name in vn2000_systems().items():
        if code != LEGAL_SRID:
            moved = shapely.points(*transformer(code, LEGAL_SRID).transform(*spot))
            if shapely.is_valid(moved) and outline.dwithin(moved, REACH_M):
                return _("Read as %(name)s it would lie there: --crs EPSG:%(code)d.") % {"name": name, "code": code}
    return ""


def neighbours_of(shapes: NDArray[Any], how: Method) -> Neighbours:
    """Parcels in force within the reach of a gap, locked until the transaction ends."""
    reach = max(how.gap_m, how.tolerance_m)
    west, south, east, north = shapely.total_bounds(shapes)
    box = Polygon.from_bbox((west - reach, south - reach, east + reach, north + reach))
    box.srid = LEGAL_SRID
    near = Parcel.objects.current().filter(geom__bboverlaps=box).select_for_update(no_key=True).order_by("pk")
    tree = shapely.STRtree(shapes)
    beside = [parcel for parcel in near if len(tree.query(_shape(parcel), predicate="dwithin", distance=reach))]
    ids = sorted({corner for parcel in beside for corner in parcel.ring if corner})
    points = {point.pk: point.geom.coords for point in BoundaryPoint.objects.filter(pk__in=ids)}
    place_of = {corner: place for place, corner in enumerate(ids)}
    rings = [[np.array([place_of[corner] for corner in ring]) for ring in _parts(parcel.ring)] for parcel in beside]
    places = np.array([points[corner] for corner in ids]) if ids else np.empty((0, 2))
    return Neighbours(beside, ids, Standing(places, rings))


def _shape(parcel: Parcel) -> Any:
    return shapely.from_wkb(bytes(parcel.geom.wkb))


def _parts(ring: list[int]) -> Iterable[list[int]]:
    """The rings of a parcel: in the database 0 stands before each hole."""
    part: list[int] = []
    for corner in ring:
        if corner:
            part.append(corner)
        else:
            yield part
            part = []
    yield part


def faulty_areas(
    parcels: Sequence[NewParcel], areas: NDArray[Any], made: Woven, beside: Neighbours, how: Method
) -> list[Fault]:
    """Rings that meet themselves, overlaps and gaps, among the new parcels and with those beside them."""
    faults = []
    for parcel, area in zip(parcels, areas, strict=True):
        if area.is_empty:
            told = _("Nothing is left of the parcel once corners nearer than %d mm are one.")
            faults.append(Fault(parcel.row, "geometry", told % round(how.tolerance_m * 1000)))
        elif not area.is_valid:
            told = _("The ring is not simple once near corners are one: %s.") % shapely.is_valid_reason(area)
            faults.append(Fault(parcel.row, "geometry", told))
    if faults:
        return faults
    standing = np.array([polygon(made.points, rings) for rings in made.standing_rings], dtype=object)
    all_areas = np.concatenate([standing, areas])
    if is_clean(all_areas, how.gap_m):
        return []
    first = len(standing)
    for one, other, area, width in overlaps(all_areas, first):
        for mine, theirs in ((one, other), (other, one)):
            if mine >= first:
                faults.append(_overlap(parcels, mine - first, _named(parcels, beside, theirs), areas, area, width))
    overlapping = {fault.row for fault in faults}
    for place, width in gaps(all_areas, how.gap_m, first).items():
        row = parcels[place - first].row
        if row not in overlapping:
            told = _("A gap of up to %(width)d mm lies beside the parcel (narrowest that is none: %(limit)d mm).")
            figures = {"width": round(width * 1000), "limit": round(how.gap_m * 1000)}
            faults.append(Fault(row, "geometry", told % figures))
    return faults


def _named(parcels: Sequence[NewParcel], beside: Neighbours, place: int) -> str:
    """Of a place among standing and new parcels: how people find it."""
    if place < len(beside.parcels):
        standing = beside.parcels[place]
        told = _("the standing parcel %(identifier)s (%(commune)s %(sheet)d/%(number)d)")
        return told % {
            "identifier": standing.identifier,
            "commune": standing.commune_id,
            "sheet": standing.sheet,
            "number": standing.number,
        }
    return _("row %d") % parcels[place - len(beside.parcels)].row


def _overlap(
    parcels: Sequence[NewParcel], mine: int, other: str, areas: NDArray[Any], area: float, width: float
) -> Fault:
    if area >= 0.99 * areas[mine].area:
        return Fault(parcels[mine].row, "geometry", _("The same land is that of %s.") % other)
    told = _("It overlaps %(other)s by %(area).4f m², %(width)d mm wide on the average (limit: %(limit)d mm).")
    figures = {"other": other, "area": area, "width": max(1, round(width * 1000))}
    return Fault(parcels[mine].row, "geometry", told % (figures | {"limit": round(LEAST_OVERLAP_WIDTH_M * 1000)}))
