"""Records that come many at a time: new ones stored, changed ones updated, the others left as they are."""

from collections.abc import Sequence
from typing import Any, Literal

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db.models import Model

from gis.actions.base import Change

Fate = Literal["stored", "merged", "unchanged"]
"""New; standing with other values, which were replaced; standing with the same values."""

SAME_PLACE_M = 0.002
"""Vertices closer than this are the same: a way through another reference system moves them by up to 1 mm."""
SAME_PLACE_DEGREES = 2e-8


def merge_records(
    change: Change,
    model: type[Model],
    rows: Sequence[dict[str, Any]],
    *,
    key: str,
    kind: str,
    reason: str,
    frozen: frozenset[str] = frozenset(),
    counted: str = "",
) -> list[Fate]:
    """Store *rows* ({column: value}) of *model* by their *key*; returns the fate of each, in their order.

    Columns that a row lacks keep their value, as do those in *frozen* of what stands already. Each change has its
    history row, with the target `kind:key`. *counted*: the column that counts a record's changes, where there is one.
    To be called within an action.
    """
    keys = [row[key] for row in rows]
    standing = {
        getattr(one, key): one
        for one in model._default_manager.select_for_update().filter(**{f"{key}__in": keys}).order_by("pk")
    }
    fates: list[Fate] = []
    new: list[Model] = []
    records = []
    for row in rows:
        record = standing.get(row[key])
        commune = str(row.get("commune_id") or getattr(record, "commune_id", "") or "")
        if record is None:
            new.append(model(**row))
            records.append((f"{kind}:{row[key]}", {key: [None, row[key]]}, commune))
            fates.append("stored")
            continue
        changes = differences(record, {name: value for name, value in row.items() if name not in frozen})
        if changes:
            if counted:
                setattr(record, counted, getattr(record, counted) + 1)
            touched = [*changes, counted] if counted else list(changes)
            record.save(update_fields=[_field_name(model, name) for name in touched])
            records.append((f"{kind}:{row[key]}", {name: told(pair) for name, pair in changes.items()}, commune))
        fates.append("merged" if changes else "unchanged")
    model._default_manager.bulk_create(new)
    change.record_all(records, reason=reason)
    return fates


def differences(record: Model, row: dict[str, Any]) -> dict[str, list[Any]]:
    """Set the values of *row* that differ on *record*; returns {column: [before, after]} of them."""
    changes = {}
    for name, value in row.items():
        before = getattr(record, name)
        if not _same(before, value):
            changes[name] = [before, value]
            setattr(record, name, value)
    return changes


def told(pair: list[Any]) -> list[Any]:
    """[before, after] for the history: of geometries a word on their size, since old ones are not kept there."""
    return [_outline(value) if isinstance(value, GEOSGeometry) else value for value in pair]


def _outline(shape: GEOSGeometry) -> dict[str, Any]:
    if isinstance(shape, Point):
        return {"coordinates": list(shape.coords)}
    return {"area": round(shape.area, 2), "vertices": shape.num_coords, "extent": [round(x, 3) for x in shape.extent]}


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, GEOSGeometry) and isinstance(after, GEOSGeometry):
        return same_place(before, after)
    return bool(before == after)


def same_place(one: GEOSGeometry, other: GEOSGeometry) -> bool:
    """Whether two shapes are the same, vertex by vertex, however their rings are turned."""
    near = SAME_PLACE_DEGREES if one.srid == 4326 else SAME_PLACE_M
    if one.geom_type != other.geom_type or one.num_coords != other.num_coords:
        return False
    if one.equals_exact(other, near):
        return True
    first, second = one.clone(), other.clone()
    first.normalize()
    second.normalize()
    return bool(first.equals_exact(second, near))


def _field_name(model: type[Model], column: str) -> str:
    return next(field.name for field in model._meta.concrete_fields if column in (field.name, field.attname))
