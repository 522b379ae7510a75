"""Take an exercise's storm off the map."""

from disaster.actions.record_fixes import SERVICE
from disaster.codes import STORM_KEEPERS
from disaster.models import Storm
from disaster.payloads import storm_properties
from gis.actions.base import Change, action


@action("disaster.clear_exercise")
def clear_exercise(change: Change, *, basin: str, season: int, number: int) -> bool:
    """Remove the exercise's storm with all its fixes; whether there was one. What happened is never touched."""
    if change.actor != SERVICE:
        change.actor.require(STORM_KEEPERS, None)
    storm = Storm.objects.filter(basin=basin, season=season, number=number, exercise=True).first()
    if storm is None:
        return False
    key, properties = str(storm.pk), storm_properties(storm)
    change.record(f"storm:{key}", {"exercise": [properties["name"], None]})
    storm.delete()
    change.publish("storms", "removed", key, properties)
    return True
