"""Record plots of the forest inventory as its files have them."""

from collections.abc import Sequence
from typing import Any

from forests.codes import FORESTER
from forests.models import ForestPlot
from gis.access.viewer import SERVICE
from gis.actions.base import Change, action
from gis.actions.merging import Fate, merge_records


@action("forests.record_plots")
def record_plots(change: Change, plots: Sequence[dict[str, Any]], *, source: str) -> list[Fate]:
    """Store *plots* ({column: value}) by their code; the fate of each.

    Raises `SignInNeeded`, `Forbidden`, and `RuleRefused`, `Invalid` or `Conflict` for all of them together.
    """
    if change.actor != SERVICE:
        change.actor.require({FORESTER}, None)
    fates = merge_records(change, ForestPlot, plots, key="code", kind="plot", reason=source)
    if set(fates) - {"unchanged"}:
        change.publish("layers", "changed", "forest_plots", {"layer": "forest_plots"})
    return fates
