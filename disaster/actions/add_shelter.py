"""Add a shelter."""

from unicodedata import normalize

from django.utils.translation import gettext as _

from disaster.actions.placing import commune_of, point_at, require_keeper, require_signed_in
from disaster.codes import SHELTER_KEEPERS
from disaster.models import Shelter
from gis.actions.base import Change, action
from gis.problems import Conflict


@action("disaster.add_shelter")
def add_shelter(
    change: Change,
    code: str,
    *,
    name: str,
    kind: str,
    lon: float,
    lat: float,
    source: str,
    capacity: int | None = None,
    commune: str | None = None,
    contact: str = "",
) -> Shelter:
    """Store a shelter at *lon*, *lat* (WGS 84 degrees), of *commune* or of the one that lies there.

    Raises `SignInNeeded`, `Forbidden`, `Invalid`, and `Conflict` where the code is taken.
    """
    require_signed_in(change.actor)
    place = point_at(lon, lat)
    home = commune_of(place, commune)
    require_keeper(change.actor, SHELTER_KEEPERS, home.code)
    if Shelter.objects.filter(code=code.strip()).exists():
        raise Conflict(_("There is a shelter with this code already."), field="code")
    shelter = Shelter(
        code=code.strip(),
        name=normalize("NFC", name).strip(),
        kind=kind,
        capacity=capacity,
        commune=home,
        contact=normalize("NFC", contact).strip(),
        position=place,
        source=normalize("NFC", source).strip(),
    )
    shelter.full_clean()
    shelter.save(force_insert=True)
    change.record(f"shelter:{shelter.code}", {"shelter": [None, told(shelter)]}, commune=home.code, reason=source)
    change.publish("layers", "changed", "shelters", {"layer": "shelters"})
    return shelter


def told(shelter: Shelter) -> dict[str, object]:
    """The shelter for the history."""
    kept = ("name", "kind", "capacity", "commune_id", "contact", "source", "version")
    return {field: getattr(shelter, field) for field in kept} | {"position": list(shelter.position.coords)}
