"""Record licences with the numbered corners of their areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection
from django.utils.translation import gettext as _

from gis.access.viewer import SERVICE
from gis.actions.base import Change, action
from gis.actions.merging import SAME_PLACE_M, Fate, merge_records
from gis.geometry.crs import LEGAL_SRID
from gis.problems import Invalid
from mines.codes import MINERAL_OFFICER
from mines.models import Concession, ConcessionCorner

Corners = list[tuple[float, float]]
"""Easting and northing in the legal grid, in the order of their numbers from 1, the first not repeated."""


FEWEST_CORNERS = 3


@dataclass(frozen=True)
class NewConcession:
    """A licence: values by the model's columns, and its corners."""

    values: dict[str, Any]
    corners: Corners


@action("mines.record_concessions")
def record_concessions(change: Change, concessions: Sequence[NewConcession], *, source: str) -> list[Fate]:
    """Store licences by their number; the fate of each. The area follows from the corners.

    Raises `SignInNeeded`, `Forbidden`, and `RuleRefused`, `Invalid` or `Conflict` for all of them together.
    """
    if change.actor != SERVICE:
        change.actor.require({MINERAL_OFFICER}, None)
    rows = [one.values for one in concessions]
    fates = merge_records(change, Concession, rows, key="licence_number", kind="concession", reason=source)
    numbers = [one.values["licence_number"] for one in concessions]
    standing = {one.licence_number: one for one in Concession.objects.filter(licence_number__in=numbers)}
    for place, one in enumerate(concessions):
        moved = _put_corners(change, standing[numbers[place]], one.corners, source)
        if moved and fates[place] == "unchanged":
            fates[place] = "merged"
    with connection.cursor() as cursor:  # the area is derived, and refused, here and not at the end of all
        cursor.execute("SET CONSTRAINTS area_follows_corners IMMEDIATE")
        cursor.execute("SET CONSTRAINTS area_follows_corners DEFERRED")
    if set(fates) - {"unchanged"}:
        change.publish("layers", "changed", "mining_concessions", {"layer": "mining_concessions"})
    return fates


def _put_corners(change: Change, concession: Concession, corners: Corners, source: str) -> bool:
    """Give *concession* its corners; whether they were others before."""
    if len(corners) < FEWEST_CORNERS:
        raise Invalid(_("An area has three corners or more."), field="geometry")
    before = [corner.geom.coords for corner in concession.corners.order_by("number")]
    if _same(before, corners):
        return False
    concession.corners.all().delete()
    ConcessionCorner.objects.bulk_create(
        ConcessionCorner(concession=concession, number=number, geom=Point(east, north, srid=LEGAL_SRID))
        for number, (east, north) in enumerate(corners, 1)
    )
    if before:
        told: dict[str, list[Any]] = {"corners": [before, corners]}
        target = f"concession:{concession.licence_number}"
        change.record(target, told, commune=concession.commune_id, reason=source)
    return True


def _same(before: list[Any], after: Corners) -> bool:
    return len(before) == len(after) and all(
        abs(one - other) <= SAME_PLACE_M
        for corner, new in zip(before, after, strict=True)
        for one, other in zip(corner, new, strict=True)
    )
