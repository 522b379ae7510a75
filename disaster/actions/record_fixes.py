"""Record where a storm was: fixes with their winds, from an import, a replay or a feed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from disaster.actions.move_asset import CLOCK_TOLERANCE
from disaster.codes import SERVICE, STORM_KEEPERS
from disaster.models import AVERAGING_MINUTES, HIGHEST_WIND_KT, PRESSURES_HPA, Storm, StormFix, WindRadius
from disaster.payloads import fix_feature, told_fixes
from disaster.science.atcf import THRESHOLDS
from disaster.science.radii import QUADRANTS, Radii, sectors
from gis.access.viewer import Viewer
from gis.actions.base import Change, action
from gis.geometry.crs import WGS84_SRID
from gis.problems import Invalid

LONGEST_SOURCE = 40
LARGEST_RADIUS_NM = 1500

__all__ = ["SERVICE", "NewFix", "Recorded", "StormName", "record_fixes", "require_keeper"]


@dataclass(frozen=True)
class StormName:
    """Which storm is meant. It is made where it does not stand yet, and takes the name and number given."""

    basin: str
    season: int
    number: int
    name: str = ""
    vietnamese_number: int | None = None
    exercise: bool = False


@dataclass(frozen=True)
class NewFix:
    """A fix to record: *wind_kt* averaged over *wind_averaging_minutes*; *radii*: threshold (kt) → nm."""

    time: datetime
    lon: float
    lat: float
    wind_kt: int | None = None
    wind_averaging_minutes: int | None = None
    pressure_hpa: int | None = None
    kind: str = ""
    radii: dict[int, Radii] = field(default_factory=dict)


Fate = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True)
class Recorded:
    """What became of each fix, in their order."""

    storm: Storm
    fates: tuple[Fate, ...]


@action("disaster.record_fixes")
def record_fixes(change: Change, name: StormName, fixes: Iterable[NewFix], *, source: str) -> Recorded:
    """Store *fixes* of one storm by *source*.

    One that stands already is compared, and changed where it differs. A threshold without extent in any
    quadrant is not stored. Raises `SignInNeeded`, `Forbidden`, `Invalid`. One history row; one event for
    each fix that changed anything.
    """
    require_keeper(change.actor)
    if not 1 <= len(source) <= LONGEST_SOURCE:
        expected = _("1 to %d letters") % LONGEST_SOURCE
        raise Invalid(_("The source is named."), field="source", expected=expected)
    storm, renamed = _storm(name)
    standing = {fix.time: fix for fix in storm.fixes.filter(source=source).prefetch_related("radii")}
    fates: list[Fate] = []
    touched: list[int] = []
    for new in fixes:
        _check(new, name.exercise)
        fate, fix = _record(storm, standing.get(new.time), new, source)
        fates.append(fate)
        touched += [fix.pk] if fate != "unchanged" else []
    if touched or renamed:
        change.record(f"storm:{storm.pk}", {**renamed, "fixes": [None, dict(Counter(fates))]}, reason=source)
    news = told_fixes().filter(storm=storm)
    _announce(change, storm, news if renamed else news.filter(pk__in=touched))
    return Recorded(storm, tuple(fates))


def require_keeper(actor: Viewer) -> None:
    """Raise `SignInNeeded` or `Forbidden` unless *actor* keeps storms, or is the service itself."""
    if actor != SERVICE:
        actor.require(STORM_KEEPERS, None)


def _announce(change: Change, storm: Storm, news: QuerySet[StormFix]) -> None:
    """Tell the fixes of a storm that maps follow; the archive's are told as one change of the layer."""
    if Storm.objects.followed().filter(pk=storm.pk).exists():
        for fix in news:
            change.publish("storms", "fix", str(fix.pk), fix_feature(fix))
    elif news:
        change.publish("layers", "changed", "storm_fixes", {"layer": "storm_fixes"})


def _storm(name: StormName) -> tuple[Storm, dict[str, list[Any]]]:
    """The storm, locked until the transaction ends; of its name and number {field: [before, after]}."""
    given = {"name": name.name, "vietnamese_number": name.vietnamese_number}
    storm, created = Storm.objects.select_for_update().get_or_create(
        basin=name.basin, season=name.season, number=name.number, exercise=name.exercise, defaults=given
    )
    changes = {
        field: [getattr(storm, field), value]
        for field, value in given.items()
        if value and value != getattr(storm, field) and not created
    }
    for changed, (_before, after) in changes.items():
        setattr(storm, changed, after)
    if changes:
        storm.save(update_fields=list(changes))
    return storm, changes


def _check(fix: NewFix, exercise: bool) -> None:
    """Raise `Invalid` by the field; the database's constraints would only tell their name."""
    if timezone.is_naive(fix.time):
        raise Invalid(_("The time has no zone."), field="time", expected="2024-09-07T06:00:00Z")
    if not exercise and fix.time > timezone.now() + CLOCK_TOLERANCE:
        raise Invalid(_("The time lies in the future."), field="time", expected=_("at most 10 minutes ahead"))
    _check_range("lon", fix.lon, -180, 180)
    _check_range("lat", fix.lat, -90, 90)
    _check_range("wind_kt", fix.wind_kt, 0, HIGHEST_WIND_KT)
    _check_range("pressure_hpa", fix.pressure_hpa, *PRESSURES_HPA)
    if fix.wind_kt is not None and fix.wind_averaging_minutes not in AVERAGING_MINUTES:
        periods = " | ".join(map(str, AVERAGING_MINUTES))
        words = _("A wind without its averaging period means nothing.")
        raise Invalid(words, field="wind_averaging_minutes", expected=periods)
    for threshold, quadrants in fix.radii.items():
        if threshold not in THRESHOLDS:
            known = " | ".join(map(str, THRESHOLDS))
            raise Invalid(_("Wind radii are told for 34, 50 and 64 knots."), field="radii", expected=known)
        for extent in quadrants:
            _check_range("radii", extent, 0, min(LARGEST_RADIUS_NM, 60 * (90 - abs(fix.lat)) - 1))


def _check_range(name: str, value: float | None, lowest: float, highest: float) -> None:
    if value is not None and not lowest <= value <= highest:
        raise Invalid(_("The value is out of range."), field=name, expected=f"{lowest:g}…{highest:g}")


def _record(storm: Storm, standing: StormFix | None, new: NewFix, source: str) -> tuple[Fate, StormFix]:
    values = _values(new)
    radii = {threshold: quadrants for threshold, quadrants in new.radii.items() if any(quadrants)}
    if standing is None:
        fix = StormFix.objects.create(storm=storm, time=new.time, source=source, **values)
        _store_radii(fix, new, radii)
        return "new", fix
    same = all(getattr(standing, column) == value for column, value in values.items())
    if same and {radius.threshold_kt: _quadrants(radius) for radius in standing.radii.all()} == radii:
        return "unchanged", standing
    StormFix.objects.filter(pk=standing.pk).update(**values)
    standing.radii.all().delete()
    _store_radii(standing, new, radii)
    return "changed", standing


def _values(new: NewFix) -> dict[str, Any]:
    return {
        "position": Point(new.lon, new.lat, srid=WGS84_SRID),
        "wind_kt": new.wind_kt,
        "wind_averaging_minutes": new.wind_averaging_minutes if new.wind_kt is not None else None,
        "pressure_hpa": new.pressure_hpa,
        "kind": new.kind,
    }


def _quadrants(radius: WindRadius) -> Radii:
    return radius.ne_nm, radius.se_nm, radius.sw_nm, radius.nw_nm


def _store_radii(fix: StormFix, new: NewFix, radii: dict[int, Radii]) -> None:
    for threshold, quadrants in radii.items():
        extents = {f"{quadrant}_nm": extent for quadrant, extent in zip(QUADRANTS, quadrants, strict=True)}
        outline = shapely.to_wkb(sectors(new.lon, new.lat, quadrants))
        geom = cast(MultiPolygon, GEOSGeometry(memoryview(outline), srid=WGS84_SRID))
        WindRadius.objects.create(fix=fix, threshold_kt=threshold, geom=geom, **extents)
