"""Record shelters as a list of the province or of a commune has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point

from disaster.actions.placing import commune_of, require_keeper, require_signed_in
from disaster.codes import SHELTER_KEEPERS
from disaster.models import Shelter
from gis.actions.base import Change, action
from gis.actions.merging import Fate, merge_records


@dataclass(frozen=True)
class ListedShelter:
    """A shelter: values by the model's columns, and where it is (WGS 84)."""

    values: dict[str, Any]
    position: Point


@action("disaster.record_shelters")
def record_shelters(change: Change, shelters: Sequence[ListedShelter], *, source: str) -> list[Fate]:
    """Store *shelters* by their code; the fate of each. One without a commune is of the one that lies there.

    Raises `SignInNeeded`, `Forbidden` (also where one stands in a commune that is not the actor's), and `Invalid` or
    `Conflict` for all of them together.
    """
    require_signed_in(change.actor)
    rows = []
    for one in shelters:
        home = one.values.get("commune_id") or commune_of(one.position).code
        rows.append({**one.values, "commune_id": home, "position": one.position})
    codes = [row["code"] for row in rows]
    standing = Shelter.objects.filter(code__in=codes).values_list("commune", flat=True)
    for commune in sorted({*standing, *(row["commune_id"] for row in rows)}):
        require_keeper(change.actor, SHELTER_KEEPERS, commune)
    fates = merge_records(change, Shelter, rows, key="code", kind="shelter", reason=source, counted="version")
    if set(fates) - {"unchanged"}:
        change.publish("layers", "changed", "shelters", {"layer": "shelters"})
    return fates
