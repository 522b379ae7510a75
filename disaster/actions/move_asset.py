"""Report where a rescue asset is."""

import math
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext as _

from disaster.codes import DUTY_OFFICER, RESCUE_TEAM
from disaster.models import AssetPosition, RescueAsset
from disaster.payloads import asset_payload
from gis.access.viewer import SERVICE, Viewer
from gis.actions.base import Change, action
from gis.geometry.crs import WGS84_SRID
from gis.geometry.geodesic import NAUTICAL_MILE_M, distance_m
from gis.problems import Conflict, Forbidden, Invalid, NotFound, SignInNeeded

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far ahead of ours a reporting clock may be."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""No report is older: clocks that were never set say 1970 or 1980."""
FASTEST_KT = {"boat": 60, "truck": 80, "ambulance": 90, "team": 10, "helicopter": 200}
"""Speed between two reports beyond which a position is marked as implausible; kept all the same."""
RECEIVER_SCATTER_NM = 0.2
"""How far two fixes of a receiver that stands still may lie apart."""


@dataclass(frozen=True)
class Receiver:
    """What the receiver tells beside the position: metres, knots over ground, degrees from north."""

    accuracy_m: float | None = None
    speed_kt: float | None = None
    course_deg: float | None = None


SILENT = Receiver()


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
    receiver: Receiver = SILENT,
    source: str = "",
) -> Moved:
    """Store a position (WGS 84 degrees, aware time).

    A late one is kept and moves nothing; a repeated one is no news. Raises `SignInNeeded`, `Forbidden`,
    `NotFound`, `Invalid`, and `Conflict` for another place at the same time.
    """
    if not change.actor.signed_in and change.actor != SERVICE:
        raise SignInNeeded
    locked = RescueAsset.objects.select_for_update(of=("self",)).select_related("commune")
    asset = locked.filter(code=code).first()
    if asset is None:
        raise NotFound(_("There is no asset with this code."), field="code")
    _require_reporter(change.actor, asset)
    _check(lon, lat, time, receiver)
    position = Point(lon, lat, srid=WGS84_SRID)
    known = AssetPosition.objects.filter(asset=asset, time=time).first()
    if known is not None:
        return _repeated(asset, known, position)
    before = asset.position, asset.positioned_at
    stored = AssetPosition.objects.create(
        asset=asset,
        time=time,
        position=position,
        implausible=_implausible(asset, position, time),
        source=source,
        **asdict(receiver),
    )
    asset.refresh_from_db(fields=["position", "positioned_at"])
    late = asset.positioned_at != time
    changes = {"position": [_told(*before), _told(position, time)]}
    change.record(f"asset:{code}", changes, commune=asset.commune_id, reason=source)
    if not late:
        change.publish("assets", "moved", code, asset_payload(asset))
    return Moved(asset, late, stored.implausible)


def _require_reporter(actor: Viewer, asset: RescueAsset) -> None:
    """Duty officers report for every asset, a team for its own."""
    own = asset.team_id is not None and asset.team_id == actor.user_id and RESCUE_TEAM in actor.roles
    if not own and actor != SERVICE and not actor.holds({DUTY_OFFICER}, asset.commune_id):
        raise Forbidden(_("Only the asset's own team and duty officers report its position."))


def _check(lon: float, lat: float, time: datetime, receiver: Receiver) -> None:
    for name, value, limit in (("lon", lon, 180), ("lat", lat, 90)):
        if not math.isfinite(value) or abs(value) > limit:
            raise Invalid(_("The position is not on the globe."), field=name, expected=f"−{limit}…{limit}")
    if (lon, lat) == (0, 0):
        raise Invalid(_("The position 0, 0 is a receiver without a fix."), field="lon", expected="−180…180")
    for name, figure in asdict(receiver).items():
        if figure is not None and not math.isfinite(figure):
            raise Invalid(_("This is not a number."), field=name, expected=_("a number"))
    if timezone.is_naive(time):
        raise Invalid(_("The time has no zone."), field="time", expected="2024-09-07T13:05:00+07:00")
    if time < EARLIEST:
        raise Invalid(_("The reporting clock was never set."), field="time", expected=f"{EARLIEST:%d/%m/%Y} …")
    if time > timezone.now() + CLOCK_TOLERANCE:
        raise Invalid(_("The time lies in the future."), field="time", expected=_("at most 10 minutes ahead"))


def _repeated(asset: RescueAsset, known: AssetPosition, position: Point) -> Moved:
    if not known.position.equals(position):
        raise Conflict(_("The asset was somewhere else at this time."), field="time")
    return Moved(asset, asset.positioned_at != known.time, known.implausible)


def _implausible(asset: RescueAsset, position: Point, time: datetime) -> bool:
    """Whether an asset of this kind does not get here from its position before."""
    earlier = AssetPosition.objects.filter(asset=asset, time__lt=time).order_by("-time").first()
    if earlier is None:
        return False
    hours = (time - earlier.time) / timedelta(hours=1)
    metres = distance_m(earlier.position.x, earlier.position.y, position.x, position.y)
    return metres / NAUTICAL_MILE_M > FASTEST_KT[asset.kind] * hours + RECEIVER_SCATTER_NM


def _told(position: Point | None, at: datetime | None) -> list[object] | None:
    return [position.x, position.y, at] if position else None
