"""Play a storm again: its fixes at a multiple of their speed, the assets underway at the time of the clock.

Everything goes through the actions that a real feed uses. The storm is played as an exercise beside the one
that happened; the assets are those of the demo.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from disaster.actions.clear_exercise import clear_exercise
from disaster.actions.move_asset import FASTEST_KT, Receiver, move_asset
from disaster.actions.record_fixes import NewFix, StormName, record_fixes
from disaster.exercises.routes import Route, route_of
from disaster.models import AssetPosition, RescueAsset, Storm, StormFix
from disaster.science.radii import Radii
from gis.access.viewer import SERVICE
from gis.geometry.geodesic import NAUTICAL_MILE_M
from gis.problems import BadParameter, Conflict, NotFound

REPORT_SECONDS = 5.0
"""Between two reports of one asset."""
PLAYED_SPEED = 0.8
"""Of the fastest an asset of its kind goes: one sees it move, and no report is implausible."""
SOURCE = "exercise"
LOCK = "disaster.replay"


@dataclass(frozen=True)
class Actor:
    """An asset in the exercise."""

    code: str
    speed_kt: float
    route: Route
    offset_s: float
    """After the begin of the exercise, its first report: assets report one after the other."""


@dataclass(frozen=True)
class Scene:
    """What one step of the exercise told."""

    fixes: tuple[NewFix, ...]
    moved: int


class Replay:
    """One run of an exercise, from *start* to *until* in the storm's own time.

    Raises `BadParameter` where the storm had no fix until then.
    """

    def __init__(
        self, storm: Storm, speed: float, *, start: datetime | None = None, until: datetime | None = None
    ) -> None:
        self.name = StormName(
            storm.basin,
            storm.season,
            storm.number,
            name=f"{storm.name} (diễn tập)",
            vietnamese_number=storm.vietnamese_number,
            exercise=True,
        )
        self.source, fixes = _script(storm)
        self.start = start or fixes[0].time
        self.until = min(until or fixes[-1].time, fixes[-1].time)
        self.fixes = [fix for fix in fixes if fix.time <= self.until]
        if not self.fixes:
            expected = f"{fixes[0].time:%Y-%m-%dT%H:%MZ}…"
            raise BadParameter(_("The storm was not there yet."), field="until", expected=expected)
        self.actors = _actors()
        self.speed = speed
        self._storm_time = self.start
        self._told = 0
        self._reports = dict.fromkeys((actor.code for actor in self.actors), 0)

    @property
    def over(self) -> bool:
        return self._told == len(self.fixes) and self._storm_time >= self.until

    def begin(self) -> None:
        """Take the last exercise off the map."""
        clear_exercise(SERVICE, basin=self.name.basin, season=self.name.season, number=self.name.number)

    def advance(self, seconds: float) -> Scene:
        """Tell all that is due *seconds* after the begin and has not been told."""
        self._storm_time = self.start + timedelta(seconds=seconds * self.speed)
        due = tuple(fix for fix in self.fixes[self._told :] if fix.time <= self._storm_time)
        if due:
            record_fixes(SERVICE, self.name, due, source=self.source)
            self._told += len(due)
        moved = sum(self._report(actor, seconds) for actor in self.actors)
        return Scene(due, moved)

    def _report(self, actor: Actor, seconds: float) -> bool:
        """The newest of the reports that are due, if one is."""
        due = int((seconds - actor.offset_s) // REPORT_SECONDS) + 1
        if due <= self._reports[actor.code]:
            return False
        self._reports[actor.code] = due
        metres = (seconds - actor.offset_s) * actor.speed_kt * NAUTICAL_MILE_M / 3600
        lon, lat, course = actor.route.at(metres)
        receiver = Receiver(accuracy_m=10.0, speed_kt=actor.speed_kt, course_deg=round(course, 1) % 360)
        move_asset(SERVICE, actor.code, lon=lon, lat=lat, time=timezone.now(), receiver=receiver, source=SOURCE)
        return True


def find_storm(name: str) -> Storm:
    """The last storm of this name (in any case). Raises `NotFound`, naming those that are known."""
    happened = Storm.objects.filter(exercise=False, fixes__isnull=False).distinct()
    storm = happened.filter(name__iexact=name).order_by("-season").first()
    if storm is None:
        known = ", ".join(sorted(happened.exclude(name="").values_list("name", flat=True)[:20]))
        raise NotFound(_("There is no storm of this name."), field="storm", expected=known or None)
    return storm


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the stage for as long as the block runs. Raises `Conflict` where another process plays."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [LOCK])
        if not cursor.fetchone()[0]:
            raise Conflict(_("Another exercise is being played on this database."))
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [LOCK])


def _script(storm: Storm) -> tuple[str, list[NewFix]]:
    """The fixes of the source that the storm is followed by, in order of time."""
    fixes = list(StormFix.objects.on_track().filter(storm=storm).prefetch_related("radii").order_by("time"))
    return fixes[0].source, [_as_told(fix) for fix in fixes]


def _as_told(fix: StormFix) -> NewFix:
    radii: dict[int, Radii] = {
        radius.threshold_kt: (radius.ne_nm, radius.se_nm, radius.sw_nm, radius.nw_nm) for radius in fix.radii.all()
    }
    return NewFix(
        time=fix.time,
        lon=fix.position.x,
        lat=fix.position.y,
        wind_kt=fix.wind_kt,
        wind_averaging_minutes=fix.wind_averaging_minutes,
        pressure_hpa=fix.pressure_hpa,
        kind=fix.kind,
        radii=radii,
    )


def _actors() -> list[Actor]:
    """Every asset that can move, on its trips from the first place that it was ever at."""
    assets = RescueAsset.objects.exclude(status=RescueAsset.Status.OUT).order_by("code")
    firsts = AssetPosition.objects.filter(asset__in=assets).order_by("asset", "time").distinct("asset")
    homes = {first.asset_id: (first.position.x, first.position.y) for first in firsts}
    ready = [asset for asset in assets if asset.pk in homes]
    return [
        Actor(
            asset.code,
            PLAYED_SPEED * FASTEST_KT[asset.kind],
            route_of(asset.code, asset.kind, homes[asset.pk]),
            offset_s=REPORT_SECONDS * place / len(ready),
        )
        for place, asset in enumerate(ready)
    ]
