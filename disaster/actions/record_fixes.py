"""Record where a storm was: fixes with their winds, from an import, a replay or a feed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.utils import timezone
from django.utils.translation import gettext as _

from disaster.actions.move_asset import CLOCK_TOLERANCE
from disaster.codes import STORM_KEEPERS
from disaster.models import AVERAGING_MINUTES, HIGHEST_WIND_KT, PRESSURES_HPA, Storm, StormFix, WindRadius
from disaster.payloads import fix_feature, storm_properties, told_fixes
from disaster.science.atcf import THRESHOLDS
from disaster.science.radii import QUADRANTS, Radii, sectors
from gis.access.viewer import SERVICE, Viewer
from gis.actions.base import Change, action
from gis.geometry.crs import WGS84_SRID
from gis.problems import Invalid

LONGEST_SOURCE = 40
LARGEST_RADIUS_NM = 1500

__all__ = ["SERVICE", "NewFix", "Recorded", "StormName", "check_fix", "record_fixes", "require_keeper"]


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
    fixes = list(fixes)
    for new in fixes:
        check_fix(new, name.exercise)
    storm, renamed = _storm(name)
    fates, touched = _record(storm, fixes, source)
    if touched or renamed:
        change.record(f"storm:{storm.pk}", {**renamed, "fixes": [None, dict(Counter(fates))]}, reason=source)
    if touched or renamed:
        _announce(change, storm, touched, anew=bool(renamed))
    return Recorded(storm, tuple(fates))


def require_keeper(actor: Viewer) -> None:
    """Raise `SignInNeeded` or `Forbidden` unless *actor* keeps storms, or is the service itself."""
    if actor != SERVICE:
        actor.require(STORM_KEEPERS, None)


def _announce(change: Change, storm: Storm, touched: list[int], *, anew: bool) -> None:
    """Tell the fixes that open maps draw: those *touched*, or all of the storm *anew*.

    A storm that is followed by another source from now on is taken off first. Fixes of storms in the archive, and of
    sources beside the one that a storm is followed by, are told as one change of the layer.
    """
    news = told_fixes().filter(storm=storm)
    followed = Storm.objects.followed().filter(pk=storm.pk).first()
    turned = followed is not None and storm.track_source not in ("", followed.track_source)
    if followed and turned:
        change.publish("storms", "removed", str(storm.pk), storm_properties(followed))
    told = list(news if anew or turned else news.filter(pk__in=touched)) if followed else []
    for fix in told:
        change.publish("storms", "fix", str(fix.pk), fix_feature(fix))
    if not told:
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


def check_fix(fix: NewFix, exercise: bool = False) -> None:
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


def _record(storm: Storm, fixes: list[NewFix], source: str) -> tuple[list[Fate], list[int]]:
    """Store what is not yet as told, all new fixes at once: the fate of each, and the keys of those touched."""
    standing = {fix.time: fix for fix in storm.fixes.filter(source=source).prefetch_related("radii")}
    fates: list[Fate] = []
    made: list[tuple[StormFix, NewFix]] = []
    changed: list[tuple[StormFix, NewFix]] = []
    for new in fixes:
        fix = standing.get(new.time)
        if fix is None:
            made.append((StormFix(storm=storm, time=new.time, source=source, **_values(new)), new))
            fates.append("new")
        elif _stands(fix, new):
            fates.append("unchanged")
        else:
            changed.append((fix, new))
            fates.append("changed")
    StormFix.objects.bulk_create(fix for fix, _new in made)
    for fix, new in changed:
        StormFix.objects.filter(pk=fix.pk).update(**_values(new))
        fix.radii.all().delete()
    touched = made + changed
    WindRadius.objects.bulk_create(radius for fix, new in touched for radius in _radii(fix, new))
    return fates, [fix.pk for fix, _new in touched]


def _stands(fix: StormFix, new: NewFix) -> bool:
    """Whether *fix* tells what *new* does, radii included."""
    same = all(getattr(fix, column) == value for column, value in _values(new).items())
    return same and {radius.threshold_kt: _quadrants(radius) for radius in fix.radii.all()} == _told_radii(new)


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


def _told_radii(new: NewFix) -> dict[int, Radii]:
    """A threshold without extent in any quadrant is none."""
    return {threshold: quadrants for threshold, quadrants in new.radii.items() if any(quadrants)}


def _radii(fix: StormFix, new: NewFix) -> Iterator[WindRadius]:
    for threshold, quadrants in _told_radii(new).items():
        extents = {f"{quadrant}_nm": extent for quadrant, extent in zip(QUADRANTS, quadrants, strict=True)}
        outline = shapely.to_wkb(sectors(new.lon, new.lat, quadrants))
        geom = cast(MultiPolygon, GEOSGeometry(memoryview(outline), srid=WGS84_SRID))
        yield WindRadius(fix=fix, threshold_kt=threshold, geom=geom, **extents)
