"""Let a previewed operation into the register: points, rings, history on two time axes, lineage, in one transaction."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point
from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

import land.operations.undoing
from gis.access.models import User
from gis.actions.base import Change, action
from gis.geometry.crs import LEGAL_SRID
from gis.problems import Invalid, SignInNeeded, Stale
from land.codes import LAND_APPROVER
from land.models import BoundaryPoint, Descent, Parcel, ParcelChange, SourceDocument
from land.operations.kinds import Operation, read_operation
from land.operations.patches import lock, with_margin
from land.operations.preview import Outcome, Preview, preview
from land.science.patch import array_from_rings, metres

CARRIED_OVER = (
    "identifier",
    "commune_id",
    "sheet",
    "number",
    "land_use_id",
    "legal_area_m2",
    "ring",
    "geom",
    "valid_from",
)

Follower = Callable[[Change, Preview, ParcelChange, Mapping[str, Parcel]], None]
"""Writes what goes with the parcels: under the action, as previewed, for the change, with the new rows by label."""
followers: list[Follower] = []


@action("land.carry_out")
def carry_out(
    change: Change,
    operation: dict[str, Any],
    *,
    preview_hash: str,
    document: SourceDocument,
    effective_on: date,
    officer: User,
) -> ParcelChange:
    """Carry *operation* out as it was previewed, on behalf of *officer* who drew it; the actor approves.

    Raises `Stale` where the fabric has changed so that the preview would be another, `RuleRefused`, `Forbidden`,
    `NotFound`, `Invalid` (`effective_on`).
    """
    planned = read_operation(operation)
    locked = _locked_preview(change, planned, operation, effective_on)
    for row in _rows_of(locked):
        change.actor.require({LAND_APPROVER}, row.commune_id)
    locked.refuse()
    if locked.hash != preview_hash:
        raise Stale(_("The fabric has changed since this was previewed: look at it again."))
    _check_day(effective_on, locked)
    carried = ParcelChange.objects.create(
        kind=planned.kind,
        commune_id=_rows_of(locked)[0].commune_id,
        document=document,
        effective_on=effective_on,
        officer=officer,
        approver_id=_account(change),
        operation=operation,
        preview=preview_hash,
        undoes=planned.change if isinstance(planned, land.operations.undoing.Undo) else None,
    )
    written = _Writing(locked, carried).write()
    labels = [one.label for one in locked.outcomes]
    for follow in followers:
        follow(change, locked, carried, dict(zip(labels, written, strict=True)))
    _tell(change, locked, written, document)
    return carried


def _account(change: Change) -> int:
    """The account that approves: a change is never nobody's. Raises `SignInNeeded`."""
    if change.actor.user_id is None:
        raise SignInNeeded
    return change.actor.user_id


def _locked_preview(change: Change, planned: Operation, operation: dict[str, Any], on: date) -> Preview:
    """The preview under the locks of its place. Where somebody was faster, it is another than the one before."""
    seen = preview(change.actor, planned, operation, on)
    seen.refuse()
    lock(with_margin([*(row.geom.extent for row in _rows_of(seen)), *(one.polygon.bounds for one in seen.outcomes)]))
    return preview(change.actor, read_operation(operation), operation, on)


def _rows_of(seen: Preview) -> list[Parcel]:
    """The rows that end or change; those that it names, where nothing is planned."""
    changed = [seen.around.rows[identifier] for identifier in seen.base]
    return changed or [seen.around.rows[identifier] for identifier in seen.around.named]


def _check_day(effective_on: date, seen: Preview) -> None:
    today = timezone.localdate()
    if effective_on > today:
        raise Invalid(_("The day of legal effect lies in the future."), field="effective_on", expected=f"≤ {today}")
    since = max(row.valid_from for row in _rows_of(seen))
    if effective_on < since:
        raise Invalid(_("The parcel has been as it is since a later day."), field="effective_on", expected=f"≥ {since}")


@dataclass
class _Writing:
    """Writes a preview, in the order that the guards of the fabric need: close, keep history, move points, begin."""

    seen: Preview
    change: ParcelChange

    def write(self) -> list[Parcel]:
        """The new versions in force."""
        Parcel.objects.filter(pk__in=[row.pk for row in self._closed()]).update(recorded_to=TransactionNow())
        self._keep_history()
        ids = self._store_points()
        rows = self._begin(ids)
        Descent.objects.bulk_create(self._descents(rows))
        return rows

    def _closed(self) -> list[Parcel]:
        return [self.seen.around.rows[identifier] for identifier in self.seen.base]

    def _keep_history(self) -> None:
        """What held until the day of effect holds until then, also in what is known from now on. A parcel that only
        got a point on its side has no such history: its geometry is known better, its legal time goes on."""
        Parcel.objects.bulk_create(
            Parcel(
                **{name: getattr(row, name) for name in CARRIED_OVER},
                valid_to=self.change.effective_on,
                version=row.version + 1,
                source=row.source,
                change=self.change,
            )
            for row in self._with_history()
        )

    def _with_history(self) -> list[Parcel]:
        refined = {one.label for one in self.seen.outcomes if one.refined}
        return [
            row for row in self._closed() if row.identifier not in refined and row.valid_from < self.change.effective_on
        ]

    def _store_points(self) -> dict[int, int]:
        """Move and add boundary points; the ids of the new ones."""
        assert self.seen.plan is not None
        edit = self.seen.plan.edit
        source = str(self.change.document)[:120]
        back = {point: place for point, place in edit.added.items() if point > 0}
        if edit.moved or back:
            _move({**edit.moved, **back}, source)
        new = {point: place for point, place in edit.added.items() if point < 0}
        rows = BoundaryPoint.objects.bulk_create(
            BoundaryPoint(geom=Point(*metres(place), srid=LEGAL_SRID), method=self._method, source=source)
            for place in new.values()
        )
        return {point: row.pk for point, row in zip(new, rows, strict=True)}

    @property
    def _method(self) -> str:
        surveyed = self.change.document.kind == SourceDocument.Kind.SURVEY
        return BoundaryPoint.Method.TOTAL_STATION if surveyed else BoundaryPoint.Method.COMPUTED

    def _begin(self, ids: dict[int, int]) -> list[Parcel]:
        numbers = _free_numbers(self.seen.outcomes)
        closed = {row.identifier for row in self._with_history()}
        rows = [self._version(one, ids, numbers, one.label in closed) for one in self.seen.outcomes]
        return Parcel.objects.bulk_create(rows)

    def _version(self, one: Outcome, ids: dict[int, int], numbers: dict[str, int], closed: bool) -> Parcel:
        values = {name: getattr(one.like, name) for name in CARRIED_OVER}
        ring = array_from_rings(tuple(tuple(ids.get(point, point) for point in ring) for ring in one.rings))
        values |= {"ring": ring, "geom": GEOSGeometry(memoryview(one.polygon.wkb), srid=LEGAL_SRID)}
        values |= {"legal_area_m2": one.legal_area_m2, "change": self.change}
        if one.refined:
            return Parcel(**values, version=one.like.version + 1, source=one.like.source)
        values |= {"valid_from": self.change.effective_on, "source": str(self.change.document)[:200]}
        if not one.born:
            return Parcel(**values, version=one.like.version + (2 if closed else 1))
        if one.restores:
            return Parcel(**values, version=_last_version(one.restores) + 1)
        return Parcel(**values | {"identifier": _new_identifier(), "number": numbers[one.label]}, version=1)

    def _descents(self, rows: list[Parcel]) -> Iterable[Descent]:
        assert self.seen.plan is not None
        ended = [self.seen.around.rows[identifier] for identifier in self.seen.plan.edit.ended]
        for one, row in zip(self.seen.outcomes, rows, strict=True):
            if not one.born:
                old = self.seen.around.rows[one.label]
                yield Descent(change=self.change, parent=old, child=row, area_m2=min(old.area_m2, one.area_m2))
                continue
            for parent in ended:
                shared = one.area_m2 if len(ended) == 1 else parent.area_m2
                if len(ended) > 1 and self.seen.plan.restored and not _overlap(parent, one):
                    continue
                yield Descent(change=self.change, parent=parent, child=row, area_m2=shared)


def _overlap(parent: Parcel, one: Outcome) -> bool:
    return bool(parent.geom.relate_pattern(GEOSGeometry(memoryview(one.polygon.wkb), srid=LEGAL_SRID), "2********"))


def _move(moved: Any, source: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE boundary_point SET geom = ST_SetSRID(ST_MakePoint(place.e, place.n), %s), source = %s"
            " FROM unnest(%s::bigint[], %s::float8[], %s::float8[]) AS place(id, e, n)"
            " WHERE boundary_point.id = place.id",
            [
                LEGAL_SRID,
                source,
                list(moved),
                [metres(place)[0] for place in moved.values()],
                [metres(place)[1] for place in moved.values()],
            ],
        )


def _free_numbers(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Numbers for new parcels: after the sheet's largest ever, so that no old number is used again."""
    numbers: dict[str, int] = {}
    last: dict[tuple[str, int], int] = {}
    for one in outcomes:
        if one.born and not one.restores:
            sheet = (one.like.commune_id, one.like.sheet)
            last[sheet] = (last[sheet] if sheet in last else _largest_number(*sheet)) + 1
            numbers[one.label] = last[sheet]
    return numbers


def _largest_number(commune: str, sheet: int) -> int:
    on_sheet = Parcel.objects.filter(commune_id=commune, sheet=sheet)
    current = on_sheet.current().aggregate(last=Max("number"))["last"]
    past = on_sheet.exclude(Parcel.CURRENT).aggregate(last=Max("number"))["last"]
    return max(current or 0, past or 0)


def _last_version(identifier: str) -> int:
    found: int = Parcel.objects.filter(identifier=identifier).aggregate(last=Max("version"))["last"]
    return found


def _new_identifier() -> str:
    """12 random digits that no parcel ever had."""
    while True:
        identifier = f"{secrets.randbelow(9 * 10**11) + 10**11}"
        if not Parcel.objects.filter(identifier=identifier).exists():
            return identifier


def _tell(change: Change, seen: Preview, written: list[Parcel], document: SourceDocument) -> None:
    reason = str(document)
    old = {row.identifier: row for row in _rows_of(seen)}
    ended = seen.plan.edit.ended if seen.plan else ()
    rows = [(f"parcel:{identifier}", {"in_force": [True, False]}, old[identifier].commune_id) for identifier in ended]
    for row in written:
        before = old.get(row.identifier)
        changes: dict[str, list[Any]] = {"version": [before.version if before else None, row.version]}
        if before is None or before.legal_area_m2 != row.legal_area_m2:
            changes["legal_area_m2"] = [before.legal_area_m2 if before else None, row.legal_area_m2]
        rows.append((f"parcel:{row.identifier}", changes, row.commune_id))
    change.record_all(rows, reason=reason)
    for row in [*(old[identifier] for identifier in ended), *written]:
        told = {
            "identifier": row.identifier,
            "version": row.version,
            "commune": row.commune_id,
            "land_uses": [row.land_use_id],
        }
        change.publish("parcels", "changed", row.identifier, told)
