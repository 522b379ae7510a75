"""Storms, assets and incidents as the GeoJSON Features that events and snapshots carry (see `docs/live.md`)."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import AsGeoJSON, GeoFunc
from django.db.models import Prefetch, QuerySet

from disaster.models import Incident, RescueAsset, Shelter, Storm, StormFix, WindRadius
from disaster.science.radii import QUADRANTS
from gis.geometry.crs import WGS84_SRID

PUBLIC_DEGREES = 0.01
"""Grid that the public sees positions of assets on: about 1 km."""
OUTLINE_DECIMALS = 3
OUTLINE_TOLERANCE = 0.004
"""Degrees that the outlines of winds may be off in news and snapshots: 450 m, where radii are told to 5 miles."""


class Simplified(GeoFunc):
    """A geometry of many parts with fewer vertices, off by at most a tolerance in its own units."""

    template = "ST_Multi(ST_SimplifyPreserveTopology(%(expressions)s))"
    geom_param_pos = (0,)
    output_field = GeometryField(srid=WGS84_SRID)


def collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def told_fixes() -> QuerySet[StormFix]:
    """Fixes that maps draw, each storm's by one source, with what their features need; in order of time."""
    outline = AsGeoJSON(Simplified("geom", OUTLINE_TOLERANCE), precision=OUTLINE_DECIMALS)
    radii = WindRadius.objects.annotate(outline=outline).defer("geom")
    in_order = Prefetch("radii", queryset=radii.order_by("threshold_kt"))
    fixes = StormFix.objects.on_track().select_related("storm").prefetch_related(in_order)
    return fixes.order_by("storm", "time", "source")


def fix_feature(fix: StormFix) -> dict[str, Any]:
    """A fix of `told_fixes` with its storm's name, Vietnamese level and class, and wind radii."""
    return {
        "type": "Feature",
        "id": fix.pk,
        "geometry": {"type": "Point", "coordinates": [fix.position.x, fix.position.y]},
        "properties": {
            **storm_properties(fix.storm),
            "time": fix.time.isoformat(),
            "wind_kt": fix.wind_kt,
            "wind_averaging_minutes": fix.wind_averaging_minutes,
            "pressure_hpa": fix.pressure_hpa,
            "kind": fix.kind,
            "beaufort": fix.beaufort,
            "class": fix.wind_class,
            "source": fix.source,
            "radii": [radius_member(radius) for radius in fix.radii.all()],
        },
    }


def radius_member(radius: Any) -> dict[str, Any]:
    """A row of `told_fixes`' radii with the outline that the database wrote."""
    extents = {f"{quadrant}_nm": getattr(radius, f"{quadrant}_nm") for quadrant in QUADRANTS}
    return {"threshold_kt": radius.threshold_kt, **extents, "geometry": json.loads(radius.outline)}


def storm_properties(storm: Storm) -> dict[str, Any]:
    return {
        "storm": storm.pk,
        "name": storm.name,
        "season": storm.season,
        "vietnamese_number": storm.vietnamese_number,
        "exercise": storm.exercise,
    }


def asset_feature(asset: RescueAsset, *, exact: bool) -> dict[str, Any]:
    """An asset as the public sees it, or with its exact position, crew, fuel and contact."""
    properties: dict[str, Any] = {
        "code": asset.code,
        "name": asset.name,
        "kind": asset.kind,
        "status": asset.status,
        "commune": asset.commune.name,
        "positioned_at": asset.positioned_at.isoformat() if asset.positioned_at else None,
    }
    if exact:
        properties |= {"crew": asset.crew, "fuel_percent": asset.fuel_percent, "contact": asset.contact}
    return {"type": "Feature", "id": asset.code, "geometry": _point(asset, exact), "properties": properties}


def asset_payload(asset: RescueAsset) -> dict[str, Any]:
    """Both sights of an asset; the topic shows each viewer his."""
    return {
        "commune": asset.commune_id,
        "public": asset_feature(asset, exact=False),
        "exact": asset_feature(asset, exact=True),
    }


def shelter_feature(shelter: Shelter, *, contact: bool) -> dict[str, Any]:
    """A shelter as the public sees it, or with whom to call."""
    properties: dict[str, Any] = {
        "code": shelter.code,
        "name": shelter.name,
        "kind": shelter.kind,
        "capacity": shelter.capacity,
        "commune": shelter.commune.name,
        "version": shelter.version,
        "source": shelter.source,
    }
    if contact:
        properties["contact"] = shelter.contact
    place = {"type": "Point", "coordinates": [shelter.position.x, shelter.position.y]}
    return {"type": "Feature", "id": shelter.code, "geometry": place, "properties": properties}


def incident_feature(incident: Incident) -> dict[str, Any]:
    """An incident as those see it who may; there is no sight of it for others."""
    return {
        "type": "Feature",
        "id": incident.pk,
        "geometry": {"type": "Point", "coordinates": [incident.position.x, incident.position.y]},
        "properties": {
            "reported_at": incident.reported_at.isoformat(),
            "kind": incident.kind,
            "status": incident.status,
            "text": incident.text,
            "contact": incident.contact,
            "commune": incident.commune.name,
            "version": incident.version,
            "source": incident.source,
        },
    }


def _point(asset: RescueAsset, exact: bool) -> dict[str, Any] | None:
    if asset.position is None:
        return None
    lon, lat = asset.position.x, asset.position.y
    if not exact:
        lon, lat = (round(round(degrees / PUBLIC_DEGREES) * PUBLIC_DEGREES, 2) for degrees in (lon, lat))
    return {"type": "Point", "coordinates": [lon, lat]}
