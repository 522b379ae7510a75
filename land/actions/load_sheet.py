"""Load a map sheet of the initial register: its parcels on shared boundary points, all of them or none."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

import numpy as np
import shapely
from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis.actions.base import Change, action
from gis.database.copy import copy_rows
from gis.geometry.coverage import Ring, Woven, polygon, woven
from gis.geometry.crs import LEGAL_SRID
from gis.places.models import Commune
from gis.problems import Invalid, NotFound, RuleRefused
from land.codes import LARGEST_NUMBER, WRITERS
from land.models import BoundaryPoint, Parcel
from land.sheets import (
    LARGEST_GAP_M,
    LARGEST_TOLERANCE_M,
    PLAIN,
    Fault,
    Method,
    Neighbours,
    NewParcel,
    faulty_areas,
    faulty_identifiers,
    faulty_places,
    faulty_values,
    neighbours_of,
    not_as_standing,
)

LARGEST_SHEET = 20_000
"""Parcels of one sheet; real ones have some hundreds."""
POINT_COLUMNS = ("id", "geom", "accuracy_m", "method", "source")
PARCEL_COLUMNS = (
    "identifier", "commune_id", "sheet", "number", "land_use_id", "legal_area_m2", "ring", "geom", "valid_from",
    "version", "source",
)  # fmt: skip
TENTH = Decimal("0.1")


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
        _refuse(not_as_standing(parcels, there, how))
        return Loaded("unchanged", len(parcels))
    _refuse([*faulty_values(parcels), *faulty_identifiers(parcels), *faulty_places(parcels, commune)])
    shapes = np.array([parcel.shape for parcel in parcels], dtype=object)
    beside = neighbours_of(shapes, how)
    made = woven(shapes, beside.standing, how.tolerance_m)
    areas = np.array([polygon(made.points, rings) for rings in made.rings], dtype=object)
    _refuse(faulty_areas(parcels, areas, made, beside, how))
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
