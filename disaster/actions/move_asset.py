"""Report where a rescue asset is."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext as _

from disaster.codes import DUTY_OFFICER, RESCUE_TEAM
from disaster.models import AssetPosition, RescueAsset
from disaster.payloads import asset_payload
from gis.access.viewer import Viewer
from gis.actions.base import Change, action
from gis.geometry.crs import WGS84_SRID
from gis.geometry.geodesic import NAUTICAL_MILE_M, distance_m
from gis.problems import Forbidden, Invalid, NotFound, SignInNeeded

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far ahead of ours a reporting clock may be."""
FASTEST_KT = {"boat": 60, "truck": 80, "ambulance": 90, "team": 10, "helicopter": 200}
"""Speed between two reports beyond which a position is marked as implausible; kept all the same."""


@dataclass(frozen=True)
class Moved:
    """The asset as it stands now; *late*: an older report, which moved nothing; *implausible*: a jump."""

    asset: RescueAsset
    late: bool
    implausible: bool


@action("disaster.move_asset")
def move_asset(
    change: Change,
    code: str,
    *,
    lon: float,
    lat: float,
    time: datetime,
    accuracy_m: float | None = None,
    speed_kt: float | None = None,
    course_deg: float | None = None,
    source: str = "",
) -> Moved:
    """Store a position (WGS 84 degrees, aware time). A late one is kept and moves nothing; a repeated one is no news.

    Raises `SignInNeeded`, `Forbidden`, `NotFound`, `Invalid`.
    """
    asset = RescueAsset.objects.select_for_update().filter(code=code).first()
    if not change.actor.signed_in:
        raise SignInNeeded
    if asset is None:
        raise NotFound(_("There is no asset with this code."), field="code")
    _require_reporter(change.actor, asset)
    _check(lon, lat, time)
    before = asset.position, asset.positioned_at
    late = asset.positioned_at is not None and time <= asset.positioned_at
    report = {
        "position": Point(lon, lat, srid=WGS84_SRID),
        "accuracy_m": accuracy_m,
        "speed_kt": speed_kt,
        "course_deg": course_deg,
        "source": source,
    }
    _stored, fresh = AssetPosition.objects.get_or_create(asset=asset, time=time, defaults=report)
    asset.refresh_from_db()
    implausible = not late and _implausible(asset, *before)
    if fresh:
        told = [_told(*before), [lon, lat, time]]
        change.record(f"asset:{code}", {"position": told}, commune=asset.commune_id, reason=source)
    if fresh and not late:
        change.publish("assets", "moved", code, asset_payload(asset))
    return Moved(asset, late, implausible)


def _require_reporter(actor: Viewer, asset: RescueAsset) -> None:
    """Duty officers report for every asset, a team for its own."""
    own = asset.team_id is not None and asset.team_id == actor.user_id and RESCUE_TEAM in actor.roles
    if not own and not actor.holds({DUTY_OFFICER}, asset.commune_id):
        raise Forbidden(_("Only the asset's own team and duty officers report its position."))


def _check(lon: float, lat: float, time: datetime) -> None:
    for name, value, limit in (("lon", lon, 180), ("lat", lat, 90)):
        if not math.isfinite(value) or abs(value) > limit:
            raise Invalid(_("The position is not on the globe."), field=name, expected=f"−{limit}…{limit}")
    if (lon, lat) == (0, 0):
        raise Invalid(_("The position 0, 0 is a receiver without a fix."), field="lon", expected="−180…180")
    if timezone.is_naive(time):
        raise Invalid(_("The time has no zone."), field="time", expected="2024-09-07T13:05:00+07:00")
    if time > timezone.now() + CLOCK_TOLERANCE:
        raise Invalid(_("The time lies in the future."), field="time", expected=_("at most 10 minutes ahead"))


def _implausible(asset: RescueAsset, position: Point | None, positioned_at: datetime | None) -> bool:
    if position is None or positioned_at is None or asset.position is None or asset.positioned_at is None:
        return False
    hours = (asset.positioned_at - positioned_at) / timedelta(hours=1)
    miles = distance_m(position.x, position.y, asset.position.x, asset.position.y) / NAUTICAL_MILE_M
    return miles > FASTEST_KT[asset.kind] * hours + 0.2


def _told(position: Point | None, positioned_at: datetime | None) -> list[object] | None:
    return [position.x, position.y, positioned_at] if position else None
