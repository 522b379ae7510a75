"""Edit a shelter."""

from typing import Any
from unicodedata import normalize

from django.utils.translation import gettext as _

from disaster.actions.placing import commune_of, point_at, require_keeper, require_signed_in
from disaster.codes import SHELTER_KEEPERS
from disaster.models import Shelter
from gis.actions.base import Change, action
from gis.problems import Invalid, NotFound, Stale

TEXTS = ("name", "kind", "contact", "source")
EDITABLE = (*TEXTS, "capacity", "commune", "lon", "lat")


@action("disaster.edit_shelter")
def edit_shelter(change: Change, code: str, *, version: int, values: dict[str, Any], document: str = "") -> Shelter:
    """Give the shelter *code* new *values* (of `EDITABLE`; lon and lat, WGS 84 degrees, together).

    *version* is the one the editor read, *document* what the change rests on. Raises `SignInNeeded`, `NotFound`,
    `Forbidden` (also where it would move into a commune that is not the editor's), `Stale`, `Invalid`.
    """
    require_signed_in(change.actor)
    shelter = locked(code)
    require_keeper(change.actor, SHELTER_KEEPERS, shelter.commune_id)
    if shelter.version != version:
        raise Stale(current=shelter.version)
    before = sight(shelter)
    _set(shelter, values)
    require_keeper(change.actor, SHELTER_KEEPERS, shelter.commune_id)
    after = sight(shelter)
    changes = {field: [before[field], after[field]] for field in before if before[field] != after[field]}
    if not changes:
        raise Invalid(_("Nothing would change."), expected=", ".join(EDITABLE))
    shelter.version += 1
    shelter.full_clean()
    shelter.save()
    change.record(f"shelter:{code}", changes, commune=shelter.commune_id, reason=document)
    change.publish("layers", "changed", "shelters", {"layer": "shelters"})
    return shelter


def locked(code: str) -> Shelter:
    """The shelter, locked until the transaction ends. Raises `NotFound`."""
    shelter = Shelter.objects.select_for_update().filter(code=code).first()
    if shelter is None:
        raise NotFound(_("There is no shelter with this code."), field="code")
    return shelter


def sight(shelter: Shelter) -> dict[str, Any]:
    """What of it can be edited, as the history tells it."""
    kept = {field: getattr(shelter, field) for field in (*TEXTS, "capacity", "commune_id")}
    return {**kept, "position": list(shelter.position.coords)}


def _set(shelter: Shelter, values: dict[str, Any]) -> None:
    for field in values:
        if field not in EDITABLE:
            raise Invalid(_("This cannot be edited here."), field=field, expected=", ".join(EDITABLE))
    if ("lon" in values) != ("lat" in values):
        raise Invalid(_("A position has both lon and lat."), field="lon", expected="lon, lat")
    if "lon" in values:
        shelter.position = point_at(values["lon"], values["lat"])
    if "commune" in values:
        shelter.commune = commune_of(shelter.position, values["commune"])
    if "capacity" in values:
        shelter.capacity = values["capacity"]
    for field in TEXTS:
        if field in values:
            setattr(shelter, field, normalize("NFC", str(values[field])).strip())
