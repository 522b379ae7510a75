"""Load a map sheet of the initial register: its parcels on shared boundary points, all of them or none."""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, NamedTuple

import numpy as np
import shapely
from django.contrib.gis.geos import Polygon
from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis.actions.base import Change, action
from gis.database.copy import copy_rows
from gis.geometry.coverage import (
    LEAST_OVERLAP_WIDTH_M,
    Ring,
    Standing,
    Woven,
    gaps,
    is_clean,
    overlaps,
    polygon,
    woven,
)
from gis.geometry.crs import LEGAL_SRID, transformer, vn2000_systems
from gis.places.models import Commune, CommuneOutline
from gis.problems import Invalid, NotFound, RuleRefused
from land.actions.correct_attributes import LARGEST_NUMBER
from land.codes import WRITERS
from land.models import BoundaryPoint, LandUse, Parcel

LARGEST_SHEET = 20_000
"""Parcels of one sheet; real ones have some hundreds."""
LARGEST_TOLERANCE_M = 0.05
LARGEST_GAP_M = 1.0
REACH_M = 2_000
"""How far from its commune's outline a parcel may lie; a wrong meridian puts it 26 km away or more."""
LARGEST_AREA_M2 = Decimal(10) ** 9
POINT_COLUMNS = ("id", "geom", "accuracy_m", "method", "source")
PARCEL_COLUMNS = (
    "identifier", "commune_id", "sheet", "number", "land_use_id", "legal_area_m2", "ring", "geom", "valid_from",
    "version", "source",
)  # fmt: skip
TENTH = Decimal("0.1")


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


@dataclass(frozen=True)
class Loaded:
    """What became of a sheet, and of its corners."""

    fate: Literal["stored", "unchanged"]
    parcels: int
    new_points: int = 0
    shared_points: int = 0
    """That stood already."""
    moved: int = 0
    farthest_m: float = 0
    nodes: int = 0
    neighbours: int = 0
    """Standing parcels that got a node, and with it a new version."""
    others: int = 0
    """Standing parcels that would need one, in communes where the officer may not write."""
    doubled_numbers: int = 0


@dataclass
class Neighbours:
    """Standing parcels beside a sheet, and the points of their rings."""

    parcels: list[Parcel] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)

    @property
    def shapes(self) -> NDArray[Any]:
        return np.array([shapely.from_wkb(bytes(parcel.geom.wkb)) for parcel in self.parcels], dtype=object)


@action("land.load_sheet")
def load_sheet(
    change: Change,
    commune: str,
    sheet: int,
    parcels: Sequence[NewParcel],
    *,
    document: str,
    valid_from: date,
    how: Method = PLAIN,
) -> Loaded:
    """Store *parcels* as the sheet *sheet* of *commune*, which has none of that number yet.

    One that stands already with the same parcels is left as it is. Standing parcels of other sheets along whose
    boundary a new corner lies get that node. Raises `SignInNeeded`, `Forbidden`, `NotFound`, `Invalid`, and
    `RuleRefused` with `faults` ([row, field, reason]) for parcels that cannot be stored.
    """
    change.actor.require(WRITERS, commune)
    _check(sheet, parcels, document, valid_from, how)
    if not Commune.objects.select_for_update(no_key=True).filter(code=commune).exists():
        raise NotFound(_("There is no commune with this code."), field="commune")
    there = list(Parcel.objects.current().filter(commune=commune, sheet=sheet))
    if there:
        _refuse(_not_as_standing(parcels, there, how))
        return Loaded("unchanged", len(parcels))
    _refuse([*_faulty_values(parcels), *_faulty_identifiers(parcels), *_faulty_places(parcels, commune)])
    shapes = np.array([parcel.shape for parcel in parcels], dtype=object)
    beside = _neighbours(shapes, how)
    made = woven(shapes, beside.standing, how.tolerance_m)
    areas = np.array([polygon(made.points, rings) for rings in made.rings], dtype=object)
    _refuse(_faulty_areas(parcels, areas, made, beside, how))
    return _store(change, _Sheet(commune, sheet, parcels, areas, document.strip(), valid_from, how), made, beside)


@dataclass(frozen=True)
class _Sheet:
    commune: str
    number: int
    parcels: Sequence[NewParcel]
    areas: NDArray[Any]
    document: str
    valid_from: date
    how: Method


def _check(sheet: int, parcels: Sequence[NewParcel], document: str, valid_from: date, how: Method) -> None:
    """What holds for the sheet as a whole. Raises `Invalid`."""
    if not 1 <= len(document.strip()) <= 200:
        told = _("Every change rests on a document.")
        raise Invalid(told, field="document", expected=_("its number and date, at most 200 letters"))
    if not 1 <= sheet <= LARGEST_NUMBER:
        raise Invalid(_("This is no number of a map."), field="sheet", expected=f"1–{LARGEST_NUMBER}")
    if not 1 <= len(parcels) <= LARGEST_SHEET:
        told = _("The sheet has %d parcels.") % len(parcels)
        raise Invalid(told, field="sheet", expected=f"1–{LARGEST_SHEET}")
    if valid_from > timezone.localdate():
        raise Invalid(
            _("The day of legal effect lies in the future."), field="valid_from", expected=_("today or before")
        )
    for name, value, largest in (
        ("tolerance", how.tolerance_m, LARGEST_TOLERANCE_M),
        ("gap", how.gap_m, LARGEST_GAP_M),
    ):
        if not 0 <= value <= largest:
            raise Invalid(_("This is out of range."), field=name, expected=f"0–{largest * 1000:.0f} mm")
    if how.method not in BoundaryPoint.Method.values:
        expected = " | ".join(BoundaryPoint.Method.values)
        raise Invalid(_("There is no such method of measuring."), field="method", expected=expected)


def _refuse(faults: Iterable[Fault]) -> None:
    listed = sorted(set(faults))
    if listed:
        told = _("%d parcels keep the sheet out.") % len({fault.row for fault in listed})
        raise RuleRefused(told, rule="sheet_is_whole", faults=[list(fault) for fault in listed])


def _not_as_standing(parcels: Sequence[NewParcel], there: list[Parcel], how: Method) -> Iterable[Fault]:
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
            if shapely.hausdorff_distance(shapely.from_wkb(bytes(standing.geom.wkb)), parcel.shape) <= near
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


def _faulty_values(parcels: Sequence[NewParcel]) -> Iterable[Fault]:
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


def _faulty_identifiers(parcels: Sequence[NewParcel]) -> Iterable[Fault]:
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


def _faulty_places(parcels: Sequence[NewParcel], commune: str) -> Iterable[Fault]:
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


def _neighbours(shapes: NDArray[Any], how: Method) -> Neighbours:
    """Parcels in force within the reach of a gap, locked until the transaction ends."""
    reach = max(how.gap_m, how.tolerance_m)
    west, south, east, north = shapely.total_bounds(shapes)
    box = Polygon.from_bbox((west - reach, south - reach, east + reach, north + reach))
    box.srid = LEGAL_SRID
    near = Parcel.objects.current().filter(geom__bboverlaps=box).select_for_update(no_key=True).order_by("pk")
    tree = shapely.STRtree(shapes)
    beside = [
        parcel
        for parcel in near
        if len(tree.query(shapely.from_wkb(bytes(parcel.geom.wkb)), predicate="dwithin", distance=reach))
    ]
    ids = sorted({corner for parcel in beside for corner in parcel.ring if corner})
    points = {point.pk: point.geom.coords for point in BoundaryPoint.objects.filter(pk__in=ids)}
    place_of = {corner: place for place, corner in enumerate(ids)}
    rings = [[np.array([place_of[corner] for corner in ring]) for ring in _parts(parcel.ring)] for parcel in beside]
    places = np.array([points[corner] for corner in ids]) if ids else np.empty((0, 2))
    return Neighbours(beside, ids, Standing(places, rings))


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


def _faulty_areas(
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


def _store(change: Change, new: _Sheet, made: Woven, beside: Neighbours) -> Loaded:
    ids = np.array(beside.ids + _fresh_ids(len(made.points) - len(beside.ids)), dtype=np.int64)
    noded, others = _with_nodes(change, made, beside)
    used = np.unique(np.concatenate([ring for rings in made.rings for ring in rings]))
    with connection.cursor() as cursor, connection.wrap_database_errors:
        copy_rows(cursor, "boundary_point", POINT_COLUMNS, _point_rows(new, made, ids, len(beside.ids)))
        Parcel.objects.filter(pk__in=[parcel.pk for parcel, _rings in noded]).update(recorded_to=TransactionNow())
        rows = [*_parcel_rows(new, made, ids), *(_noded_row(parcel, rings, ids, new) for parcel, rings in noded)]
        copy_rows(cursor, "land_parcel", PARCEL_COLUMNS, rows)
    _tell(change, new, noded)
    return Loaded(
        "stored",
        len(new.parcels),
        new_points=len(made.points) - len(beside.ids),
        shared_points=int((used < len(beside.ids)).sum()),
        moved=made.moved,
        farthest_m=made.farthest_m,
        nodes=made.nodes,
        neighbours=len(noded),
        others=others,
        doubled_numbers=len(new.parcels) - len({parcel.number for parcel in new.parcels}),
    )


def _with_nodes(change: Change, made: Woven, beside: Neighbours) -> tuple[list[tuple[Parcel, list[Ring]]], int]:
    """Standing parcels that get nodes, with their rings then; how many need some that the actor may not give."""
    changed = [
        (parcel, after)
        for parcel, before, after in zip(beside.parcels, beside.standing.rings, made.standing_rings, strict=True)
        if sum(map(len, before)) != sum(map(len, after))
    ]
    ours = [one for one in changed if change.actor.holds(WRITERS, one[0].commune_id)]
    return ours, len(changed) - len(ours)


def _point_rows(new: _Sheet, made: Woven, ids: NDArray[np.int64], standing: int) -> Iterable[tuple[Any, ...]]:
    points = shapely.set_srid(shapely.points(made.points[standing:]), LEGAL_SRID)
    for number, shape in zip(ids[standing:].tolist(), shapely.to_wkb(points, hex=True, include_srid=True), strict=True):
        yield number, shape, new.how.accuracy_m, new.how.method, new.document[:120]


def _parcel_rows(new: _Sheet, made: Woven, ids: NDArray[np.int64]) -> Iterable[tuple[Any, ...]]:
    drawn = iter(_fresh_identifiers(sum(not parcel.identifier for parcel in new.parcels)))
    shapes = shapely.to_wkb(shapely.set_srid(new.areas, LEGAL_SRID), hex=True, include_srid=True)
    for parcel, rings, area, shape in zip(new.parcels, made.rings, new.areas, shapes, strict=True):
        known = parcel.legal_area_m2
        legal = max(TENTH, Decimal(area.area).quantize(TENTH, ROUND_HALF_UP)) if known is None else known
        identifier = parcel.identifier or next(drawn)
        place = new.commune, new.number, parcel.number
        yield identifier, *place, parcel.land_use, legal, _joined(rings, ids), shape, new.valid_from, 1, new.document


def _noded_row(parcel: Parcel, rings: list[Ring], ids: NDArray[np.int64], new: _Sheet) -> tuple[Any, ...]:
    place = parcel.commune_id, parcel.sheet, parcel.number
    kept = parcel.land_use_id, parcel.legal_area_m2, _joined(rings, ids), parcel.geom.hexewkb.decode()
    return parcel.identifier, *place, *kept, parcel.valid_from, parcel.version + 1, new.document


def _joined(rings: list[Ring], ids: NDArray[np.int64]) -> list[int]:
    joined: list[int] = ids[rings[0]].tolist()
    for hole in rings[1:]:
        joined += [0, *ids[hole].tolist()]
    return joined


def _fresh_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('boundary_point', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [number for (number,) in cursor.fetchall()]


def _fresh_identifiers(count: int) -> set[str]:
    """Random ones that no parcel ever had."""
    found: set[str] = set()
    while len(found) < count:
        drawn = {f"{secrets.randbelow(10**12):012d}" for _one in range(count - len(found))}
        found |= drawn - set(Parcel.objects.filter(identifier__in=drawn).values_list("identifier", flat=True))
    return found


def _tell(change: Change, new: _Sheet, noded: list[tuple[Parcel, list[Ring]]]) -> None:
    loaded: dict[str, list[Any]] = {
        "parcels": [None, len(new.parcels)],
        "area_m2": [None, round(float(shapely.area(new.areas).sum()), 3)],
    }
    change.record(f"sheet:{new.commune}/{new.number}", loaded, commune=new.commune, reason=new.document)
    change.record_all(
        (
            (f"parcel:{parcel.identifier}", {"corners": [len(parcel.ring), _length(rings)]}, parcel.commune_id)
            for parcel, rings in noded
        ),
        reason=new.document,
    )
    change.publish("layers", "changed", "parcels", {"layer": "parcels"})


def _length(rings: list[Ring]) -> int:
    return sum(map(len, rings)) + len(rings) - 1
