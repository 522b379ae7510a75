"""Remove a shelter that is none any more; the history keeps what it was."""

from disaster.actions.add_shelter import told
from disaster.actions.edit_shelter import locked
from disaster.actions.placing import require_keeper, require_signed_in
from disaster.codes import SHELTER_KEEPERS
from gis.actions.base import Change, action
from gis.problems import Stale


@action("disaster.remove_shelter")
def remove_shelter(change: Change, code: str, *, version: int, document: str = "") -> None:
    """Remove the shelter *code* as its reader knows it. Raises `SignInNeeded`, `NotFound`, `Forbidden`, `Stale`."""
    require_signed_in(change.actor)
    shelter = locked(code)
    require_keeper(change.actor, SHELTER_KEEPERS, shelter.commune_id)
    if shelter.version != version:
        raise Stale(current=shelter.version)
    change.record(f"shelter:{code}", {"shelter": [told(shelter), None]}, commune=shelter.commune_id, reason=document)
    shelter.delete()
    change.publish("layers", "changed", "shelters", {"layer": "shelters"})
