"""Take an exercise's storm off the map."""

from disaster.actions.record_fixes import require_keeper
from disaster.models import Storm
from disaster.payloads import storm_properties
from gis.actions.base import Change, action


@action("disaster.clear_exercise")
def clear_exercise(change: Change, *, basin: str, season: int, number: int) -> bool:
    """Remove the exercise's storm with all its fixes; whether there was one. What happened is never touched.

    Raises `SignInNeeded`, `Forbidden`.
    """
    require_keeper(change.actor)
    exercises = Storm.objects.select_for_update().filter(exercise=True)
    storm = exercises.filter(basin=basin, season=season, number=number).first()
    if storm is None:
        return False
    key, properties = str(storm.pk), storm_properties(storm)
    change.record(f"storm:{key}", {"exercise": [properties["name"], None]})
    storm.delete()
    change.publish("storms", "removed", key, properties)
    return True
