"""Record where a storm was: fixes with their winds, from an import, a replay or a feed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import shapely
from django.contrib.gis.geos import GEOSGeometry, Point
from django.utils.translation import gettext as _

from disaster.codes import STORM_KEEPERS
from disaster.models import Storm, StormFix, WindRadius
from disaster.payloads import fix_feature, storm_fixes
from disaster.science.beaufort import level_of, storm_class
from disaster.science.radii import QUADRANTS, Radii, sectors
from gis.access.viewer import Viewer
from gis.actions.base import Change, action
from gis.geometry.crs import WGS84_SRID
from gis.problems import Invalid

SERVICE = Viewer(username="")
"""Commands of the service itself record without an account."""


@dataclass(frozen=True)
class StormName:
    """Which storm is meant: it is made where it does not stand yet."""

    basin: str
    season: int
    number: int
    name: str = ""
    vietnamese_number: int | None = None
    exercise: bool = False


@dataclass(frozen=True)
class NewFix:
    """A fix to record. *wind_kt* averaged over *wind_averaging_minutes*; *radii*: threshold (kt) → quadrants (nm)."""

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
    """Store *fixes* of one storm by *source*; a fix that stands already is compared and only changed where it differs.

    Raises `SignInNeeded`, `Forbidden`, `Invalid`. One history row; one event for each fix that changed anything.
    """
    _require_keeper(change.actor)
    storm = _storm(name)
    standing = {fix.time: fix for fix in storm.fixes.filter(source=source).prefetch_related("radii").select_for_update()}
    fates: list[Fate] = []
    for new in fixes:
        fate, fix = _record(storm, standing.get(new.time), _checked(new), source)
        fates.append(fate)
        if fate != "unchanged":
            change.publish("storms", "fix", str(fix.pk), fix_feature(storm_fixes().get(pk=fix.pk)))
    told = {fate: fates.count(fate) for fate in ("new", "changed") if fate in fates}
    if told:
        change.record(f"storm:{storm.pk}", {"fixes": [None, told]}, reason=source)
    return Recorded(storm, tuple(fates))


def _require_keeper(actor: Viewer) -> None:
    if actor != SERVICE:
        actor.require(STORM_KEEPERS, None)


def _storm(name: StormName) -> Storm:
    storm, _created = Storm.objects.get_or_create(
        basin=name.basin,
        season=name.season,
        number=name.number,
        exercise=name.exercise,
        defaults={"name": name.name, "vietnamese_number": name.vietnamese_number},
    )
    if name.name and storm.name != name.name:
        storm.name = name.name
        storm.save(update_fields=["name"])
    return storm


def _checked(fix: NewFix) -> NewFix:
    if not (-180 <= fix.lon <= 180 and -90 <= fix.lat <= 90):
        raise Invalid(_("The position is not on the globe."), field="position", expected="lon −180…180, lat −90…90")
    if fix.wind_kt is not None and fix.wind_averaging_minutes is None:
        raise Invalid(
            _("A wind without its averaging period means nothing."), field="wind_averaging_minutes", expected="1 | 2 | 3 | 10"
        )
    return fix


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
    level = level_of(new.wind_kt, new.wind_averaging_minutes)
    return {
        "position": Point(new.lon, new.lat, srid=WGS84_SRID),
        "wind_kt": new.wind_kt,
        "wind_averaging_minutes": new.wind_averaging_minutes if new.wind_kt is not None else None,
        "pressure_hpa": new.pressure_hpa,
        "kind": new.kind,
        "beaufort": level,
        "wind_class": storm_class(level) if level is not None else "",
    }


def _quadrants(radius: WindRadius) -> Radii:
    return radius.ne_nm, radius.se_nm, radius.sw_nm, radius.nw_nm


def _store_radii(fix: StormFix, new: NewFix, radii: dict[int, Radii]) -> None:
    for threshold, quadrants in radii.items():
        extents = {f"{quadrant}_nm": extent for quadrant, extent in zip(QUADRANTS, quadrants, strict=True)}
        shape = sectors(new.lon, new.lat, quadrants)
        geom = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=WGS84_SRID)
        WindRadius.objects.create(fix=fix, threshold_kt=threshold, geom=geom, **extents)
