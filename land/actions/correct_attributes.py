"""Correct what the register says of a parcel; its place and its legal time stay."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.postgres.functions import TransactionNow
from django.utils.translation import gettext as _

from gis.actions.base import Change, action
from gis.problems import Invalid, NotFound, Stale
from land.codes import LARGEST_NUMBER, READERS, WRITERS
from land.models import LandUse, Parcel

LAND_USE = re.compile(r"[A-Z]{3}")


@action("land.correct_attributes")
def correct_attributes(
    change: Change, identifier: str, *, version: int, values: dict[str, Any], document: str
) -> Parcel:
    """Close the version in force and open one with *values* (of `CORRECTABLE`); returns the new one.

    *version* is the one the correction was made from, *document* what it rests on. Raises `NotFound`,
    `SignInNeeded`, `Forbidden`, `Stale`, `Invalid`.
    """
    visible = Parcel.objects.current().visible_in(change.actor.areas(READERS))
    parcel = visible.select_for_update().filter(identifier=identifier).first()
    if parcel is None:
        raise NotFound(_("There is no parcel with this identifier."), field="identifier")
    change.actor.require(WRITERS, parcel.commune_id)
    if parcel.version != version:
        raise Stale(current=parcel.version)
    new = dict(_checked(field, value) for field, value in values.items())
    changes = {column: [before, new[column]] for column in new if (before := getattr(parcel, column)) != new[column]}
    if not changes:
        raise Invalid(_("Nothing would change."), expected=", ".join(CORRECTABLE))
    if not document.strip():
        raise Invalid(_("Every change rests on a document."), field="document", expected=_("its number and date"))

    Parcel.objects.filter(pk=parcel.pk).update(recorded_to=TransactionNow())
    corrected = _next_version(parcel, new, document.strip())
    change.record(f"parcel:{identifier}", changes, commune=parcel.commune_id, reason=document.strip())
    told = {
        "identifier": identifier,
        "version": corrected.version,
        "commune": parcel.commune_id,
        "land_uses": [parcel.land_use_id, corrected.land_use_id],
    }
    change.publish("parcels", "changed", identifier, told)
    return corrected


def _next_version(parcel: Parcel, new: dict[str, Any], document: str) -> Parcel:
    kept = (
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
    row = {field: getattr(parcel, field) for field in kept} | new
    return Parcel.objects.create(**row, version=parcel.version + 1, source=document)


def _land_use(value: Any) -> str:
    if not isinstance(value, str) or not LAND_USE.fullmatch(value) or not LandUse.objects.filter(code=value).exists():
        raise Invalid(_("This is no land-use code."), expected=_("a code of the land-use list, as ODT"))
    return value


def _map_number(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= LARGEST_NUMBER:
        raise Invalid(_("This is no number of a map."), expected=f"1–{LARGEST_NUMBER}")
    return value


def _area(value: Any) -> Decimal:
    try:
        area = Decimal(str(value))
    except InvalidOperation:
        area = Decimal("NaN")
    if not area.is_finite() or not 0 < area < 10**9 or area != round(area, 1):
        raise Invalid(_("This is no legal area."), expected=_("m² with one decimal, above 0"))
    return area


CORRECTABLE: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "land_use": ("land_use_id", _land_use),
    "sheet": ("sheet", _map_number),
    "number": ("number", _map_number),
    "legal_area_m2": ("legal_area_m2", _area),
}
"""Field → the column it is stored in and the check that makes its value."""


def _checked(field: str, value: Any) -> tuple[str, Any]:
    """Column and value. Raises `Invalid` with the field's name."""
    if field not in CORRECTABLE:
        raise Invalid(_("This cannot be corrected here."), field=field, expected=", ".join(CORRECTABLE))
    column, check = CORRECTABLE[field]
    try:
        return column, check(value)
    except Invalid as fault:
        fault.field = field
        raise
