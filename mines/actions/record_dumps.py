"""Record waste dumps as a survey has them."""

from collections.abc import Sequence
from typing import Any

from gis.access.viewer import SERVICE
from gis.actions.base import Change, action
from gis.actions.merging import Fate, merge_records
from mines.codes import MINERAL_OFFICER
from mines.models import WasteDump


@action("mines.record_dumps")
def record_dumps(change: Change, dumps: Sequence[dict[str, Any]], *, source: str) -> list[Fate]:
    """Store *dumps* ({column: value}) by their code; the fate of each.

    Raises `SignInNeeded`, `Forbidden`, and `RuleRefused`, `Invalid` or `Conflict` for all of them together.
    """
    if change.actor != SERVICE:
        change.actor.require({MINERAL_OFFICER}, None)
    fates = merge_records(change, WasteDump, dumps, key="code", kind="waste_dump", reason=source)
    if set(fates) - {"unchanged"}:
        change.publish("layers", "changed", "waste_dumps", {"layer": "waste_dumps"})
    return fates
