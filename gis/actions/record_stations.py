"""Record stations as a list of the network has them. (Here, since `gis.observations` lies below the actions.)"""

from collections.abc import Sequence
from typing import Any

from gis.access.viewer import SERVICE
from gis.actions.base import Change, action
from gis.actions.merging import Fate, merge_records
from gis.observations.codes import KEEPERS
from gis.observations.models import Station
from gis.problems import SignInNeeded


@action("observations.record_stations")
def record_stations(change: Change, stations: Sequence[dict[str, Any]], *, source: str) -> list[Fate]:
    """Store *stations* ({column: value}) by their code; the fate of each. Their readings stay.

    Raises `SignInNeeded`, `Forbidden`, and `Invalid` or `Conflict` for all of them together.
    """
    if change.actor != SERVICE:
        if not change.actor.signed_in:
            raise SignInNeeded
        standing = Station.objects.filter(code__in=[row["code"] for row in stations])
        for commune in sorted(
            {row["commune_id"] for row in stations} | set(standing.values_list("commune", flat=True))
        ):
            change.actor.require(KEEPERS, commune)
    fates = merge_records(change, Station, stations, key="code", kind="station", reason=source)
    if set(fates) - {"unchanged"}:
        change.publish("layers", "changed", "gauges", {"layer": "gauges"})
    return fates
