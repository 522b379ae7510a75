"""Give communes new outlines from a day on; what held until then is kept with its dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import MultiPolygon
from django.utils.translation import gettext as _

from gis.access.roles import OPERATOR
from gis.access.viewer import SERVICE
from gis.actions.base import Change, action
from gis.actions.merging import Fate, same_place, told
from gis.places.models import CommuneOutline
from gis.problems import Conflict


@dataclass(frozen=True)
class NewOutline:
    """The outline of the commune with this code, EPSG:5899."""

    commune: str
    geom: MultiPolygon


@action("places.renew_outlines")
def renew_outlines(
    change: Change, outlines: Sequence[NewOutline], *, valid_from: date, source: str, reason: str = ""
) -> list[Fate]:
    """Store each of *outlines* as the version that holds from *valid_from*; one that stands already is no news.

    The version before ends on that day. A schematic drawing that does not begin earlier gives way: it never was a
    boundary. Records that name a commune keep it, wherever they lie. Raises `SignInNeeded`, `Forbidden`, `Conflict`
    where a version begins on the same day or later, `RuleRefused` for what is no outline.
    """
    if change.actor != SERVICE:
        change.actor.require({OPERATOR}, None)
    communes = [one.commune for one in outlines]
    locked = CommuneOutline.objects.select_for_update().filter(commune__in=communes, valid_to=None).order_by("pk")
    standing = {one.commune_id: one for one in locked}
    fates: list[Fate] = []
    for new in outlines:
        before = standing.get(new.commune)
        if before is not None and not before.schematic and same_place(before.geom, new.geom):
            fates.append("unchanged")
            continue
        if before is not None:
            _end(before, valid_from)
        CommuneOutline.objects.create(commune_id=new.commune, geom=new.geom, valid_from=valid_from, source=source)
        change.record(f"commune:{new.commune}", _changes(before, new, valid_from), commune=new.commune, reason=reason)
        fates.append("stored")
    if "stored" in fates:
        change.publish("layers", "changed", "communes", {"layer": "communes"})
    return fates


def _end(standing: CommuneOutline, day: date) -> None:
    if standing.valid_from < day:
        CommuneOutline.objects.filter(pk=standing.pk).update(valid_to=day)
    elif standing.schematic:
        standing.delete()
    else:
        since = f"{standing.valid_from:%d/%m/%Y}"
        told = _("The outline of %(commune)s holds since %(day)s already.")
        figures = {"commune": standing.commune_id, "day": since}
        raise Conflict(told % figures, field="valid_from", expected=_("a day after %s") % since)


def _changes(before: CommuneOutline | None, new: NewOutline, day: date) -> dict[str, list[Any]]:
    """{field: [before, after]}; versions that ended stay in their table, so the history tells their size alone."""
    return {
        "outline": told([before.geom if before else None, new.geom]),
        "valid_from": [before.valid_from if before else None, day],
        "schematic": [before.schematic if before else None, False],
    }
