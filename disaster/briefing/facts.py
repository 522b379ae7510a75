"""What a briefing tells: the storm's track, how near it came, and which communes its winds met.

All of one source, that which the storm is followed by, so that no wind stands beside one of another averaging
period. Geometries for the page are WGS 84, simplified; what is counted is computed with the full outlines.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import shapely
from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pyproj import Transformer

from disaster.models import Storm, StormFix
from disaster.payloads import radius_member, told_fixes
from gis.geometry.crs import WGS84_SRID
from gis.problems import NotFound

OUTLINE_METRES = 150
"""That the outlines of communes may be off on the page."""
APPROACH_METRES = 30
"""The same, where distances to them are measured."""
ISLET_KM2 = 0.05
"""Smaller parts of a commune are left out of the page's drawing, except its largest."""
STEP = timedelta(minutes=10)
"""Between two places of the track that distances are measured from."""

OUTLINES = f"""
SELECT commune.code, commune.name, commune.name_en, commune.kind,
  ST_AsGeoJSON(ST_Transform(coalesce(
    (SELECT ST_Collect(part.geom) FROM ST_Dump(drawn.geom) AS part WHERE ST_Area(part.geom) > {ISLET_KM2 * 1e6}),
    drawn.geom), {WGS84_SRID}), 4),
  ST_AsBinary(ST_Transform(ST_SimplifyPreserveTopology(outline.geom, {APPROACH_METRES}), {WGS84_SRID})),
  outline.schematic, outline.source
FROM places_communeoutline AS outline
JOIN places_commune AS commune ON commune.code = outline.commune_id
CROSS JOIN LATERAL (SELECT ST_SimplifyPreserveTopology(outline.geom, {OUTLINE_METRES}) AS geom) AS drawn
WHERE outline.valid_to IS NULL ORDER BY commune.code
"""
MET = f"""
WITH outlines AS MATERIALIZED (
  SELECT commune_id, ST_Transform(geom, {WGS84_SRID}) AS geom FROM places_communeoutline WHERE valid_to IS NULL
), winds AS MATERIALIZED (
  SELECT fix.time, radius.threshold_kt, radius.geom
  FROM disaster_windradius AS radius
  JOIN disaster_stormfix AS fix ON fix.id = radius.fix_id
  JOIN disaster_storm AS storm ON storm.id = fix.storm_id
  WHERE storm.id = %s AND fix.source = storm.track_source
)
SELECT outlines.commune_id, winds.threshold_kt, min(winds.time)
FROM outlines JOIN winds ON ST_Intersects(winds.geom, outlines.geom)
GROUP BY outlines.commune_id, winds.threshold_kt
"""


@dataclass(frozen=True)
class Met:
    """A commune as the page draws it, and the first fix's time at which winds of each threshold (kt) met it."""

    code: str
    name: str
    polygons: list[Any]
    """GeoJSON coordinates of a MultiPolygon."""
    first: dict[int, datetime]

    @property
    def strongest(self) -> int:
        return max(self.first, default=0)


@dataclass(frozen=True)
class Approach:
    """How near the centre came: *km* to the nearest outline (0: over it), when, and the fix nearest in time."""

    time: datetime
    km: float
    fix: int


@dataclass(frozen=True)
class Facts:
    storm: Storm
    fixes: list[StormFix]
    """Of `told_fixes`, oldest first; never empty."""
    communes: list[Met]
    approach: Approach | None
    """None while no outline of a commune is known."""
    schematic: bool
    """Whether an outline is a drawing for orientation."""
    sources: list[str]
    """Where the outlines of communes are from."""

    @property
    def strongest(self) -> StormFix:
        """The fix with the strongest wind (all of one averaging period), the earliest of several."""
        return max(self.fixes, key=lambda fix: (fix.wind_kt or -1, -fix.time.timestamp()))

    @property
    def deepest(self) -> StormFix | None:
        """The fix with the lowest pressure, if any is known."""
        known = [fix for fix in self.fixes if fix.pressure_hpa]
        return min(known, key=lambda fix: (fix.pressure_hpa, fix.time), default=None)

    def count(self, threshold: int) -> int:
        """Communes that winds of *threshold* met."""
        return sum(threshold in commune.first for commune in self.communes)


def facts_of(key: int) -> Facts:
    """The facts of the storm with this id. Raises `NotFound` where there is none, or none of its fixes."""
    storm = Storm.objects.filter(pk=key).first()
    fixes = list(told_fixes().filter(storm=key)) if storm else []
    if storm is None or not fixes:
        raise NotFound(_("There is no storm with this number."), field="storm")
    rows = _rows(OUTLINES, [])
    first = _first_times(key)
    english = (get_language() or "").startswith("en")
    communes = [
        Met(code, name_en if english else name, _polygons(drawn), first.get(code, {}))
        for code, name, name_en, _kind, drawn, _outline, _schematic, _source in rows
    ]
    outlines = [shapely.from_wkb(bytes(row[5])) for row in rows]
    approach = _approach(fixes, outlines)
    return Facts(storm, fixes, communes, approach, any(row[6] for row in rows), sorted({row[7] for row in rows}))


def _rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _first_times(key: int) -> dict[str, dict[int, datetime]]:
    first: dict[str, dict[int, datetime]] = {}
    for code, threshold, time in _rows(MET, [key]):
        first.setdefault(code, {})[threshold] = time
    return first


def _polygons(drawn: str) -> list[Any]:
    shape = json.loads(drawn)
    return [shape["coordinates"]] if shape["type"] == "Polygon" else list(shape["coordinates"])


def _approach(fixes: Sequence[StormFix], outlines: list[Any]) -> Approach | None:
    """Measured on a plane around the province that keeps distances from its middle (below 1 % off within 2 000 km)."""
    if not outlines:
        return None
    province = shapely.union_all(outlines)
    middle = province.centroid
    plane = f"+proj=aeqd +lon_0={middle.x} +lat_0={middle.y} +datum=WGS84"
    project = Transformer.from_crs("EPSG:4326", plane, always_xy=True).transform
    flat = shapely.transform(province, lambda points: np.column_stack(project(points[:, 0], points[:, 1])))
    shapely.prepare(flat)
    times, lons, lats = _along(fixes)
    far = shapely.distance(flat, shapely.points(np.column_stack(project(lons, lats))))
    nearest = int(np.argmin(far))
    time = times[nearest]
    fix = min(range(len(fixes)), key=lambda place: abs(fixes[place].time - time))
    return Approach(time, float(far[nearest]) / 1000, fix)


def _along(fixes: Sequence[StormFix]) -> tuple[list[datetime], Any, Any]:
    """Times and places along the track, straight and steady between fixes; longitudes run on over 180°."""
    begin = fixes[0].time
    known = np.array([(fix.time - begin).total_seconds() for fix in fixes])
    lons = np.unwrap(np.array([fix.position.x for fix in fixes]), period=360)
    lats = np.array([fix.position.y for fix in fixes])
    seconds = np.union1d(np.arange(0, known[-1], STEP.total_seconds()), known)
    times = [begin + timedelta(seconds=float(second)) for second in seconds]
    return times, np.interp(seconds, known, lons), np.interp(seconds, known, lats)


def radii_of(fix: StormFix) -> list[dict[str, Any]]:
    """Outlines of a fix's winds, the widest first."""
    members = [radius_member(radius) for radius in fix.radii.all()]
    return [{"threshold": one["threshold_kt"], "rings": one["geometry"]["coordinates"]} for one in members]
