"""Record rescue assets as a list of the province has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.utils import timezone

from disaster.codes import DUTY_OFFICER
from disaster.models import AssetPosition, RescueAsset
from disaster.payloads import asset_payload
from gis.access.viewer import SERVICE
from gis.actions.base import Change, action
from gis.actions.merging import Fate, merge_records

LONGEST_SOURCE = 40


@dataclass(frozen=True)
class NewAsset:
    """An asset: values by the model's columns, and where it stands (WGS 84)."""

    values: dict[str, Any]
    position: Point


@action("disaster.record_assets")
def record_assets(change: Change, assets: Sequence[NewAsset], *, source: str) -> list[Fate]:
    """Store *assets* by their code; the fate of each. Only one that was never seen gets the position of the list.

    What an asset reported of its place is newer than any list. Raises `SignInNeeded`, `Forbidden`, and `Invalid` or
    `Conflict` for all of them together.
    """
    if change.actor != SERVICE:
        change.actor.require({DUTY_OFFICER}, None)
    fates = merge_records(change, RescueAsset, [one.values for one in assets], key="code", kind="asset", reason=source)
    positions = {one.values["code"]: one.position for one in assets}
    unseen = RescueAsset.objects.filter(code__in=positions, position=None).order_by("code")
    now = timezone.now()
    AssetPosition.objects.bulk_create(
        AssetPosition(asset=asset, time=now, position=positions[asset.code], source=source[:LONGEST_SOURCE])
        for asset in unseen
    )
    changed = [one.values["code"] for one, fate in zip(assets, fates, strict=True) if fate != "unchanged"]
    for asset in RescueAsset.objects.filter(code__in=changed).select_related("commune"):
        change.publish("assets", "moved", asset.code, asset_payload(asset))
    return fates
